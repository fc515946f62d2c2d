// Every route of the API. api/openapi.yaml says the same; a test keeps them equal.
#include "api/routes.h"

#include <fmt/format.h>

#include "api/handlers.h"

namespace sg::api {

namespace {

Result<Answer> list_routes(Site&, const Call&) {
    std::string out = R"({"routes":[)";
    for (const Route& route : routes())
        out += fmt::format(R"({}{{"method":"{}","path":"{}","what":"{}"}})",
                           out.ends_with('[') ? "" : ",", route.method, route.path, route.what);
    return Answer{200, out + "]}"};
}

constexpr auto read = Permission::read;
constexpr auto respond = Permission::respond;
constexpr auto administer = Permission::administer;

#define INCIDENT "/api/v1/incidents/{id}"
#define POSTMORTEM "/api/v1/postmortems/{id}"
#define DRILL "/api/v1/drills/{id}"
#define MITIGATION "/api/v1/mitigations/{id}"
#define PAGE "/api/v1/statuspage"
constexpr Route table[] = {
    {"GET", "/api/v1", read, list_routes, "what there is"},

    {"GET", "/api/v1/incidents", read, list_incidents, "incidents, newest first"},
    {"POST", "/api/v1/incidents", respond, declare_incident, "declares an incident"},
    {"GET", INCIDENT, read, show_incident, "one incident"},
    {"GET", INCIDENT "/timeline", read, incident_timeline, "what happened, and why"},
    {"GET", INCIDENT "/clients", read, list_incident_clients, "whose requests failed"},
    {"POST", INCIDENT "/acknowledge", respond, acknowledge_incident, "somebody is looking"},
    {"POST", INCIDENT "/mitigate", respond, mitigate_incident, "users have stopped hurting"},
    {"POST", INCIDENT "/relapse", respond, relapse_incident, "users hurt again"},
    {"POST", INCIDENT "/resolve", respond, resolve_incident, "its cause is gone"},
    {"POST", INCIDENT "/close", respond, close_incident, "nothing is left to be done"},
    {"POST", INCIDENT "/cancel", respond, cancel_incident, "it was none"},
    {"POST", INCIDENT "/note", respond, note_incident, "writes into its timeline"},
    {"POST", INCIDENT "/tell", respond, tell_incident, "an update for those who wait"},
    {"POST", INCIDENT "/severity", respond, change_incident_severity, "changes its severity"},
    {"POST", INCIDENT "/role", respond, take_incident_role, "gives somebody a role"},
    {"POST", INCIDENT "/escalate", respond, escalate_incident, "pages the next level, now"},
    {"POST", INCIDENT "/merge", respond, merge_incident, "merges it into another"},
    {"GET", INCIDENT "/presence", read, list_present, "who looks at it now"},
    {"POST", INCIDENT "/presence", read, join_incident, "you look at it, for a while"},
    {"DELETE", INCIDENT "/presence", read, leave_incident, "you no longer do"},
    {"GET", INCIDENT "/links", read, list_links, "what there is to look at"},
    {"GET", INCIDENT "/changes", read, list_changes, "what changed just before it"},
    {"POST", INCIDENT "/links", respond, link_incident, "adds a link, with a title"},

    {"GET", INCIDENT "/before", read, seen_before, "what was learnt when it happened before"},
    {"POST", INCIDENT "/postmortem", respond, draft_postmortem, "drafts a post-mortem"},

    {"GET", "/api/v1/postmortems", read, list_postmortems, "what was learnt, newest first"},
    {"GET", POSTMORTEM, read, show_postmortem, "one post-mortem"},
    {"POST", POSTMORTEM "/edit", respond, edit_postmortem, "writes sections"},
    {"POST", POSTMORTEM "/owner", respond, hand_over_postmortem, "says whose it is"},
    {"POST", POSTMORTEM "/publish", respond, publish_postmortem, "puts it up for review"},
    {"POST", POSTMORTEM "/return", respond, return_postmortem, "it is not finished after all"},
    {"POST", POSTMORTEM "/review", respond, review_postmortem, "others agree with it"},
    {"POST", POSTMORTEM "/close", respond, close_postmortem, "nothing more is written"},
    {"POST", POSTMORTEM "/actions", respond, add_action_item, "adds an action item"},
    {"GET", "/api/v1/actions", read, list_action_items, "what is to be done, by date"},
    {"POST", "/api/v1/actions/{id}/done", respond, finish_action_item, "it is done"},

    {"GET", "/api/v1/scenarios", read, list_scenarios, "what can be practised"},
    {"GET", "/api/v1/drills", read, list_drills, "what was practised, newest first"},
    {"POST", "/api/v1/drills", administer, begin_drill, "begins a drill"},
    {"GET", DRILL, read, show_drill, "one drill"},
    {"POST", DRILL "/abort", respond, abort_drill, "lifts its fault, now"},
    {"POST", DRILL "/answer", respond, answer_drill, "what one would see or do"},
    {"POST", DRILL "/end", respond, finish_drill, "nothing more is to be said"},

    {"GET", "/api/v1/status", read, show_status, "is it well, and what is not"},
    {"GET", "/api/v1/signals", read, show_signals, "the last seconds"},
    {"GET", "/api/v1/objectives", read, list_objectives, "what is promised, and what is left"},
    {"GET", "/api/v1/objectives/export", read, export_objectives, "for other programs"},
    {"GET", "/api/v1/kpis", read, show_kpis, "how well it goes, beside the targets"},
    {"GET", "/api/v1/alerts", read, list_alerts, "what fires"},
    {"POST", "/api/v1/alerts/try", read, try_alert, "when a new rule would have fired"},
    {"GET", "/api/v1/silences", read, list_silences, "what is not told"},
    {"POST", "/api/v1/silences", respond, add_silence, "silences alerts"},
    {"DELETE", "/api/v1/silences/{number}", respond, expire_silence, "ends a silence"},

    {"GET", "/api/v1/inspections", read, list_inspections, "what can be looked at closely"},
    {"POST", "/api/v1/inspections", read, run_inspections, "looks, and says what it found"},
    {"GET", "/api/v1/runbooks", read, list_runbooks, "what to do, for whom it is written"},
    {"GET", "/api/v1/runbooks/{name}", read, show_runbook, "one runbook, with its text"},
    {"POST", "/api/v1/runbooks/{name}/runs", respond, run_runbook, "runs it"},
    {"GET", "/api/v1/runs", read, list_runs, "runbooks that were run, newest first"},
    {"GET", "/api/v1/runs/{id}", read, show_run, "what a run found, and what it proposes"},
    {"POST", "/api/v1/runs/{id}/answer", respond, answer_run, "answers what it asks"},

    {"GET", "/api/v1/mitigations", read, list_mitigations, "what was done to help, newest first"},
    {"POST", "/api/v1/mitigations", respond, propose_mitigation, "does something to help users"},
    {"POST", "/api/v1/mitigations/try", read, try_mitigation, "what each safeguard would say"},
    {"GET", MITIGATION, read, show_mitigation, "one mitigation"},
    {"POST", MITIGATION "/approve", respond, approve_mitigation, "it is carried out"},
    {"POST", MITIGATION "/refuse", respond, refuse_mitigation, "it is not"},
    {"POST", MITIGATION "/undo", respond, undo_mitigation, "takes it back"},
    {"GET", "/api/v1/mitigation", read, show_mitigation_policy, "its safeguards, verbs and switch"},
    {"POST", "/api/v1/mitigation/switch", respond, throw_mitigation_switch, "stops all of it"},

    {"GET", "/api/v1/inboxes", read, list_inboxes, "where alerts of others come in"},
    {"POST", "/api/v1/inboxes/{name}/{form}", respond, receive_alerts, "alerts of others"},
    {"GET", "/api/v1/heartbeats", read, list_heartbeats, "what must report, and by when"},
    {"POST", "/api/v1/heartbeats/{name}", respond, hear_heartbeat, "it reported"},

    {"GET", "/api/v1/oncall", read, on_call_now, "who is on call"},
    {"GET", "/api/v1/oncall/schedule", read, on_call_schedule, "the shifts to come"},
    {"POST", "/api/v1/oncall/overrides", respond, add_override, "somebody takes over"},
    {"DELETE", "/api/v1/oncall/overrides/{id}", respond, remove_override, "not after all"},
    {"POST", "/api/v1/oncall/swaps", respond, swap_shifts, "two shifts change hands"},
    {"POST", "/api/v1/oncall/imports", respond, import_overrides, "overrides from a calendar"},
    {"GET", "/api/v1/oncall/temporaries", read, list_temporaries, "schedules for a while"},
    {"POST", "/api/v1/oncall/temporaries", respond, add_temporary, "fixed shifts for a while"},
    {"DELETE", "/api/v1/oncall/temporaries/{id}", respond, remove_temporary, "not after all"},
    {"POST", "/api/v1/oncall/notes", respond, note_handover, "a note for the next shift"},
    {"GET", "/api/v1/oncall/quality", read, schedule_quality, "how good a schedule is"},
    {"GET", "/api/v1/oncall/feeds", read, list_feeds, "calendars that can be read"},
    {"POST", "/api/v1/oncall/feeds", respond, open_feed, "opens a calendar to read"},
    {"DELETE", "/api/v1/oncall/feeds/{id}", respond, revoke_feed, "its address ends to work"},
    {"GET", "/api/v1/pages", read, list_pages, "who was paged, newest first"},
    {"GET", "/api/v1/notifications", read, list_notifications, "what people were told"},
    {"GET", "/api/v1/channels", read, list_channels, "how people are reached"},
    {"POST", "/api/v1/notifications/test", respond, test_channel, "sends a test page"},

    {"GET", PAGE, read, show_status_page, "what the public reads, and what is doubtful"},
    {"POST", PAGE "/incidents/{id}/publish", respond, publish_update, "tells the public"},
    {"POST", PAGE "/incidents/{id}/draft", respond, draft_update, "writes what to tell next"},
    {"DELETE", PAGE "/incidents/{id}/draft", respond, discard_update, "drops what was drafted"},
    {"POST", PAGE "/components", respond, fix_shown_component, "says how a component stands"},
    {"POST", PAGE "/maintenances", respond, announce_maintenance, "announces work"},
    {"POST", PAGE "/maintenances/{id}", respond, update_maintenance, "how the work goes on"},
    {"GET", PAGE "/subscribers", read, list_subscribers, "who is told by mail"},
    {"POST", PAGE "/subscribers", respond, add_subscriber, "asks somebody whether they want to be"},
    {"POST", PAGE "/subscribers/remove", respond, remove_subscriber, "forgets somebody"},
    {"GET", PAGE "/subscribers/export", administer, export_subscribers, "the same, in whole"},

    {"GET", "/api/v1/ledger", read, ledger_records, "records of the ledger"},
    {"GET", "/api/v1/ledger/head", read, ledger_head, "its last record, to be kept outside"},
    {"POST", "/api/v1/ledger/{seq}/redact", administer, redact_record, "erases its content"},
};
#undef PAGE
#undef MITIGATION
#undef INCIDENT
#undef POSTMORTEM

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace sg::api
