// Playlists as origins write them, and what two looks at them say.
#include "platform/media/playlist.h"

#include <gtest/gtest.h>

#include "platform/media/judge.h"

namespace sg::platform::media {
namespace {

constexpr Instant start{1'795'414'951'000'000'000};  // 2026-11-23T06:22:31Z

std::string hls(std::uint64_t first, int segments, const std::string& more = "") {
    std::string text =
        "#EXTM3U\r\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) +
        "\n" + more;
    for (int i = 0; i < segments; ++i)
        text += "#EXTINF:2.0,\nsegment" + std::to_string(i) + ".ts\n";
    return text;
}

TEST(Playlist, HlsIsRead) {
    const auto live =
        read_playlist(hls(17, 3, "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T06:22:31.000Z\n"));
    ASSERT_TRUE(live) << live.error().message();
    EXPECT_TRUE(live->live);
    EXPECT_EQ(live->target, 2s);
    EXPECT_EQ(live->newest, 19U);
    EXPECT_EQ(live->last, "segment2.ts");
    EXPECT_EQ(live->until, start + 6s);

    EXPECT_FALSE(read_playlist(hls(1, 2) + "#EXT-X-ENDLIST\n")->live);
    EXPECT_FALSE(read_playlist(hls(1, 2, "#EXT-X-PLAYLIST-TYPE:VOD\n"))->live);
    EXPECT_TRUE(read_playlist(hls(1, 2, "#EXT-X-PLAYLIST-TYPE:EVENT\n"))->live);
    const auto multivariant = read_playlist(
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/live.m3u8?t=1\n#EXT-X-STREAM-INF:"
        "BANDWIDTH=2\nhigh.m3u8\n");
    EXPECT_EQ(multivariant->form, Playlist::Form::multivariant);
    EXPECT_EQ(multivariant->variant, "low/live.m3u8?t=1");
}

TEST(Playlist, DashIsRead) {
    const auto live = read_playlist(
        "<?xml version=\"1.0\"?>\n<MPD xmlns='urn:x' type=\"dynamic\" minimumUpdatePeriod=\"PT1M2."
        "5S\"\n publishTime=\"2026-11-23T06:22:31Z\"><Period/></MPD>");
    ASSERT_TRUE(live) << live.error().message();
    EXPECT_TRUE(live->live);
    EXPECT_EQ(live->target, 62'500ms);
    EXPECT_EQ(live->until, start);
    EXPECT_FALSE(read_playlist("<MPD type=\"static\">")->live);
    EXPECT_EQ(read_playlist("<MPD type='dynamic' minimumUpdatePeriod='P1D'>")->target, 0ns);
}

TEST(Playlist, WhatIsNoneIsRefused) {
    for (const char* text : {"", "<html>", "#EXTM3U\nsegment.ts\n", "<MPD type=", "#EXT"})
        EXPECT_FALSE(read_playlist(text)) << text;
    EXPECT_FALSE(read_playlist(std::string(playlist_most + 1, '#')));
}

TEST(Playlist, RefersToOthersOfItsServerOnly) {
    EXPECT_EQ(referred("/live/multivariant.m3u8?a=/b/", "low/x.m3u8"), "/live/low/x.m3u8");
    EXPECT_EQ(referred("/live/multivariant.m3u8", "/x.m3u8"), "/x.m3u8");
    EXPECT_EQ(referred("/live/multivariant.m3u8", "https://elsewhere/x.m3u8"), "");
    EXPECT_EQ(referred("/live/multivariant.m3u8", "//elsewhere/x.m3u8"), "");
    EXPECT_TRUE(names_playlist("/a/live.m3u8?token=1"));
    EXPECT_FALSE(names_playlist("/a/live.ts?x=.m3u8"));
}

Seen seen(std::uint64_t before, std::uint64_t after, Duration apart,
          std::optional<Duration> age = {}) {
    Seen one{.endpoint = "a:1", .apart = apart, .at = start};
    one.first = one.then = Playlist{.target = 2s};
    one.first.newest = before;
    one.then.newest = after;
    if (age) one.modified = start - *age;
    return one;
}

TEST(Freshness, IsJudgedByTwoLooks) {
    struct Case {
        Seen seen;
        std::uint64_t elsewhere;
        Freshness freshness;
    };
    const Case cases[] = {
        {seen(5, 6, 3s), 6, Freshness::fresh},
        {seen(5, 6, 3s), 8, Freshness::fresh},  // Two behind: within what players hold.
        {seen(5, 6, 3s), 9, Freshness::stale},
        {seen(5, 5, 7s), 5, Freshness::stale},
        {seen(5, 5, 6s), 5, Freshness::unsure},  // Overdue, not yet dead.
        {seen(5, 5, 1s), 5, Freshness::unsure},
        {seen(5, 5, 1s, 2s), 5, Freshness::fresh},
        {seen(5, 5, 1s, 7s), 5, Freshness::stale},
        {seen(5, 5, 1s, 6s), 5, Freshness::fresh},
    };
    for (const Case& c : cases)
        EXPECT_EQ(judge(c.seen, c.elsewhere).freshness, c.freshness)
            << judge(c.seen, c.elsewhere).why;
    auto ended = seen(5, 5, 60s);
    ended.then.live = false;
    EXPECT_EQ(judge(ended, 5).freshness, Freshness::ended);
}

TEST(Freshness, AFindingNamesTheEndpointThatIsBehind) {
    auto behind = seen(5, 5, 7s);
    behind.endpoint = "b:1";
    auto gone = seen(0, 0, 0s);
    gone.trouble = "it answers 404";
    const auto finding = finding_of("/live.m3u8", {seen(9, 10, 7s), behind, gone}, 10);
    EXPECT_EQ(finding.standing, inspect::Standing::bad);
    EXPECT_EQ(finding.value, 2);
    EXPECT_EQ(finding.title, "/live.m3u8: 1 of 3 endpoints stale, 1 cannot be read");
    ASSERT_EQ(finding.evidence.rows.size(), 3U);
    EXPECT_EQ(finding.evidence.rows[0][1], "fresh");
    EXPECT_EQ(finding.evidence.rows[1][1], "STALE");
    EXPECT_EQ(finding.evidence.rows[1][0], "b:1");
    EXPECT_EQ(finding_of("/x", {seen(9, 10, 7s)}, 10).standing, inspect::Standing::fine);
    EXPECT_EQ(finding_of("/x", {seen(9, 9, 1s)}, 10).standing, inspect::Standing::unknown);
}

}  // namespace
}  // namespace sg::platform::media
