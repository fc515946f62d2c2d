// What is learnt when it is over, and whom to remind of it.
#include <fmt/format.h>

#include <algorithm>

#include "ops/aftermath.h"
#include "ops/learn/knowledge/ask.h"
#include "ops/learn/knowledge/commands.h"
#include "ops/respond/incidents/model.h"
#include "ops/respond/notify/commands.h"
#include "ops/respond/oncall/ask.h"
#include "ops/ties.h"

namespace sg::ops::ties {

Result<void> draft_postmortem(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto resolved, from_json<incidents::IncidentResolved>(event.payload));
    return draft_if_required(turn, resolved.incident, senses);
}

Result<void> measure_postmortem(const Turn& turn, const store::Wakeup& clock,
                                const Senses& senses) {
    return measure_again(turn, knowledge::number_of(clock.subject), senses);
}

// --- the same again ------------------------------------------------------------------------------

Result<void> look_for_recurrence(const Turn& turn, const Recorded& event, const Senses&) {
    if (event.kind == Kind::incident_joined) {
        TRY(const auto joined, from_json<incidents::IncidentJoined>(event.payload));
        if (joined.trigger.drill != 0) return {};  // What came back was called.
        return knowledge::recur(turn, joined.trigger.key, joined.incident);
    }
    TRY(const auto declared, from_json<incidents::IncidentDeclared>(event.payload));
    if (declared.trigger.drill != 0) return {};
    return knowledge::recur(turn, declared.trigger.key, declared.incident);
}

// --- reminding -----------------------------------------------------------------------------------

namespace {

// Whoever owns it; without anybody, who is on call for it now.
Result<std::vector<std::string>> whom(const Turn& turn, const std::string& owner,
                                      const std::string& team) {
    if (turn.config.operations.people.contains(owner)) return std::vector{owner};
    if (!turn.config.operations.teams.contains(team)) return std::vector<std::string>{};
    TRY(const auto crew, oncall::crew_of(turn.tx.session(), turn.config, team, turn.now));
    return crew.on_call.front();
}

}  // namespace

Result<void> remind_of_postmortem(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto late, from_json<knowledge::PostmortemOverdue>(event.payload));
    TRY(const auto p, knowledge::find(turn.tx.session(), late.incident));
    if (!p || p->state != knowledge::State::draft) return {};
    TRY(const auto people, whom(turn, p->owner, p->team));
    for (const auto& person : people)
        TRY_VOID(notify::remind(
            turn, {.key = fmt::format("pm.{}.{}", late.incident, late.reminder),
                   .person = person,
                   .incident = late.incident,
                   .severity = p->severity,
                   .service = p->service,
                   .text = fmt::format("PM-{} is late: put it up for review", late.incident)}));
    return {};
}

Result<void> remind_of_action_item(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto late, from_json<knowledge::ActionItemOverdue>(event.payload));
    TRY(const auto item, knowledge::find_item(turn.tx.session(), late.item));
    if (!item || item->state != knowledge::ItemState::open) return {};
    TRY(const auto people, whom(turn, item->owner, item->team));
    for (const auto& person : people)
        TRY_VOID(notify::remind(
            turn, {.key = fmt::format("ai.{}.{}.{}", late.item, item->reopened, late.reminder),
                   .person = person,
                   .incident = item->incident,
                   .severity = 4,
                   .service = item->service,
                   .text = fmt::format("action item {} is late: {}", late.item, item->what)}));
    return {};
}

Result<void> postmortem_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return knowledge::ring(turn, knowledge::number_of(clock.subject));
}

Result<void> action_item_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return knowledge::ring_item(turn, knowledge::number_of(clock.subject));
}

}  // namespace sg::ops::ties
