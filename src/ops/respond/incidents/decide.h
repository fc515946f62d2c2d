// The rules of an incident. Pure: no clock, no database, no log.
//
// An incident is a promise that somebody is looking. Everything here serves one invariant: while
// users hurt (declared, acknowledged), a clock is running that somebody must answer for.
#pragma once

#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/decision/decision.h"
#include "ops/respond/incidents/model.h"

namespace sg::incidents {

// The guide's figures for a severity, as the configuration has them now.
Policy policy_for(const config::Operations& operations, std::int64_t severity);

ops::Subject subject_of(std::int64_t incident);  // `incident:204`
std::optional<std::int64_t> incident_of(const ops::Subject& subject);

bool is_open(State state);     // Not resolved, closed or cancelled.
bool users_hurt(State state);  // Declared or acknowledged.

struct Declaration {
    std::int64_t id = 0;
    Trigger trigger;
    ops::Actor actor;
    Policy policy;
};
ops::Decision declare(const Declaration& declaration, Instant now);

// An alert about the same trouble: it joins, may raise the severity, and brings back what was taken
// for mitigated.
ops::Decision join(const Incident& incident, const Trigger& trigger, const Policy& of_its_severity,
                   Instant now);
// What was declared as a drill is one no longer. An incident that is real stays as it is.
ops::Decision become_real(const Incident& incident, const std::string& why, const Policy& policy,
                          Instant now);
ops::Decision clear(const Incident& incident, const std::string& alert, Instant now);

struct Command {
    Verb verb = Verb::acknowledge;
    ops::Actor actor;
    std::string text;  // Reason, summary or how.
};
// Error `conflict`: not from this state; the hint lists what is possible instead.
Result<ops::Decision> decide(const Incident& incident, const Command& command, Instant now);

Result<ops::Decision> change_severity(const Incident& incident, std::int64_t to,
                                      const std::string& reason, const Policy& policy, Instant now);
Result<ops::Decision> assess(const Incident& incident, const Impact& impact);
ops::Decision note(const Incident& incident, const std::string& text);
// Something to look at: a graph, a ticket, a document. Error: it is no address that opens.
struct Link {
    std::string title;  // Empty: the address stands for itself.
    std::string url;
};
Result<ops::Decision> link(const Incident& incident, const Link& link);
ops::Decision take_role(const Incident& incident, Role role, const std::string& person);
Result<ops::Decision> tell(const Incident& incident, const std::string& text, Instant now);
Result<ops::Decision> merge(const Incident& incident, const Incident& into);

// A clock of the incident has come due at `due`; it may be late.
ops::Decision ring(const Incident& incident, const std::string& clock, Instant due, Instant now);

// state := apply(state, event). The first event of an incident is applied to Incident{}.
Result<Incident> apply(Incident incident, const ops::Recorded& event);

}  // namespace sg::incidents
