// Whether a live stream goes on at each endpoint, from two looks at its playlist. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/inspect/order.h"
#include "platform/media/playlist.h"

namespace sg::platform::media {

// What an endpoint showed, first and a while later.
struct Seen {
    std::string endpoint;
    std::string trouble;  // It could not be read: why.
    Playlist first;
    Playlist then;
    Duration apart = 0ns;
    std::optional<Instant> modified;  // As HTTP says of the newer one.
    Instant at;                       // Of the later look.
};

enum class Freshness : std::uint8_t { fresh, stale, ended, unseen, unsure };
struct Verdict {
    Freshness freshness = Freshness::unsure;
    std::optional<Duration> age;  // Since something new came, if that can be told.
    std::string why;
};

// `newest_elsewhere`: the highest media sequence that any endpoint shows.
Verdict judge(const Seen& seen, std::uint64_t newest_elsewhere);

// One finding for the playlist: the worst of its endpoints, with a row for each.
inspect::Finding finding_of(const std::string& path, const std::vector<Seen>& seen,
                            std::uint32_t rows);

// How many endpoints have something new, for conditions: with none there is nowhere to go.
inspect::Finding fresh_of(const std::string& path, const std::vector<Seen>& seen);

}  // namespace sg::platform::media
