// Load, decide, record. For the spine and the API.
#pragma once

#include "ops/decision/turn.h"
#include "ops/respond/incidents/decide.h"

namespace sg::incidents {

// The open incident of the same service, or a new one. Returns its number.
Result<std::int64_t> declare_or_join(const ops::Turn& turn, const Trigger& trigger);
// By a person: always a new one.
Result<std::int64_t> declare(const ops::Turn& turn, const ops::Actor& actor,
                             const Trigger& trigger);
Result<void> become_real(const ops::Turn& turn, std::int64_t id, const std::string& why);
Result<void> clear(const ops::Turn& turn, const std::string& alert);
Result<void> act(const ops::Turn& turn, std::int64_t id, const Command& command);
Result<void> assess(const ops::Turn& turn, std::int64_t id, const Impact& impact);
Result<void> link(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const Link& wanted);
Result<void> note(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const std::string& text);
Result<void> tell(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const std::string& text);
struct NewSeverity {
    std::int64_t to = 0;
    std::string reason;
};
Result<void> change_severity(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                             const NewSeverity& severity);
struct Assignment {
    Role role = Role::commander;
    std::string person;
};
Result<void> take_role(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                       const Assignment& assignment);
Result<void> merge(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                   std::int64_t into);
Result<void> ring(const ops::Turn& turn, std::int64_t id, const std::string& clock, Instant due);

}  // namespace sg::incidents
