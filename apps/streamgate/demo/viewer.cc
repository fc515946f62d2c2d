#include "demo/viewer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sg::demo {
namespace {

constexpr std::string_view sequence_tag = "#EXT-X-MEDIA-SEQUENCE:";
constexpr std::int64_t behind = 3;  // Segments from the live edge at which a viewer tunes in.
constexpr Duration refresh = 1s;    // Half a segment: RFC 8216 §6.3.4.
constexpr Duration refresh_if_new = 2s;

}  // namespace

Result<LiveWindow> read_window(std::string_view playlist) {
    const auto at = playlist.find(sequence_tag);
    if (at == playlist.npos) return fail(Errc::invalid_argument, "a playlist without a sequence");
    LiveWindow window;
    const auto digits = playlist.substr(at + sequence_tag.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), window.first);
    TRY(window.segments, read_playlist(playlist));
    return window;
}

bool PlayClock::arrived(Duration length, Tick now) {
    if (playing_) {
        dry_at_ = std::max(dry_at_, now) + length;
        return false;
    }
    waiting_ += length;
    if (waiting_ < start_with) return false;
    playing_ = true;
    dry_at_ = now + waiting_;
    waiting_ = {};
    return true;
}

bool PlayClock::ran_dry(Tick now) {
    if (!playing_ || now <= dry_at_) return false;
    playing_ = false;
    return true;
}

Duration Viewer::step(Client& client, Tally& tally, Tick now) {
    const auto fetch = [&](const std::string& path) {
        const Tick began = steady_now();
        auto response = client.get(path);
        const bool good = response && response->status == 200;
        tally.exchange(steady_now() - began, good);
        return good ? std::move(response->body) : std::string();
    };
    if (clock_.ran_dry(now)) {
        tally.stall();
        tally.playing(-1);
    }
    const auto window = read_window(fetch("/live/live.m3u8"));
    if (!window) return refresh;
    const auto end = window->first + static_cast<std::int64_t>(window->segments.size());
    if (next_ < window->first) next_ = std::max(window->first, end - behind);
    const bool any = next_ < end;
    for (; next_ < end; ++next_) {
        const auto& segment = window->segments[static_cast<std::size_t>(next_ - window->first)];
        if (fetch("/live/" + segment.name).empty()) return refresh;
        if (clock_.ran_dry(steady_now())) {
            tally.stall();
            tally.playing(-1);
        }
        if (clock_.arrived(segment.length, steady_now())) tally.playing(+1);
    }
    return any ? refresh_if_new : refresh;
}

}  // namespace sg::demo
