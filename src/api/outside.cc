// Inboxes and heartbeats on the operator's socket, whose mode guards it: no token is asked for.
#include "api/handlers.h"
#include "api/inboxes.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/commands.h"
#include "store/queue.h"

namespace sg::api {

namespace {

struct InboxRow {
    std::string name;
    std::string service;
    std::string team;
    config::Severity severity = config::Severity::sev3;
    std::map<std::string, std::string> mapping;
};
void describe(Visitor& v, InboxRow& i) {
    v.field({.key = "name"}, i.name);
    v.field({.key = "service"}, i.service);
    v.field({.key = "team"}, i.team);
    v.field({.key = "severity"}, i.severity);
    v.field({.key = "mapping"}, i.mapping);
}

struct HeartbeatRow {
    std::string name;
    std::string service;
    Duration every{};
    Duration grace{};
    config::Severity severity = config::Severity::sev2;
    Instant due_at;      // When its absence becomes an alert.
    Instant missing_at;  // Since when its absence is one; Instant{}: it is not.
};
void describe(Visitor& v, HeartbeatRow& h) {
    v.field({.key = "name"}, h.name);
    v.field({.key = "service"}, h.service);
    v.field({.key = "every"}, h.every);
    v.field({.key = "grace"}, h.grace);
    v.field({.key = "severity"}, h.severity);
    v.field({.key = "due_at"}, h.due_at);
    v.field({.key = "missing_at"}, h.missing_at);
}

}  // namespace

Result<Answer> list_inboxes(Site& site, const Call&) {
    std::vector<InboxRow> rows;
    const auto config = site.config();
    for (const auto& [name, inbox] : config->operations.inbox)
        rows.push_back({name, inbox.service, inbox.team, inbox.severity, inbox.mapping});
    return Answer{200, list_json("inboxes", rows)};
}

Result<Answer> receive_alerts(Site& site, const Call& call) {
    TRY(const auto form,
        parse_word(call.captured[1], WordsOf<InboxForm>::words, WordsOf<InboxForm>::name));
    TRY(const auto count,
        take_in(site, {call.captured[0], static_cast<InboxForm>(form), call.request.body},
                call.now));
    return Answer{202, R"({"alerts":)" + std::to_string(count) + "}"};
}

Result<Answer> list_heartbeats(Site& site, const Call&) {
    TRY(const auto tx, store::Tx::begin(site.read, store::Tx::For::reading));
    TRY(const auto open, alerts::open_alerts(tx));
    std::vector<HeartbeatRow> rows;
    const auto config = site.config();
    for (const auto& [name, heartbeat] : config->operations.heartbeats) {
        HeartbeatRow row{.name = name,
                         .service = heartbeat.service,
                         .every = heartbeat.every,
                         .grace = heartbeat.grace,
                         .severity = heartbeat.severity,
                         .due_at = {},
                         .missing_at = {}};
        TRY(const auto clocks, store::wakeups_of(site.read, "heartbeat:" + name));
        for (const auto& clock : clocks) row.due_at = clock.due;
        for (const auto& alert : open) {
            const auto label = alert.labels.find("heartbeat");
            if (alert.source == "heartbeat" && label != alert.labels.end() && label->second == name)
                row.missing_at = alert.fired_at;
        }
        rows.push_back(std::move(row));
    }
    return Answer{200, list_json("heartbeats", rows)};
}

Result<Answer> hear_heartbeat(Site& site, const Call& call) {
    TRY_VOID(site.writer.run(
        [&](const ops::Turn& turn) { return alerts::heartbeat(turn, call.captured[0]); }));
    return Answer{200, "{}"};
}

}  // namespace sg::api
