#include "demo/playlist.h"

#include <fmt/format.h>
#include <cmath>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace sg::demo {
namespace {

constexpr std::string_view extinf = "#EXTINF:";

double seconds(Duration length) { return std::chrono::duration<double>(length).count(); }

Duration total(const std::vector<Segment>& segments) {
    Duration sum{};
    for (const auto& segment : segments) sum += segment.length;
    return sum;
}

}  // namespace

Result<std::vector<Segment>> read_playlist(std::string_view text) {
    std::vector<Segment> segments;
    Duration length{};
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trim(line);
        if (line.starts_with(extinf)) {
            line.remove_prefix(extinf.size());
            double value = 0;
            const auto [end, error] =
                std::from_chars(line.data(), line.data() + line.size(), value);
            if (error != std::errc() || !(value > 0 && value < 3600))
                return fail(Errc::invalid_argument, "a segment's length is not a number");
            length = std::chrono::milliseconds(std::llround(value * 1000));
        } else if (!line.empty() && line[0] != '#') {
            if (length <= 0s) return fail(Errc::invalid_argument, "a segment without its length");
            segments.push_back({std::string(line), length});
            length = {};
        }
    }
    if (segments.empty()) return fail(Errc::invalid_argument, "a playlist without a segment");
    return segments;
}

std::string live_playlist(const std::vector<Segment>& segments, Instant now, std::size_t window) {
    const auto round = total(segments);
    CHECK(round > 0s);
    const auto count = static_cast<std::int64_t>(segments.size());

    // How often the clip has come to its end since 1970, and which segment is running now.
    const std::int64_t rounds = now.ns / round.count();
    Duration into{now.ns % round.count()};
    std::int64_t running = 0;
    while (into >= segments[static_cast<std::size_t>(running)].length) {
        into -= segments[static_cast<std::size_t>(running)].length;
        ++running;
    }
    const std::int64_t live = rounds * count + running;  // Sequence number of the running segment.
    const std::int64_t first = std::max<std::int64_t>(live - static_cast<std::int64_t>(window), 0);

    Duration longest{};
    for (const auto& segment : segments) longest = std::max(longest, segment.length);
    auto text = fmt::format(
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:{:.0f}\n"
        "#EXT-X-MEDIA-SEQUENCE:{}\n#EXT-X-DISCONTINUITY-SEQUENCE:{}\n",
        seconds(longest), first, (first + count - 1) / count);

    Instant starts = now - into;  // Of the running segment, then of the first in the window.
    for (auto n = live - 1; n >= first; --n)
        starts = starts - segments[static_cast<std::size_t>(n % count)].length;
    for (auto n = first; n < live; ++n) {
        const auto& segment = segments[static_cast<std::size_t>(n % count)];
        if (n % count == 0) text += "#EXT-X-DISCONTINUITY\n";  // The clip's clock starts again.
        text += fmt::format("#EXT-X-PROGRAM-DATE-TIME:{}\n#EXTINF:{:.3f},\n{}\n",
                            to_rfc3339(starts), seconds(segment.length), segment.name);
        starts = starts + segment.length;
    }
    return text;
}

}  // namespace sg::demo
