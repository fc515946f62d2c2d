// What streamgate.yaml says of what may be done to help users. Plain values; cautious defaults.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/describe.h"
#include "base/time.h"
#include "base/units.h"

namespace sg::config {

// Who says that a verb is carried out. `observe`: nobody, it is only written down what would have
// been proposed. `propose`: a person. `automatic`: its safeguards.
enum class MitigationMode : std::uint8_t { observe, propose, automatic };

// How much an automatic act may cost those who are served. What destroys is never automatic.
enum class AutomaticWeight : std::uint8_t { light, heavy };

// Of one verb; what is absent is as for all of them.
struct VerbPolicy {
    std::optional<MitigationMode> mode;
    std::optional<std::uint32_t> per_hour;
    std::optional<Duration> cooldown;
    std::optional<Duration> within;
    std::optional<Duration> holds;
};

struct Mitigation {
    MitigationMode mode = MitigationMode::propose;
    AutomaticWeight automatic_up_to = AutomaticWeight::light;
    std::uint32_t per_hour = 3;     // Of a verb.
    std::uint32_t per_service = 6;  // On a service, in an hour, whatever the verb.
    Duration cooldown = 5min;       // Of the same verb on the same target.
    Share takes_most = {0.5};       // Of a service's endpoints, at once.
    std::uint32_t load_most = 150;  // Percent of the busiest minute of the last day, for the rest.
    Duration approve_within = 15min;
    Duration expires = 1h;        // What bears on users and does not say how long it lasts.
    Duration expires_most = 24h;  //
    Duration within = 60s;        // By when it must begin to help.
    Duration holds = 15s;
    std::uint32_t unverified_most = 3;  // Runs of a runbook in a row that did not help.
    std::map<std::string, VerbPolicy> verbs;
    Place place;
};

}  // namespace sg::config

namespace sg {

template <>
struct WordsOf<config::MitigationMode> {
    static constexpr std::string_view name = "a mode";
    static constexpr std::string_view words[] = {"observe", "propose", "auto"};
};
template <>
struct WordsOf<config::AutomaticWeight> {
    static constexpr std::string_view name = "a weight";
    static constexpr std::string_view words[] = {"light", "heavy"};
};

}  // namespace sg
