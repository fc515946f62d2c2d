#include "ops/learn/kpis/store.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "ops/respond/incidents/model.h"
#include "ops/respond/oncall/model.h"

namespace sg::kpis {

namespace {

// `counts` is 0 of what was cancelled, and of what is part of another incident. `cause` is the
// record that it was declared for: when that was recorded, something of ours had noticed.
const store::Migration tables(600, "what each incident means for the key figures", R"(
CREATE TABLE kpi_incidents (
  id BIGINT PRIMARY KEY, counts BIGINT NOT NULL, severity BIGINT NOT NULL, service TEXT NOT NULL,
  team TEXT NOT NULL, by_person BIGINT NOT NULL, cause BIGINT NOT NULL, started_at BIGINT NOT NULL,
  declared_at BIGINT NOT NULL, paged_at BIGINT NOT NULL, acknowledged_at BIGINT NOT NULL,
  assessed_at BIGINT NOT NULL, mitigated_at BIGINT NOT NULL, resolved_at BIGINT NOT NULL,
  missed TEXT NOT NULL);
CREATE INDEX kpi_incidents_at ON kpi_incidents (counts, declared_at);
CREATE INDEX kpi_incidents_service ON kpi_incidents (service, counts, declared_at);
CREATE INDEX kpi_incidents_team ON kpi_incidents (team, counts, declared_at);
)");

#define CASE                                                                                 \
    "SELECT k.severity, k.by_person, k.started_at, COALESCE(l.recorded_at, k.declared_at), " \
    "k.declared_at, k.paged_at, k.acknowledged_at, k.assessed_at, k.mitigated_at, "          \
    "k.resolved_at, k.missed FROM kpi_incidents k LEFT JOIN ledger l ON l.seq = k.cause "
#define IN_PERIOD "counts = 1 AND declared_at >= :from AND declared_at < :to "

const store::Sql of_all("kpis.cases", CASE "WHERE " IN_PERIOD "ORDER BY declared_at DESC LIMIT :n");
const store::Sql of_service("kpis.cases_of_service", CASE "WHERE service = :s AND " IN_PERIOD
                                                          "ORDER BY declared_at DESC LIMIT :n");
const store::Sql of_team("kpis.cases_of_team", CASE "WHERE team = :t AND " IN_PERIOD
                                                    "ORDER BY declared_at DESC LIMIT :n");
const store::Sql of_both("kpis.cases_of_both",
                         CASE "WHERE service = :s AND team = :t AND " IN_PERIOD
                              "ORDER BY declared_at DESC LIMIT :n");
#define COUNT "SELECT COUNT(*) FROM kpi_incidents WHERE "
const store::Sql count_all("kpis.count", COUNT IN_PERIOD);
const store::Sql count_service("kpis.count_of_service", COUNT "service = :s AND " IN_PERIOD);
const store::Sql count_team("kpis.count_of_team", COUNT "team = :t AND " IN_PERIOD);
const store::Sql count_both("kpis.count_of_both",
                            COUNT "service = :s AND team = :t AND " IN_PERIOD);

const store::Sql add("kpis.add",
                     "INSERT INTO kpi_incidents (id, counts, severity, service, team, by_person, "
                     "cause, started_at, declared_at, paged_at, acknowledged_at, assessed_at, "
                     "mitigated_at, resolved_at, missed) "
                     "VALUES (:a, :n, :b, :c, :d, :e, :f, :g, :h, 0, 0, 0, 0, 0, '')");
const store::Sql counted("kpis.counted",
                         "UPDATE kpi_incidents SET counts = 1, started_at = :a, declared_at = :b, "
                         "paged_at = 0, acknowledged_at = 0 WHERE id = :id");
// Set once: the first page, the first answer.
const store::Sql paged("kpis.paged",
                       "UPDATE kpi_incidents SET paged_at = :at WHERE id = :id AND paged_at = 0");
const store::Sql acknowledged(
    "kpis.acknowledged",
    "UPDATE kpi_incidents SET acknowledged_at = :at WHERE id = :id AND acknowledged_at = 0");
const store::Sql assessed(
    "kpis.assessed",
    "UPDATE kpi_incidents SET assessed_at = :at WHERE id = :id AND assessed_at = 0");
const store::Sql mitigated("kpis.mitigated",
                           "UPDATE kpi_incidents SET mitigated_at = :at WHERE id = :id");
const store::Sql resolved("kpis.resolved",
                          "UPDATE kpi_incidents SET resolved_at = :at WHERE id = :id");
const store::Sql graded("kpis.graded", "UPDATE kpi_incidents SET severity = :s WHERE id = :id");
const store::Sql dropped("kpis.dropped", "UPDATE kpi_incidents SET counts = 0 WHERE id = :id");
const store::Sql began("kpis.began",
                       "UPDATE kpi_incidents SET started_at = :a WHERE id = :id "
                       "AND started_at > :b");
const store::Sql started("kpis.started", "SELECT started_at FROM kpi_incidents WHERE id = :id");
const store::Sql missed("kpis.missed", "SELECT missed FROM kpi_incidents WHERE id = :id");
const store::Sql put_missed("kpis.put_missed",
                            "UPDATE kpi_incidents SET missed = :m WHERE id = :id");

struct Asked {
    const store::Sql& sql;
    store::Values values;
};

Asked asked(const Period& period, std::array<const store::Sql*, 4> by) {
    const bool service = !period.service.empty(), team = !period.team.empty();
    store::Values values;
    if (service) values.emplace_back(period.service);
    if (team) values.emplace_back(period.team);
    values.emplace_back(period.span.from);
    values.emplace_back(period.span.to);
    return {*by[(service ? 1U : 0U) + (team ? 2U : 0U)], std::move(values)};
}

}  // namespace

Result<std::vector<Case>> cases(store::Session& session, const Period& period, std::int64_t limit) {
    auto query = asked(period, {&of_all, &of_service, &of_team, &of_both});
    query.values.emplace_back(limit);
    std::vector<Case> list;
    TRY_VOID(session.each(query.sql, query.values, [&](const store::Row& row) -> Result<void> {
        const bool by_person = row.integer(1) != 0;
        list.push_back({.severity = row.integer(0),
                        .by_person = by_person,
                        .started_at = row.instant(2),
                        .detected_at = by_person ? row.instant(4) : row.instant(3),
                        .declared_at = row.instant(4),
                        .paged_at = row.instant(5),
                        .acknowledged_at = row.instant(6),
                        .assessed_at = row.instant(7),
                        .mitigated_at = row.instant(8),
                        .resolved_at = row.instant(9),
                        .missed = row.text(10)});
        return {};
    }));
    return list;
}

Result<std::int64_t> count(store::Session& session, const Period& period) {
    const auto query = asked(period, {&count_all, &count_service, &count_team, &count_both});
    TRY(const auto row, session.row(query.sql, query.values));
    return row ? row->integer(0) : 0;
}

namespace {

using ops::Recorded;
using store::Tx;

Result<void> declare(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentDeclared>(event.payload));
    const auto& t = e.trigger;
    const Instant from = t.started_at == Instant{} ? event.at : t.started_at;
    return tx.run(add, {e.incident, t.drill == 0 ? 1 : 0, t.severity, t.service, t.team,
                        e.by_person ? 1 : 0, event.cause.value_or(0), from, event.at});
}

Result<void> begin_earlier(const Tx& tx, std::int64_t incident, Instant at) {
    if (at == Instant{}) return {};
    return tx.run(began, {at, incident, at});
}

Result<void> join(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentJoined>(event.payload));
    return begin_earlier(tx, e.incident, e.trigger.started_at);
}

// `at` of one column, for events whose payload begins with the incident.
template <class Payload>
Result<void> note(const Tx& tx, const Recorded& event, const store::Sql& sql, Instant at) {
    TRY(const auto e, from_json<Payload>(event.payload));
    return tx.run(sql, {at, e.incident});
}

template <class Payload, const store::Sql& sql>
Result<void> happens(const Tx& tx, const Recorded& event) {
    return note<Payload>(tx, event, sql, event.at);
}

Result<void> relapse(const Tx& tx, const Recorded& event) {
    return note<incidents::IncidentRelapsed>(tx, event, mitigated, Instant{});
}

Result<void> grade(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentSeverityChanged>(event.payload));
    return tx.run(graded, {e.to, e.incident});
}

Result<void> cancel(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentCancelled>(event.payload));
    return tx.run(dropped, {e.incident});
}

// What it is part of began when the first of both did.
Result<void> merge(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentMerged>(event.payload));
    TRY_VOID(tx.run(dropped, {e.incident}));
    TRY(const auto row, tx.row(started, {e.incident}));
    return row ? begin_earlier(tx, e.into, row->instant(0)) : Result<void>{};
}

// From here on it is no drill: it began when it was known to be real.
Result<void> count_from_here(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentBecameReal>(event.payload));
    return tx.run(counted, {event.at, event.at, e.incident});
}

Result<void> miss(const Tx& tx, const Recorded& event) {
    TRY(const auto e, from_json<incidents::IncidentClockMissed>(event.payload));
    TRY(const auto row, tx.row(missed, {e.incident}));
    if (!row) return {};
    auto text = row->text(0);
    const auto known = split(text, ' ');
    if (std::ranges::find(known, e.clock) != known.end()) return {};
    text += (text.empty() ? "" : " ") + e.clock;
    return tx.run(put_missed, {text, e.incident});
}

}  // namespace

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::incident_declared, declare},
        {Kind::incident_joined, join},
        {Kind::page_sent, happens<oncall::PageSent, paged>},
        {Kind::incident_acknowledged, happens<incidents::IncidentAcknowledged, acknowledged>},
        {Kind::incident_assessed, happens<incidents::IncidentAssessed, assessed>},
        {Kind::incident_mitigated, happens<incidents::IncidentMitigated, mitigated>},
        {Kind::incident_relapsed, relapse},
        {Kind::incident_resolved, happens<incidents::IncidentResolved, resolved>},
        {Kind::incident_severity_changed, grade},
        {Kind::incident_cancelled, cancel},
        {Kind::incident_merged, merge},
        {Kind::incident_clock_missed, miss},
        {Kind::incident_became_real, count_from_here},
    };
    return rows;
}

}  // namespace sg::kpis
