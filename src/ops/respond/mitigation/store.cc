#include "ops/respond/mitigation/store.h"

#include "ops/respond/mitigation/decide.h"

namespace sg::mitigation {

namespace {

const store::Migration tables(550, "what was done to help users, and the switch that stops it", R"(
CREATE TABLE mitigations (
  id BIGINT PRIMARY KEY, incident BIGINT NOT NULL, is_open BIGINT NOT NULL, runbook TEXT NOT NULL,
  spot TEXT NOT NULL, prepared_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX mitigations_incident ON mitigations (incident);
CREATE INDEX mitigations_open ON mitigations (is_open);
CREATE INDEX mitigations_runbook ON mitigations (runbook);
CREATE INDEX mitigations_spot ON mitigations (spot);
CREATE INDEX mitigations_prepared ON mitigations (prepared_at);
CREATE TABLE mitigation_switch (name TEXT PRIMARY KEY, doc TEXT NOT NULL);
)");

const store::Sql one("mitigation.find", "SELECT doc FROM mitigations WHERE id = :i");
const store::Sql all_open("mitigation.open",
                          "SELECT doc FROM mitigations WHERE is_open = 1 ORDER BY id");
const store::Sql by_incident("mitigation.of_incident",
                             "SELECT doc FROM mitigations WHERE incident = :i ORDER BY id");
const store::Sql latest("mitigation.newest",
                        "SELECT doc FROM mitigations WHERE id < :b ORDER BY id DESC LIMIT :l");
const store::Sql latest_of_incident(
    "mitigation.newest_of_incident",
    "SELECT doc FROM mitigations WHERE incident = :i AND id < :b ORDER BY id DESC LIMIT :l");
const store::Sql since_then("mitigation.prepared_since",
                            "SELECT doc FROM mitigations WHERE prepared_at >= :t ORDER BY id");
const store::Sql by_runbook(
    "mitigation.of_runbook",
    "SELECT doc FROM mitigations WHERE runbook = :r ORDER BY id DESC LIMIT :l");
const store::Sql by_spot("mitigation.of_spot",
                         "SELECT doc FROM mitigations WHERE spot = :s ORDER BY id DESC LIMIT 20");
const store::Sql put(
    "mitigation.put",
    "INSERT INTO mitigations (id, incident, is_open, runbook, spot, prepared_at, doc) VALUES "
    "(:i, :n, :o, :r, :s, :p, :d) ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, "
    "prepared_at = excluded.prepared_at, doc = excluded.doc");
const store::Sql read_switch("mitigation.switch",
                             "SELECT doc FROM mitigation_switch WHERE name = 'all'");
const store::Sql put_switch("mitigation.put_switch",
                            "INSERT INTO mitigation_switch (name, doc) VALUES ('all', :d) "
                            "ON CONFLICT (name) DO UPDATE SET doc = excluded.doc");

Result<std::vector<Mitigation>> read(store::Session& session, const store::Sql& sql,
                                     const store::Values& values = {}) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<Mitigation> all;
    for (const auto& row : rows) {
        TRY(auto m, from_json<Mitigation>(row.text(0)));
        all.push_back(std::move(m));
    }
    return all;
}

// The first subject names it, also of an event that was erased.
Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty() || event.subjects.empty()) return {};
    const auto id = mitigation_of(event.subjects.front());
    if (!id) return {};
    TRY(auto found, find(tx.session(), *id));
    if (!found && event.kind != ops::Kind::mitigation_proposed) return {};
    const Mitigation m = apply(found ? std::move(*found) : Mitigation{}, event);
    const bool is_open = m.state == State::proposed || is_under_way(m) || is_in_force(m);
    return tx.run(put, {m.id, m.wanted.incident, is_open ? 1 : 0, m.wanted.runbook, m.spot,
                        m.prepared_at, to_json(m)});
}

Result<void> fold_switch(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    return tx.run(put_switch, {to_json(apply(Switch{}, event))});
}

}  // namespace

Result<std::optional<Mitigation>> find(store::Session& session, std::int64_t id) {
    TRY(auto all, read(session, one, {id}));
    if (all.empty()) return std::optional<Mitigation>{};
    return std::optional<Mitigation>(std::move(all.front()));
}

Result<std::vector<Mitigation>> open_ones(store::Session& session) {
    return read(session, all_open);
}

Result<std::vector<Mitigation>> of_incident(store::Session& session, std::int64_t incident) {
    return read(session, by_incident, {incident});
}

Result<std::vector<Mitigation>> list(store::Session& session, const Page& page) {
    if (page.incident == 0) return read(session, latest, {page.before, page.limit});
    return read(session, latest_of_incident, {page.incident, page.before, page.limit});
}

Result<std::vector<Mitigation>> prepared_since(store::Session& session, Instant since) {
    return read(session, since_then, {since});
}

Result<std::vector<Mitigation>> of_runbook(store::Session& session, const std::string& runbook,
                                           std::int64_t limit) {
    return read(session, by_runbook, {runbook, limit});
}

Result<std::vector<Mitigation>> of_spot(store::Session& session, const std::string& spot) {
    return read(session, by_spot, {spot});
}

Result<Switch> the_switch(store::Session& session) {
    TRY(const auto row, session.row(read_switch));
    if (!row) return Switch{};
    return from_json<Switch>(row->text(0));
}

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::mitigation_proposed, fold},  {Kind::mitigation_approved, fold},
        {Kind::mitigation_refused, fold},   {Kind::mitigation_prepared, fold},
        {Kind::mitigation_applied, fold},   {Kind::mitigation_verified, fold},
        {Kind::mitigation_unhelpful, fold}, {Kind::mitigation_undone, fold},
        {Kind::mitigation_expired, fold},   {Kind::mitigation_failed, fold},
        {Kind::mitigation_stuck, fold},     {Kind::mitigation_switch_thrown, fold_switch},
    };
    return rows;
}

}  // namespace sg::mitigation
