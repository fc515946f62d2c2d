// One viewer of the live stream: fetches the playlist and each new segment in time, and knows when
// a player would have run dry. Where a real player decodes, it only keeps the clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "demo/client.h"
#include "demo/playlist.h"
#include "demo/tally.h"

namespace sg::demo {

struct LiveWindow {
    std::int64_t first = 0;  // Media sequence number of the first segment.
    std::vector<Segment> segments;
};
Result<LiveWindow> read_window(std::string_view playlist);

// What is buffered, told apart from who fetches it, so that a test can move the clock.
class PlayClock {
  public:
    // A segment has arrived. True: the viewer starts (or starts again) to play with it.
    bool arrived(Duration length, Tick now);
    // True once for each time that the buffer has run dry.
    bool ran_dry(Tick now);
    bool playing() const { return playing_; }

  private:
    static constexpr Duration start_with = 4s;  // Buffered before playing begins.
    bool playing_ = false;
    Duration waiting_{};  // Buffered while not playing.
    Tick dry_at_;         // While playing.
};

class Viewer {
  public:
    // One round: playlist, then the segments that are new. How long to wait for the next.
    Duration step(Client& client, Tally& tally, Tick now);

  private:
    PlayClock clock_;
    std::int64_t next_ = -1;  // Sequence number; -1: not yet tuned in.
};

}  // namespace sg::demo
