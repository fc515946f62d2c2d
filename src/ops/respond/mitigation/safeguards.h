// What keeps a mitigation from doing harm: one table. Pure. It is asked when something is proposed,
// when it is approved, and again when it is about to be done, with how things stand then.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/mitigation.h"
#include "ops/respond/mitigation/model.h"

namespace sg::mitigation {

// What a service would be left with. Endpoints; requests per second.
struct Capacity {
    bool touched = false;          // Whether the act takes any away.
    std::int64_t endpoints = 0;    // All there are.
    std::int64_t healthy = 0;      // Of them, now.
    std::int64_t left = 0;         // Healthy ones that get traffic afterwards.
    std::int64_t taken = 0;        // Without traffic afterwards because of mitigations.
    double rate = 0;               // Of the service, now.
    double each_after = 0;         // The most that one of those left has to carry.
    double each_at_most = 0;       // What one carried in the busiest minute of the last day.
    bool is_last_version = false;  // No other version is there to take the traffic.
};

// How things stand around it.
struct Situation {
    config::Mitigation policy;
    Switch kill;
    bool has_incident = false;
    bool incident_over = false;  // Users do not hurt any more.
    std::string incident_state;
    std::int64_t severity = 4;
    bool burning = false;         // An objective of the service burns at the pace of a page.
    std::string maintenance;      // Of the service, under way: its title.
    std::int64_t of_verb = 0;     // Carried out within the hour, without this one.
    std::int64_t of_service = 0;  //
    Instant same_before;          // When the same was done to the same; Instant{}: never.
    std::int64_t under_way = 0;   // Another on the same target.
    std::int64_t unverified = 0;  // Runs of the runbook in a row that did not help.
    Capacity capacity;
};

enum class When : std::uint8_t { proposal, approval, execution };

struct Case {
    const Mitigation& mitigation;
    const Situation& around;
    When when = When::proposal;
};

enum class Passable : std::uint8_t { never, break_glass };

struct Safeguard {
    std::string_view name;
    std::string_view sentence;  // When it refuses.
    Passable passable = Passable::never;
    // Why it refuses; empty: it does not.
    std::string (*refuses)(const Case&, Instant now);
};
std::span<const Safeguard> safeguards();

struct Refusal {
    std::string_view safeguard;
    std::string why;
};
// The first that refuses, in the order of the table.
std::optional<Refusal> refusal(const Case& asked, Instant now);
std::string why(const Refusal& refusal);  // `[safeguard: cooldown] …`
// The safeguard that an error of approve() names; empty: it is of another kind.
std::string_view safeguard_in(std::string_view why);

// What each of them would say. `waits`: for somebody's approval. `passed_by`: it refuses, and the
// glass is broken.
enum class Says : std::uint8_t { passes, refuses, waits, passed_by };
struct Opinion {
    std::string safeguard;
    std::string sentence;  // When it refuses.
    Says says = Says::passes;
    std::string why;
};
// All of them, in the order of the table, as if whoever proposes it approved it too.
std::vector<Opinion> opinions(Mitigation draft, const Situation& around, Instant now);

// Who decides, as the configuration has it. A person's own wish is decided by that person, but for
// what destroys.
enum class Decider : std::uint8_t { nobody, automatic, person, other_person };
Decider decider(const Mitigation& mitigation, const config::Mitigation& policy);

config::MitigationMode mode_of(const std::string& verb, const config::Mitigation& policy);
Duration cooldown_of(const std::string& verb, const config::Mitigation& policy);
std::uint32_t per_hour_of(const std::string& verb, const config::Mitigation& policy);

}  // namespace sg::mitigation
