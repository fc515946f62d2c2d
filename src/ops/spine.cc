// What follows from what. Top to bottom it is the life of a fault; there is no other wiring.
// Left: the name of the cursor, for ever. Then what is now true, and who decides next. Each
// reaction runs in its own transaction.
#include "ops/spine.h"

#include "ops/detect/alerts/store.h"
#include "ops/detect/slo/store.h"
#include "ops/leader.h"
#include "ops/learn/drills/store.h"
#include "ops/learn/knowledge/store.h"
#include "ops/learn/kpis/store.h"
#include "ops/respond/incidents/store.h"
#include "ops/respond/mitigation/store.h"
#include "ops/respond/notify/store.h"
#include "ops/respond/oncall/store.h"
#include "ops/respond/runs/store.h"
#include "ops/respond/statuspage/store.h"
#include "ops/respond/subscribers/store.h"
#include "ops/ties.h"

namespace sg::ops {

namespace {

using namespace ties;

constexpr Reaction reactions[] = {
    // The configuration is what everything else is decided by.
    {"oncall.follow", Kind::config_accepted, follow_schedule},
    {"notify.tests", Kind::config_accepted, schedule_channel_tests},

    // Something is wrong.
    {"incidents.alert", Kind::alert_raised, declare_for_alert},
    {"incidents.alert_surfaced", Kind::alert_surfaced, declare_for_alert},
    {"incidents.alert_worsened", Kind::alert_worsened, worsen_for_alert},
    {"incidents.objective", Kind::objective_breached, declare_for_objective},
    {"incidents.objective_eased", Kind::objective_eased, clear_for_eased_objective},
    {"incidents.unseen", Kind::objective_unseen, declare_for_silence},
    {"incidents.ourselves", Kind::reaction_set_aside, declare_for_ourselves},
    {"incidents.action", Kind::action_failed, declare_for_ourselves},
    {"incidents.channel", Kind::channel_broken, declare_for_channel},
    {"incidents.drill_stuck", Kind::drill_stuck, declare_for_stuck_drill},

    // People look.
    {"incidents.assess", Kind::incident_declared, assess},  // First: the page tells the impact.
    {"runbooks.start", Kind::incident_declared, start_runbook},  // Nothing waits for its checks.
    {"oncall.page", Kind::incident_declared, page},
    {"statuspage.declared", Kind::incident_declared, tell_public},
    {"oncall.raise", Kind::incident_severity_changed, page_again},
    {"oncall.relapse", Kind::incident_relapsed, page_again},
    {"oncall.became_real", Kind::incident_became_real, page_in_earnest},
    {"statuspage.became_real", Kind::incident_became_real, tell_public},
    {"oncall.escalate", Kind::incident_escalated, page_on},
    {"notify.deliver", Kind::page_sent, deliver},
    {"oncall.unreached", Kind::notification_failed, page_for_unreached},
    {"incidents.page_answered", Kind::page_acknowledged, acknowledge_incident},
    {"oncall.incident_answered", Kind::incident_acknowledged, acknowledge_pages},
    {"notify.answered", Kind::page_acknowledged, tell_acknowledged},

    // The public is told, and that is telling.
    {"statuspage.follow", Kind::config_accepted, follow_page},
    {"statuspage.breached", Kind::objective_breached, judge_components},
    {"statuspage.eased", Kind::objective_eased, judge_components},
    {"statuspage.recovered", Kind::objective_recovered, judge_components},
    {"statuspage.severity", Kind::incident_severity_changed, tell_public},
    {"statuspage.mitigated", Kind::incident_mitigated, tell_public},
    {"statuspage.relapsed", Kind::incident_relapsed, tell_public},
    {"statuspage.resolved", Kind::incident_resolved, tell_public},
    {"statuspage.cancelled", Kind::incident_cancelled, tell_public},
    {"statuspage.merged", Kind::incident_merged, tell_public},
    {"statuspage.unheard", Kind::incident_clock_missed, tell_public_again},
    {"statuspage.maintenance", Kind::statuspage_maintenance_moved, judge_components},
    {"incidents.told_public", Kind::statuspage_published, note_told},
    {"subscribers.update", Kind::statuspage_published, tell_subscribers},
    {"subscribers.work", Kind::statuspage_maintenance_scheduled, tell_subscribers},
    {"subscribers.work_goes_on", Kind::statuspage_maintenance_moved, tell_subscribers},
    {"incidents.page_broken", Kind::statuspage_target_broken, declare_for_page},
    {"incidents.page_mended", Kind::statuspage_target_mended, clear_for_page},

    // Something is done to help. Whether it helped is seen by its clocks, below.
    {"mitigation.propose", Kind::runbook_reached, propose_mitigation},
    {"incidents.stuck", Kind::mitigation_stuck, declare_for_stuck},
    {"incidents.unstuck", Kind::mitigation_undone, clear_for_undone},
    {"runbooks.verified", Kind::mitigation_verified, lead_run_on},
    {"runbooks.unhelpful", Kind::mitigation_unhelpful, lead_run_on},
    {"runbooks.undone", Kind::mitigation_undone, lead_run_on},
    {"runbooks.refused", Kind::mitigation_refused, lead_run_on},
    {"runbooks.expired", Kind::mitigation_expired, lead_run_on},
    {"runbooks.failed", Kind::mitigation_failed, lead_run_on},

    // It ends.
    {"incidents.alert_cleared", Kind::alert_cleared, clear_for_alert},
    {"incidents.recovered", Kind::objective_recovered, clear_for_objective},
    {"incidents.seen", Kind::objective_seen, clear_for_silence},
    {"incidents.mended", Kind::channel_mended, clear_for_channel},
    {"oncall.mitigated", Kind::incident_mitigated, stop_pages},
    {"notify.mitigated", Kind::incident_mitigated, tell_mitigated},
    {"oncall.resolved", Kind::incident_resolved, stop_pages},
    {"notify.resolved", Kind::incident_resolved, tell_resolved},
    {"knowledge.draft", Kind::incident_resolved, draft_postmortem},
    {"oncall.cancelled", Kind::incident_cancelled, stop_pages},
    {"oncall.merged", Kind::incident_merged, stop_pages},

    {"runbooks.resolved", Kind::incident_resolved, overtake_runbooks},
    {"runbooks.cancelled", Kind::incident_cancelled, overtake_runbooks},
    {"runbooks.merged", Kind::incident_merged, overtake_runbooks},

    {"mitigation.mitigated", Kind::incident_mitigated, withdraw_proposals},
    {"mitigation.cancelled", Kind::incident_cancelled, withdraw_proposals},
    {"mitigation.merged", Kind::incident_merged, withdraw_proposals},
    {"mitigation.drilled", Kind::drill_ended, take_back_after_drill},

    // What is learnt from it.
    {"knowledge.recurred", Kind::incident_declared, look_for_recurrence},
    {"knowledge.recurred_within", Kind::incident_joined, look_for_recurrence},
    {"knowledge.remind", Kind::postmortem_overdue, remind_of_postmortem},
    {"knowledge.remind_of_item", Kind::action_item_overdue, remind_of_action_item},
};

constexpr Alarm alarms[] = {
    {"alert_ends", alert_ends},                // An outside alert was not sent again.
    {"heartbeat_missed", heartbeat_missed},    // A dead-man's switch.
    {"past_recheck_due", past_recheck_due},    // Something new under a signal that still fires?
    {"respond_by", ring_incident},             // Nobody has acknowledged.
    {"escalate_by", ring_incident},            // Not mitigated, and the guide asks for more people.
    {"assess_by", ring_incident},              //
    {"mitigate_by", ring_incident},            //
    {"update_due", ring_incident},             // Those who wait have heard nothing.
    {"observe_until", ring_incident},          // A mitigation has held, or not.
    {"page_step", next_page_step},             // Nobody answered: walk the policy.
    {"page_reopen_due", reopen_page},          // Acknowledged, and nothing came of it.
    {"handover_due", hand_over},               // The next shift begins.
    {"runbook_checks_due", give_up_checks},    // What hangs is given up.
    {"runbook_answer_due", give_up_question},  // Nobody answered what a runbook asked.
    {"postmortem_due", postmortem_due},        // Nobody has put it up for review.
    {"postmortem_measured_by", measure_postmortem},  // The end of its graph is known.
    {"action_item_due", action_item_due},
    {"notification_due", notification_due},
    {"notify_test_due", channel_test_due},      // Does the channel still work?
    {"statuspage_due", page_due},               // A minute of the status page.
    {"draft_due", draft_due},                   // Nobody said a word against what was drafted.
    {"maintenance_due", maintenance_due},       // It begins, or is over.
    {"subscribers_due", next_subscribers},      // The next batch of them.
    {"subscriber_expires", expire_subscriber},  // Nobody confirmed.
    {"drill_due", drill_due},                   // What has a running drill seen since?
    {"mitigation_approve_by", mitigation_approve_by},
    {"mitigation_go", mitigation_go},        // What is to be put back is known: asked once more.
    {"mitigation_check", mitigation_check},  // Does it help, does it harm?
    {"mitigation_expires", mitigation_expires},  // It has been in force for long enough.
};

constexpr Outcome outcomes[] = {
    {"notify.send", notification_result},
    {"statuspage.deliver", page_delivered},
    {"subscribers.tell", subscriber_told},
    {"drill.prepare", drill_prepared},
    {"drill.inject", drill_injected},
    {"drill.lift", drill_lifted},
    {"runbook.look", looked},
    {"mitigation.prepare", mitigation_answered},
    {"mitigation.carry_out", mitigation_answered},
    {"mitigation.take_back", mitigation_answered},
};

std::vector<FoldRow> all_folds() {
    std::vector<FoldRow> all;
    for (const auto rows :
         {leader_folds(), alerts::folds(), slo::folds(), incidents::folds(), oncall::folds(),
          notify::folds(), statuspage::folds(), subscribers::folds(), mitigation::folds(),
          kpis::folds(), knowledge::folds(), drills::folds(), runs::folds()})
        all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

}  // namespace

const Spine& spine() {
    static const std::vector<FoldRow> folds = all_folds();
    static const Spine it{reactions, alarms, outcomes, folds};
    return it;
}

}  // namespace sg::ops
