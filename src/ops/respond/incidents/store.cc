#include "ops/respond/incidents/store.h"

#include <algorithm>

#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/decide.h"

namespace sg::incidents {

namespace {

const store::Migration tables(100, "incidents, and which alert belongs to which", R"(
CREATE TABLE incidents (
  id BIGINT PRIMARY KEY, open BIGINT NOT NULL, state TEXT NOT NULL, severity BIGINT NOT NULL,
  service TEXT NOT NULL, declared_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX incidents_open ON incidents (open, service);
CREATE INDEX incidents_service ON incidents (service, id);
CREATE TABLE incident_alerts (
  alert TEXT NOT NULL, incident BIGINT NOT NULL, PRIMARY KEY (alert, incident));
)");

const store::Sql one("incidents.find", "SELECT doc FROM incidents WHERE id = :id");
const store::Sql open_by_service(
    "incidents.open_of_service",
    "SELECT doc FROM incidents WHERE open = 1 AND service = :s ORDER BY id");
const store::Sql by_alert("incidents.with_alert",
                          "SELECT i.doc FROM incident_alerts a JOIN incidents i ON i.id = "
                          "a.incident WHERE a.alert = :a ORDER BY i.id");
const store::Sql open_ones("incidents.open",
                           "SELECT doc FROM incidents WHERE open = 1 ORDER BY severity, id");
const store::Sql before("incidents.before",
                        "SELECT doc FROM incidents WHERE id < :id ORDER BY id DESC LIMIT :n");
const store::Sql before_service("incidents.before_of_service",
                                "SELECT doc FROM incidents WHERE service = :s AND id < :id "
                                "ORDER BY id DESC LIMIT :n");
const store::Sql put("incidents.put",
                     "INSERT INTO incidents (id, open, state, severity, service, declared_at, doc) "
                     "VALUES (:a, :b, :c, :d, :e, :f, :g) ON CONFLICT (id) DO UPDATE SET "
                     "open = excluded.open, state = excluded.state, severity = excluded.severity, "
                     "service = excluded.service, doc = excluded.doc");
const store::Sql tie("incidents.tie",
                     "INSERT INTO incident_alerts (alert, incident) VALUES (:a, :i) "
                     "ON CONFLICT (alert, incident) DO NOTHING");
const store::Sql untie("incidents.untie", "DELETE FROM incident_alerts WHERE incident = :i");

Result<std::vector<Incident>> read_all(Result<store::Rows> rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<Incident> list;
    for (const auto& row : *rows) {
        TRY(auto incident, from_json<Incident>(row.text(0)));
        list.push_back(std::move(incident));
    }
    return list;
}

Result<std::vector<std::string>> documents_of(const Result<store::Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> list;
    for (const auto& row : *rows) list.push_back(row.text(0));
    return list;
}

Result<store::Rows> rows_of(store::Session& session, const Page& page) {
    if (page.service.empty()) return session.rows(before, {page.before, page.limit});
    return session.rows(before_service, {page.service, page.before, page.limit});
}

// The ties are of alerts that fire now: what is open has them, what is over has none.
Result<void> save(const store::Tx& tx, const Incident& i) {
    TRY_VOID(tx.run(put, {i.id, is_open(i.state) ? 1 : 0, std::string(word(i.state)), i.severity,
                          i.service, i.declared_at, to_json(i)}));
    TRY_VOID(tx.run(untie, {i.id}));
    if (!is_open(i.state)) return {};
    for (const auto& alert : i.alerts) TRY_VOID(tx.run(tie, {alert, i.id}));
    return {};
}

// The incident that an event is about is its first subject.
Result<Incident> load(const store::Tx& tx, const ops::Recorded& event) {
    const auto id = event.subjects.empty() ? std::nullopt : incident_of(event.subjects.front());
    CHECK(id.has_value());
    TRY(auto found, find(tx.session(), *id));
    return found ? std::move(*found) : Incident{};
}

}  // namespace

Result<std::optional<Incident>> find(store::Session& session, std::int64_t id) {
    TRY(const auto row, session.row(one, {id}));
    if (!row) return std::nullopt;
    TRY(auto incident, from_json<Incident>(row->text(0)));
    return incident;
}

Result<std::vector<Incident>> open_of_service(store::Session& session, const std::string& service) {
    return read_all(session.rows(open_by_service, {service}));
}

Result<std::vector<Incident>> with_alert(store::Session& session, const std::string& alert) {
    return read_all(session.rows(by_alert, {alert}));
}

Result<std::vector<Incident>> open_incidents(store::Session& session) {
    return read_all(session.rows(open_ones));
}

Result<std::vector<Incident>> list(store::Session& session, const Page& page) {
    return read_all(rows_of(session, page));
}

Result<std::vector<std::string>> open_documents(store::Session& session) {
    return documents_of(session.rows(open_ones));
}

Result<std::vector<std::string>> list_documents(store::Session& session, const Page& page) {
    return documents_of(rows_of(session, page));
}

namespace {

Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    TRY(auto incident, load(tx, event));
    TRY(incident, apply(std::move(incident), event));
    return save(tx, incident);
}

// What it is merged into takes over its alerts.
Result<void> fold_merged(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto merged, load(tx, event));
    TRY_VOID(fold(tx, event));
    TRY(const auto payload, from_json<IncidentMerged>(event.payload));
    TRY(auto into, find(tx.session(), payload.into));
    if (!into) return fail(Errc::not_found, "the incident that it is merged into");
    for (const auto& alert : merged.alerts)
        if (std::ranges::find(into->alerts, alert) == into->alerts.end())
            into->alerts.push_back(alert);
    return save(tx, *into);
}

}  // namespace

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::incident_declared, fold},       {Kind::incident_joined, fold},
        {Kind::incident_acknowledged, fold},   {Kind::incident_assessed, fold},
        {Kind::incident_signal_cleared, fold}, {Kind::incident_mitigated, fold},
        {Kind::incident_verified, fold},       {Kind::incident_relapsed, fold},
        {Kind::incident_resolved, fold},       {Kind::incident_closed, fold},
        {Kind::incident_cancelled, fold},      {Kind::incident_severity_changed, fold},
        {Kind::incident_noted, fold},          {Kind::incident_role_taken, fold},
        {Kind::incident_linked, fold},         {Kind::incident_told, fold},
        {Kind::incident_merged, fold_merged},  {Kind::incident_clock_missed, fold},
        {Kind::incident_escalated, fold},      {Kind::postmortem_reviewed, fold},
        {Kind::postmortem_given_back, fold},   {Kind::incident_became_real, fold},
    };
    return rows;
}

}  // namespace sg::incidents
