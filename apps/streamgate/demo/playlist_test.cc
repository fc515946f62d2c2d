// The live window moves with the clock, never skips, and marks where the clip begins anew.
#include "demo/playlist.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace sg::demo {
namespace {

const std::vector<Segment> clip = {{"a.ts", 2s}, {"b.ts", 2s}, {"c.ts", 2s}};

Instant at(Duration since_epoch) { return {since_epoch.count()}; }

std::vector<std::string> names(const std::string& playlist) {
    std::vector<std::string> found;
    for (const auto line : split(playlist, '\n'))
        if (!line.empty() && line[0] != '#') found.emplace_back(line);
    return found;
}

std::int64_t tag(const std::string& playlist, const std::string& name) {
    const auto found = playlist.find("#" + name + ":");
    return found == playlist.npos ? -1 : std::stoll(playlist.substr(found + name.size() + 2));
}

TEST(LivePlaylist, ShowsTheLastCompleteSegments) {
    const auto text = live_playlist(clip, at(60s), 2);  // 30 segments are complete.
    EXPECT_EQ(names(text), (std::vector<std::string>{"b.ts", "c.ts"}));
    EXPECT_EQ(tag(text, "EXT-X-MEDIA-SEQUENCE"), 28);
    EXPECT_EQ(tag(text, "EXT-X-TARGETDURATION"), 2);
    EXPECT_NE(text.find("#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:56.000Z\n#EXTINF:2.000,\nb.ts"),
              text.npos);
}

TEST(LivePlaylist, ASegmentAppearsWhenItIsComplete) {
    EXPECT_EQ(names(live_playlist(clip, at(61999ms), 2)).back(), "c.ts");
    EXPECT_EQ(names(live_playlist(clip, at(62000ms), 2)).back(), "a.ts");
}

// What a player relies on: a sequence number is one segment for ever, and the count of
// discontinuities before it does not depend on when the playlist was fetched. RFC 8216 §6.2.2.
TEST(LivePlaylist, NumbersHoldFromOnePlaylistToTheNext) {
    std::map<std::int64_t, std::pair<std::string, std::int64_t>> known;
    for (Duration now = 600s; now < 660s; now += 500ms) {
        const auto text = live_playlist(clip, at(now), 4);
        auto sequence = tag(text, "EXT-X-MEDIA-SEQUENCE");
        auto discontinuities = tag(text, "EXT-X-DISCONTINUITY-SEQUENCE");
        for (const auto line : split(text, '\n')) {
            if (line == "#EXT-X-DISCONTINUITY") ++discontinuities;
            if (line.empty() || line[0] == '#') continue;
            const std::pair<std::string, std::int64_t> segment(line, discontinuities);
            const auto [row, added] = known.emplace(sequence, segment);
            EXPECT_EQ(row->second, segment) << sequence;
            ++sequence;
        }
    }
    EXPECT_EQ(known.size(), 33U);  // 60 s of segments and the window before: no gap.
}

TEST(ReadPlaylist, ReadsWhatFfmpegWrites) {
    const auto segments =
        read_playlist("#EXTM3U\n#EXTINF:2.000000,\na.ts\n#EXTINF:1.5,\r\nb.ts\r\n");
    ASSERT_TRUE(segments.has_value());
    ASSERT_EQ(segments->size(), 2U);
    EXPECT_EQ((*segments)[1].name, "b.ts");
    EXPECT_EQ((*segments)[1].length, 1500ms);
}

TEST(ReadPlaylist, RefusesWhatCannotBePlayed) {
    EXPECT_FALSE(read_playlist("").has_value());
    EXPECT_FALSE(read_playlist("#EXTINF:x,\na.ts\n").has_value());
    EXPECT_FALSE(read_playlist("#EXTINF:0,\na.ts\n").has_value());
    EXPECT_FALSE(read_playlist("a.ts\n").has_value());
}

}  // namespace
}  // namespace sg::demo
