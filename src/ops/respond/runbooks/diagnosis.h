// Which part of a service its trouble is of: a version, an endpoint, a route. Pure.
//
// A part stands out when its requests go wrong more often than those of the others, by more than
// chance would do and by enough to matter. One that gets all the traffic cannot stand out: it has
// nothing to be compared with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sg::runbooks {

struct Part {
    std::string name;
    std::int64_t wrong = 0;  // Failed, or slower than the objective.
    std::int64_t requests = 0;
};

enum class Dimension : std::uint8_t { endpoint, version, route };  // The most exact first.

struct Change {
    std::int64_t seq = 0;  // In the ledger.
    Instant at;
    std::string what;     // `weights of catalog: v2 20 %`
    std::string version;  // That it is about; empty: of none.
};

// What was seen since the trouble began.
struct Picture {
    Instant began;
    std::vector<Part> endpoints;
    std::vector<Part> versions;
    std::vector<Part> routes;
    std::vector<Change> changes;     // Of the service and of what it needs, before it began.
    std::vector<std::string> needs;  // Dependencies that fail now.
};

struct Suspect {
    enum class Kind : std::uint8_t { endpoint, version, route, need, change };
    Kind kind{};
    std::string name;
    double share = 0;         // Of all that went wrong.
    double rate = 0;          // Of its own requests.
    double elsewhere = 0;     // Of the requests of the others.
    double p = 1;             // That chance alone makes such a difference.
    std::int64_t change = 0;  // The record of the change that it began with; 0: none.
    std::string evidence;     // `62 % of its requests fail, 0.1 % elsewhere (p < 1e-12)`
};

// The most likely first; empty: nothing stands out.
std::vector<Suspect> suspects(const Picture& picture);

// The chance that a part with this share of the requests has so many of what went wrong, or more,
// if it were like the others. Exact (binomial), so that few requests prove little.
double chance(const Part& part, const Part& others);

std::string_view word(Suspect::Kind kind);

inline constexpr double p_most = 0.001;     // Above it, it may be chance.
inline constexpr double share_least = 0.6;  // Of what went wrong; below, it is a part of it.
inline constexpr double times_least = 3;    // As often as elsewhere; below, it is no cause.
inline constexpr Duration before_it_began = 30min;  // A change so long before is not suspect.

}  // namespace sg::runbooks
