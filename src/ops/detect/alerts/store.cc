#include "ops/detect/alerts/store.h"

#include "base/json.h"

namespace sg::alerts {

namespace {

const store::Migration create(250, "Alerts, silences, and what people were told.", R"(
CREATE TABLE alerts (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    service     TEXT NOT NULL,
    state       TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    doc         TEXT NOT NULL
);
CREATE INDEX alerts_by_state ON alerts (state, service);
CREATE INDEX alerts_by_change ON alerts (changed_at);
CREATE TABLE silences (
    number BIGINT NOT NULL PRIMARY KEY,
    over   BIGINT NOT NULL,
    doc    TEXT NOT NULL
);
CREATE INDEX silences_by_over ON silences (over);
CREATE TABLE alert_groups (
    name TEXT NOT NULL PRIMARY KEY,
    doc  TEXT NOT NULL
);
CREATE TABLE heartbeats (
    name TEXT NOT NULL PRIMARY KEY,
    doc  TEXT NOT NULL
);
)");

const store::Sql select_open("alerts.open",
                             "SELECT doc FROM alerts WHERE state IN ('pending', 'firing')");
const store::Sql select_one("alerts.find", "SELECT doc FROM alerts WHERE fingerprint = :f");
const store::Sql select_of_service("alerts.of_service",
                                   "SELECT doc FROM alerts WHERE state IN ('pending', 'firing') "
                                   "AND service = :s ORDER BY fingerprint");
const store::Sql select_latest("alerts.latest",
                               "SELECT doc FROM alerts ORDER BY changed_at DESC, fingerprint "
                               "LIMIT :n");
const store::Sql upsert("alerts.save", R"(
INSERT INTO alerts (fingerprint, service, state, changed_at, doc)
VALUES (:f, :service, :state, :at, :doc)
ON CONFLICT (fingerprint) DO UPDATE SET service = excluded.service, state = excluded.state,
    changed_at = excluded.changed_at, doc = excluded.doc)");
const store::Sql select_silences("silences.active",
                                 "SELECT doc FROM silences WHERE over = 0 ORDER BY number");
const store::Sql select_silence("silences.find", "SELECT doc FROM silences WHERE number = :n");
const store::Sql upsert_silence("silences.save", R"(
INSERT INTO silences (number, over, doc) VALUES (:n, :over, :doc)
ON CONFLICT (number) DO UPDATE SET over = excluded.over, doc = excluded.doc)");
const store::Sql select_groups("alert_groups.all", "SELECT doc FROM alert_groups");
const store::Sql upsert_group("alert_groups.save", R"(
INSERT INTO alert_groups (name, doc) VALUES (:name, :doc)
ON CONFLICT (name) DO UPDATE SET doc = excluded.doc)");
const store::Sql erase_group("alert_groups.erase", "DELETE FROM alert_groups WHERE name = :name");
const store::Sql select_heartbeats("heartbeats.all", "SELECT doc FROM heartbeats ORDER BY name");
const store::Sql upsert_heartbeat("heartbeats.save", R"(
INSERT INTO heartbeats (name, doc) VALUES (:name, :doc)
ON CONFLICT (name) DO UPDATE SET doc = excluded.doc)");
const store::Sql erase_heartbeat("heartbeats.erase", "DELETE FROM heartbeats WHERE name = :name");

template <class T>
Result<std::vector<T>> read_all(Result<store::Rows> rows) {
    if (!rows) return std::unexpected(std::move(rows).error());
    std::vector<T> all;
    for (const auto& row : *rows) {
        TRY(auto one, from_json<T>(row.text(0)));
        all.push_back(std::move(one));
    }
    return all;
}

template <class T>
Result<std::optional<T>> read_one(const Result<std::optional<store::Row>>& row) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<T>{};
    TRY(auto one, from_json<T>((*row)->text(0)));
    return std::optional(std::move(one));
}

// Of any event about an alert: the part that all of them have.
Result<std::string> fingerprint_in(const ops::Recorded& event) {
    for (const auto& subject : event.subjects)
        if (subject.starts_with("alert:")) return subject.substr(6);
    return fail(Errc::internal, "an event of an alert does not name it");
}

Result<void> fold_alert(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};  // Erased: nobody knows what it said.
    TRY(const auto fingerprint, fingerprint_in(event));
    TRY(const auto before, find(tx, fingerprint));
    TRY(const auto after, apply(before.value_or(Alert{}), event));
    const std::string state(WordsOf<State>::words[static_cast<std::size_t>(after.state)]);
    return tx.run(upsert, {fingerprint, after.service, state, event.at, to_json(after)});
}

Result<void> fold_silence(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    std::int64_t number = 0;
    if (event.kind == ops::Kind::silence_created) {
        TRY(const auto payload, from_json<SilenceCreated>(event.payload));
        number = payload.number;
    } else {
        TRY(const auto payload, from_json<SilenceExpired>(event.payload));
        number = payload.number;
    }
    TRY(const auto before, find_silence(tx, number));
    TRY(const auto after, apply(before.value_or(Silence{}), event));
    return tx.run(upsert_silence, {number, std::int64_t{after.over ? 1 : 0}, to_json(after)});
}

Result<void> fold_group(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(const auto payload, from_json<AlertGroupTold>(event.payload));
    // A group of which nothing fires is as good as new.
    if (payload.firing.empty()) return tx.run(erase_group, {payload.group});
    const Told told{payload.group, payload.firing, payload.resolved, event.at};
    return tx.run(upsert_group, {told.group, to_json(told)});
}

Result<void> fold_heartbeat(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    if (event.kind == ops::Kind::heartbeat_forgotten) {
        TRY(const auto payload, from_json<HeartbeatForgotten>(event.payload));
        return tx.run(erase_heartbeat, {payload.name});
    }
    TRY(const auto payload, from_json<HeartbeatExpected>(event.payload));
    const ExpectedHeartbeat heartbeat{payload.name, payload.every, payload.grace};
    return tx.run(upsert_heartbeat, {heartbeat.name, to_json(heartbeat)});
}

constexpr ops::FoldRow rows[] = {
    {ops::Kind::alert_pending, fold_alert},
    {ops::Kind::alert_lapsed, fold_alert},
    {ops::Kind::alert_raised, fold_alert},
    {ops::Kind::alert_surfaced, fold_alert},
    {ops::Kind::alert_worsened, fold_alert},
    {ops::Kind::alert_reworded, fold_alert},
    {ops::Kind::alert_acknowledged, fold_alert},
    {ops::Kind::alert_cleared, fold_alert},
    {ops::Kind::alert_group_told, fold_group},
    {ops::Kind::silence_created, fold_silence},
    {ops::Kind::silence_expired, fold_silence},
    {ops::Kind::heartbeat_expected, fold_heartbeat},
    {ops::Kind::heartbeat_forgotten, fold_heartbeat},
};

}  // namespace

std::span<const ops::FoldRow> folds() { return rows; }

Result<Standing> load(const store::Tx& tx) {
    Standing standing;
    TRY(auto open, read_all<Alert>(tx.rows(select_open)));
    for (auto& alert : open) standing.open[alert.fingerprint] = std::move(alert);
    TRY(standing.silences, silences(tx));
    TRY(auto told, read_all<Told>(tx.rows(select_groups)));
    for (auto& group : told) standing.told[group.group] = std::move(group);
    return standing;
}

Result<std::optional<Alert>> find(const store::Tx& tx, const std::string& fingerprint) {
    return read_one<Alert>(tx.row(select_one, {fingerprint}));
}

Result<std::vector<Alert>> open_of(const store::Tx& tx, const std::string& service) {
    return read_all<Alert>(tx.rows(select_of_service, {service}));
}

Result<std::vector<Alert>> latest(const store::Tx& tx, std::int64_t limit) {
    return read_all<Alert>(tx.rows(select_latest, {limit}));
}

Result<std::optional<Silence>> find_silence(const store::Tx& tx, std::int64_t number) {
    return read_one<Silence>(tx.row(select_silence, {number}));
}

Result<std::vector<Silence>> silences(const store::Tx& tx) {
    return read_all<Silence>(tx.rows(select_silences));
}

Result<std::vector<ExpectedHeartbeat>> heartbeats(const store::Tx& tx) {
    return read_all<ExpectedHeartbeat>(tx.rows(select_heartbeats));
}

}  // namespace sg::alerts
