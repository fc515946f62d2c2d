// A live playlist over a clip that repeats for ever: what may be seen at a moment, from the clock
// alone. Pure. Any number of origins with the same clip say the same at the same time, and a
// restart is not seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::demo {

struct Segment {
    std::string name;
    Duration length{};
};

// The segments of a finished media playlist, as ffmpeg writes it.
Result<std::vector<Segment>> read_playlist(std::string_view text);

// The window of the last `window` segments that are complete at `now`. Requires: segments are not
// empty. Source: RFC 8216 §4.3.3.2, §4.3.3.3, §6.2.2.
std::string live_playlist(const std::vector<Segment>& segments, Instant now,
                          std::size_t window = 8);

}  // namespace sg::demo
