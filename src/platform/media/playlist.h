// Live playlists: HLS media playlists (RFC 8216) and DASH manifests (ISO 23009-1), as far as it
// takes to tell whether a stream goes on. Pure: bytes in, facts out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sg::platform::media {

struct Playlist {
    enum class Form : std::uint8_t {
        hls,           // Of segments.
        multivariant,  // HLS: of other playlists; `variant` is the first of them.
        dash,
    };
    Form form = Form::hls;
    bool live = true;              // Not ended, not on demand.
    Duration target = 0ns;         // How often something new comes, at least; 0: it does not say.
    std::uint64_t newest = 0;      // HLS: media sequence of the last segment.
    std::string last;              // What is newest: a segment's URI, or DASH's publish time.
    std::string variant;           // As it stands in a multivariant playlist.
    std::optional<Instant> until;  // When what is newest was published, if it says.
};

// Bound: a longer text is refused, and so are more lines than anybody plays.
inline constexpr std::size_t playlist_most = 4U << 20;
Result<Playlist> read_playlist(std::string_view text);

// `path` of another playlist as the one at `of` refers to it. Empty: it is elsewhere.
std::string referred(std::string_view of, std::string_view reference);

// Whether `path` looks like a playlist by its name: .m3u8 or .mpd.
bool names_playlist(std::string_view path);

}  // namespace sg::platform::media
