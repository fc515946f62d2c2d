// Every handler of the API, by the file that it stands in.
#pragma once

#include "api/routes.h"

namespace sg::incidents {
struct Incident;
}

namespace sg::api {

// incidents.cc
Result<incidents::Incident> incident_asked(Site& site, std::int64_t id);  // Or `not_found`.
Result<Answer> list_incidents(Site& site, const Call& call);
Result<Answer> show_incident(Site& site, const Call& call);
Result<Answer> declare_incident(Site& site, const Call& call);
Result<Answer> acknowledge_incident(Site& site, const Call& call);
Result<Answer> mitigate_incident(Site& site, const Call& call);
Result<Answer> resolve_incident(Site& site, const Call& call);
Result<Answer> close_incident(Site& site, const Call& call);
Result<Answer> cancel_incident(Site& site, const Call& call);
Result<Answer> relapse_incident(Site& site, const Call& call);
Result<Answer> note_incident(Site& site, const Call& call);
Result<Answer> tell_incident(Site& site, const Call& call);
Result<Answer> change_incident_severity(Site& site, const Call& call);
Result<Answer> take_incident_role(Site& site, const Call& call);
Result<Answer> merge_incident(Site& site, const Call& call);

// ledger.cc
Result<Answer> incident_timeline(Site& site, const Call& call);
Result<Answer> ledger_records(Site& site, const Call& call);
Result<Answer> ledger_head(Site& site, const Call& call);

// redact.cc
Result<Answer> redact_record(Site& site, const Call& call);

// detect.cc
Result<Answer> show_status(Site& site, const Call& call);
Result<Answer> show_signals(Site& site, const Call& call);
Result<Answer> list_objectives(Site& site, const Call& call);
Result<Answer> export_objectives(Site& site, const Call& call);
Result<Answer> list_alerts(Site& site, const Call& call);
Result<Answer> try_alert(Site& site, const Call& call);
Result<Answer> list_silences(Site& site, const Call& call);
Result<Answer> add_silence(Site& site, const Call& call);
Result<Answer> expire_silence(Site& site, const Call& call);

// postmortems.cc
Result<Answer> list_postmortems(Site& site, const Call& call);
Result<Answer> show_postmortem(Site& site, const Call& call);
Result<Answer> draft_postmortem(Site& site, const Call& call);
Result<Answer> edit_postmortem(Site& site, const Call& call);
Result<Answer> publish_postmortem(Site& site, const Call& call);
Result<Answer> return_postmortem(Site& site, const Call& call);
Result<Answer> review_postmortem(Site& site, const Call& call);
Result<Answer> close_postmortem(Site& site, const Call& call);
Result<Answer> hand_over_postmortem(Site& site, const Call& call);
Result<Answer> seen_before(Site& site, const Call& call);
Result<Answer> list_action_items(Site& site, const Call& call);
Result<Answer> add_action_item(Site& site, const Call& call);
Result<Answer> finish_action_item(Site& site, const Call& call);

// kpis.cc
Result<Answer> show_kpis(Site& site, const Call& call);

// people.cc
Result<Answer> on_call_now(Site& site, const Call& call);
Result<Answer> on_call_schedule(Site& site, const Call& call);
Result<Answer> add_override(Site& site, const Call& call);
Result<Answer> remove_override(Site& site, const Call& call);
Result<Answer> list_pages(Site& site, const Call& call);
Result<Answer> list_notifications(Site& site, const Call& call);
Result<Answer> list_channels(Site& site, const Call& call);
Result<Answer> test_channel(Site& site, const Call& call);
// The team that was asked for, else the only one there is.
Result<std::string> team_asked(const config::Config& config, const std::string& asked);

// schedules.cc
Result<Answer> swap_shifts(Site& site, const Call& call);
Result<Answer> list_temporaries(Site& site, const Call& call);
Result<Answer> add_temporary(Site& site, const Call& call);
Result<Answer> remove_temporary(Site& site, const Call& call);
Result<Answer> note_handover(Site& site, const Call& call);
Result<Answer> schedule_quality(Site& site, const Call& call);
Result<Answer> import_overrides(Site& site, const Call& call);
Result<Answer> list_feeds(Site& site, const Call& call);
Result<Answer> open_feed(Site& site, const Call& call);
Result<Answer> revoke_feed(Site& site, const Call& call);
Result<Answer> escalate_incident(Site& site, const Call& call);

// clients.cc
Result<Answer> list_incident_clients(Site& site, const Call& call);

// war_room.cc
Result<Answer> list_present(Site& site, const Call& call);
Result<Answer> join_incident(Site& site, const Call& call);
Result<Answer> leave_incident(Site& site, const Call& call);
Result<Answer> list_links(Site& site, const Call& call);
Result<Answer> link_incident(Site& site, const Call& call);

// changes.cc
Result<Answer> list_changes(Site& site, const Call& call);

// inspections.cc
Result<Answer> list_inspections(Site& site, const Call& call);
Result<Answer> run_inspections(Site& site, const Call& call);

// runbooks.cc
Result<Answer> list_runbooks(Site& site, const Call& call);
Result<Answer> show_runbook(Site& site, const Call& call);

// drills.cc
Result<Answer> list_scenarios(Site& site, const Call& call);
Result<Answer> list_drills(Site& site, const Call& call);
Result<Answer> show_drill(Site& site, const Call& call);
Result<Answer> begin_drill(Site& site, const Call& call);
Result<Answer> abort_drill(Site& site, const Call& call);
Result<Answer> answer_drill(Site& site, const Call& call);
Result<Answer> finish_drill(Site& site, const Call& call);

// runs.cc
Result<Answer> list_runs(Site& site, const Call& call);
Result<Answer> show_run(Site& site, const Call& call);
Result<Answer> run_runbook(Site& site, const Call& call);
Result<Answer> answer_run(Site& site, const Call& call);

// mitigations.cc
Result<Answer> list_mitigations(Site& site, const Call& call);
Result<Answer> show_mitigation(Site& site, const Call& call);
Result<Answer> propose_mitigation(Site& site, const Call& call);
Result<Answer> try_mitigation(Site& site, const Call& call);
Result<Answer> approve_mitigation(Site& site, const Call& call);
Result<Answer> refuse_mitigation(Site& site, const Call& call);
Result<Answer> undo_mitigation(Site& site, const Call& call);
Result<Answer> show_mitigation_policy(Site& site, const Call& call);
Result<Answer> throw_mitigation_switch(Site& site, const Call& call);

// outside.cc
Result<Answer> list_inboxes(Site& site, const Call& call);
Result<Answer> receive_alerts(Site& site, const Call& call);
Result<Answer> list_heartbeats(Site& site, const Call& call);
Result<Answer> hear_heartbeat(Site& site, const Call& call);
// statuspage.cc
Result<Answer> show_status_page(Site& site, const Call& call);
Result<Answer> publish_update(Site& site, const Call& call);
Result<Answer> draft_update(Site& site, const Call& call);
Result<Answer> discard_update(Site& site, const Call& call);
Result<Answer> fix_shown_component(Site& site, const Call& call);
Result<Answer> announce_maintenance(Site& site, const Call& call);
Result<Answer> update_maintenance(Site& site, const Call& call);

// subscribers.cc
Result<Answer> list_subscribers(Site& site, const Call& call);
Result<Answer> export_subscribers(Site& site, const Call& call);
Result<Answer> add_subscriber(Site& site, const Call& call);
Result<Answer> remove_subscriber(Site& site, const Call& call);

}  // namespace sg::api
