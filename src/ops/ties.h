// How what one domain says is put to another: from the payload of an event to a command. No rules;
// ops/spine.cc says what is tied to what.
#pragma once

#include "ops/reaction.h"

namespace sg::incidents {
struct Incident;
}

namespace sg::ops::ties {

using Tie = Result<void>(const Turn&, const Recorded&, const Senses&);

// Something is wrong, or no longer: an incident.
Tie declare_for_objective, clear_for_eased_objective, clear_for_objective, declare_for_silence,
    clear_for_silence;
Tie declare_for_alert, worsen_for_alert, clear_for_alert;
Tie declare_for_ourselves, declare_for_channel, clear_for_channel;

// An incident: people.
Tie assess, page, page_again, page_in_earnest, page_on, page_for_unreached, stop_pages,
    acknowledge_pages, acknowledge_incident;

// Its runbook: what is looked at, and what follows.
Tie start_runbook, overtake_runbooks;
// The first of an incident's signals that names a runbook; else that of its service; else empty.
Result<std::string> named_runbook(const Turn& turn, const incidents::Incident& incident);

// What is learnt.
Tie draft_postmortem, look_for_recurrence, remind_of_postmortem, remind_of_action_item;

// Drills.
Tie declare_for_stuck_drill;

// People: messages.
Tie deliver, tell_acknowledged, tell_mitigated, tell_resolved;

// The public.
Tie follow_page, judge_components, tell_public, tell_public_again, note_told, declare_for_page,
    clear_for_page, tell_subscribers;

// What is done to help.
Tie propose_mitigation, declare_for_stuck, clear_for_undone, lead_run_on, withdraw_proposals,
    take_back_after_drill;

// The configuration in force.
Tie follow_schedule, schedule_channel_tests;

using Bell = Result<void>(const Turn&, const store::Wakeup&, const Senses&);
Bell ring_incident, next_page_step, reopen_page, hand_over, notification_due, channel_test_due,
    alert_ends, heartbeat_missed, past_recheck_due, postmortem_due, measure_postmortem,
    action_item_due, page_due, draft_due, maintenance_due, drill_due, give_up_checks,
    give_up_question, mitigation_approve_by, mitigation_go, mitigation_check, mitigation_expires,
    next_subscribers, expire_subscriber;

using Came = Result<void>(const Turn&, const store::Job&, const Performed&, const Senses&);
Came notification_result, page_delivered, subscriber_told, looked, drill_prepared, drill_injected,
    drill_lifted, mitigation_answered;

}  // namespace sg::ops::ties
