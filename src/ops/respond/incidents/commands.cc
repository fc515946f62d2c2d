#include "ops/respond/incidents/commands.h"

#include <fmt/format.h>

#include "ops/respond/incidents/store.h"

namespace sg::incidents {

namespace {

Result<Incident> load(const ops::Turn& turn, std::int64_t id) {
    TRY(auto found, find(turn.tx.session(), id));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no incident {}", id),
                    "`streamgate incident list` shows them");
    return std::move(*found);
}

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

const ops::Actor nobody{};

}  // namespace

Result<std::int64_t> declare(const ops::Turn& turn, const ops::Actor& actor,
                             const Trigger& trigger) {
    if (trigger.title.empty())
        return fail(Errc::invalid_argument, "an incident needs a title", "say what users see");
    TRY(const auto id, ops::next_number(turn.tx, "incident"));
    const auto policy = policy_for(turn.config.operations, trigger.severity);
    TRY_VOID(write(turn, actor, declare({id, trigger, actor, policy}, turn.now)));
    return id;
}

Result<std::int64_t> declare_or_join(const ops::Turn& turn, const Trigger& trigger) {
    auto& session = turn.tx.session();
    TRY(auto candidates, with_alert(session, trigger.key));
    if (candidates.empty() && !trigger.service.empty()) {
        TRY(candidates, open_of_service(session, trigger.service));
    }
    if (candidates.empty()) return declare(turn, nobody, trigger);
    const Incident& incident = candidates.front();
    const auto policy = policy_for(turn.config.operations, trigger.severity);
    TRY_VOID(write(turn, nobody, join(incident, trigger, policy, turn.now)));
    return incident.id;
}

Result<void> become_real(const ops::Turn& turn, std::int64_t id, const std::string& why) {
    TRY(const auto incident, load(turn, id));
    return write(turn, nobody, become_real(incident, why, incident.policy, turn.now));
}

Result<void> clear(const ops::Turn& turn, const std::string& alert) {
    TRY(const auto affected, with_alert(turn.tx.session(), alert));
    for (const Incident& incident : affected)
        TRY_VOID(write(turn, nobody, clear(incident, alert, turn.now)));
    return {};
}

Result<void> act(const ops::Turn& turn, std::int64_t id, const Command& command) {
    TRY(const auto incident, load(turn, id));
    TRY(const auto decision, decide(incident, command, turn.now));
    return write(turn, command.actor, decision);
}

Result<void> assess(const ops::Turn& turn, std::int64_t id, const Impact& impact) {
    TRY(const auto incident, load(turn, id));
    TRY(const auto decision, assess(incident, impact));
    return write(turn, nobody, decision);
}

Result<void> note(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const std::string& text) {
    if (text.empty()) return fail(Errc::invalid_argument, "a note needs a text");
    TRY(const auto incident, load(turn, id));
    return write(turn, actor, note(incident, text));
}

Result<void> link(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const Link& wanted) {
    TRY(const auto incident, load(turn, id));
    TRY(const auto decision, link(incident, wanted));
    return write(turn, actor, decision);
}

Result<void> tell(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                  const std::string& text) {
    if (text.empty()) return fail(Errc::invalid_argument, "an update needs a text");
    TRY(const auto incident, load(turn, id));
    TRY(const auto decision, tell(incident, text, turn.now));
    return write(turn, actor, decision);
}

Result<void> change_severity(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                             const NewSeverity& severity) {
    TRY(const auto incident, load(turn, id));
    const auto policy = policy_for(turn.config.operations, severity.to);
    TRY(const auto decision,
        change_severity(incident, severity.to, severity.reason, policy, turn.now));
    return write(turn, actor, decision);
}

Result<void> take_role(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                       const Assignment& assignment) {
    TRY(const auto incident, load(turn, id));
    if (assignment.role == Role::scribe)
        return fail(Errc::invalid_argument, "the scribe is the system",
                    "a person can be commander or communications");
    if (assignment.person.empty()) return fail(Errc::invalid_argument, "a role needs a person");
    return write(turn, actor, take_role(incident, assignment.role, assignment.person));
}

Result<void> merge(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                   std::int64_t into) {
    TRY(const auto incident, load(turn, id));
    TRY(const auto other, load(turn, into));
    TRY(const auto decision, merge(incident, other));
    return write(turn, actor, decision);
}

Result<void> ring(const ops::Turn& turn, std::int64_t id, const std::string& clock, Instant due) {
    TRY(const auto incident, load(turn, id));
    return write(turn, nobody, ring(incident, clock, due, turn.now));
}

}  // namespace sg::incidents
