// The rules of learning from an incident. Pure: no clock, no database.
#pragma once

#include <string>
#include <vector>

#include "ops/decision/decision.h"
#include "ops/learn/knowledge/model.h"

namespace sg::knowledge {

inline constexpr std::string_view due_clock = "postmortem_due";  // Of `incident:204`.
inline constexpr std::string_view measure_clock = "postmortem_measured_by";
inline constexpr std::string_view item_clock = "action_item_due";  // Of `action_item:7`.

ops::Subject subject_of_incident(std::int64_t incident);
ops::Subject subject_of_item(std::int64_t item);
std::int64_t number_of(const ops::Subject& subject);  // 0: it has none.

// `measure_at`: when the end of its graph is known; in the past: it is all there.
ops::Decision draft(const Postmortem& postmortem, Instant measure_at, Instant now);
ops::Decision measure(const Postmortem& postmortem, const PostmortemMeasured& measured);

struct Edit {
    std::string section;
    std::string text;
    std::int64_t version = 0;  // That it was made from.
};
// Error `conflict`: it is closed, or there is a newer version of what was edited.
Result<ops::Decision> edit(const Postmortem& postmortem, const Edit& edit);

struct Command {
    Verb verb = Verb::publish;
    std::string text;  // Reason or remark.
    Duration remind{};
};
// Error `conflict`: not from this state, or something is missing; the hint says what.
Result<ops::Decision> decide(const Postmortem& postmortem, const Command& command, Instant now);

Result<ops::Decision> hand_over(const Postmortem& postmortem, const std::string& owner);

// The clock of a post-mortem that is not up for review yet.
ops::Decision ring(const Postmortem& postmortem, Duration remind, Instant now);

// --- action items --------------------------------------------------------------------------------

// Error: it has no words, no owner or no date, or the post-mortem is closed.
Result<ops::Decision> add(const Postmortem& postmortem, const ActionItem& item, Instant now);
Result<ops::Decision> finish(const ActionItem& item, const std::string& verification);
ops::Decision ring(const ActionItem& item, Duration remind, Instant now);

// Of items whose incident had the same signal: those that were to prevent what has now happened.
// `due`: when they are to be done again.
ops::Decision recur(const std::vector<ActionItem>& items, std::int64_t incident, Instant due);

// --- state := apply(state, event) ----------------------------------------------------------------

Result<Postmortem> apply(Postmortem postmortem, const ops::Recorded& event);
Result<ActionItem> apply(ActionItem item, const ops::Recorded& event);

}  // namespace sg::knowledge
