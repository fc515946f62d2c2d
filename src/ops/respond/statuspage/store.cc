#include "ops/respond/statuspage/store.h"

#include "ops/respond/statuspage/decide.h"

namespace sg::statuspage {

namespace {

const store::Migration tables(500, "what the public status page shows", R"(
CREATE TABLE statuspage_components (name TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE statuspage_notices (
  id BIGINT PRIMARY KEY, incident BIGINT NOT NULL, open BIGINT NOT NULL,
  changed_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX statuspage_notices_incident ON statuspage_notices (incident);
CREATE INDEX statuspage_notices_changed ON statuspage_notices (changed_at);
CREATE INDEX statuspage_notices_open ON statuspage_notices (open);
CREATE TABLE statuspage_maintenances (
  id BIGINT PRIMARY KEY, until_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX statuspage_maintenances_until ON statuspage_maintenances (until_at);
CREATE TABLE statuspage_days (
  day TEXT NOT NULL, component TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (day, component));
CREATE TABLE statuspage_targets (
  name TEXT PRIMARY KEY, broken BIGINT NOT NULL, doc TEXT NOT NULL);
)");

const store::Sql all_components("statuspage.components",
                                "SELECT doc FROM statuspage_components ORDER BY name");
const store::Sql one_component("statuspage.component",
                               "SELECT doc FROM statuspage_components WHERE name = :n");
const store::Sql put_component("statuspage.put_component",
                               "INSERT INTO statuspage_components (name, doc) VALUES (:n, :d) "
                               "ON CONFLICT (name) DO UPDATE SET doc = excluded.doc");
const store::Sql one_notice("statuspage.notice",
                            "SELECT doc FROM statuspage_notices WHERE id = :i");
const store::Sql by_incident(
    "statuspage.notice_of",
    "SELECT doc FROM statuspage_notices WHERE incident = :i ORDER BY id DESC LIMIT 1");
const store::Sql open_ones("statuspage.open_notices",
                           "SELECT doc FROM statuspage_notices WHERE open = 1 ORDER BY id");
const store::Sql recent("statuspage.notices_since",
                        "SELECT doc FROM statuspage_notices WHERE open = 1 OR changed_at >= :t "
                        "ORDER BY id DESC");
const store::Sql put_notice(
    "statuspage.put_notice",
    "INSERT INTO statuspage_notices (id, incident, open, changed_at, doc) VALUES "
    "(:i, :n, :o, :c, :d) ON CONFLICT (id) DO UPDATE SET open = excluded.open, "
    "changed_at = excluded.changed_at, doc = excluded.doc");
const store::Sql one_maintenance("statuspage.maintenance",
                                 "SELECT doc FROM statuspage_maintenances WHERE id = :i");
const store::Sql recent_maintenances(
    "statuspage.maintenances_since",
    "SELECT doc FROM statuspage_maintenances WHERE until_at >= :t ORDER BY until_at DESC, id DESC");
const store::Sql put_maintenance(
    "statuspage.put_maintenance",
    "INSERT INTO statuspage_maintenances (id, until_at, doc) VALUES (:i, :u, :d) "
    "ON CONFLICT (id) DO UPDATE SET until_at = excluded.until_at, doc = excluded.doc");
const store::Sql recent_days(
    "statuspage.days_since",
    "SELECT day, doc FROM statuspage_days WHERE day >= :d ORDER BY day, component");
const store::Sql latest_day("statuspage.last_day", "SELECT max(day) FROM statuspage_days");
const store::Sql put_day("statuspage.put_day",
                         "INSERT INTO statuspage_days (day, component, doc) VALUES (:d, :c, :j) "
                         "ON CONFLICT (day, component) DO UPDATE SET doc = excluded.doc");
const store::Sql one_target("statuspage.target",
                            "SELECT doc FROM statuspage_targets WHERE name = :n");
const store::Sql broken_ones("statuspage.broken_targets",
                             "SELECT doc FROM statuspage_targets WHERE broken = 1 ORDER BY name");
const store::Sql put_target(
    "statuspage.put_target",
    "INSERT INTO statuspage_targets (name, broken, doc) VALUES (:n, :b, :d) "
    "ON CONFLICT (name) DO UPDATE SET broken = excluded.broken, doc = excluded.doc");

template <class Type>
Result<std::vector<Type>> all_of(store::Session& session, const store::Sql& sql,
                                 const store::Values& values = {}) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<Type> all;
    for (const auto& row : rows) {
        TRY(auto one, from_json<Type>(row.text(0)));
        all.push_back(std::move(one));
    }
    return all;
}

template <class Type>
Result<std::optional<Type>> one_of(store::Session& session, const store::Sql& sql,
                                   const store::Values& values) {
    TRY(auto all, all_of<Type>(session, sql, values));
    if (all.empty()) return std::optional<Type>{};
    return std::optional<Type>(std::move(all.front()));
}

// An erased event says nothing any more; its row keeps what it had.
template <class Payload>
Result<std::optional<Payload>> payload_of(const ops::Recorded& event) {
    if (event.payload.empty()) return std::optional<Payload>{};
    TRY(auto payload, from_json<Payload>(event.payload));
    return std::optional<Payload>(std::move(payload));
}

// The first subject names what an event is about, also of one that was erased.
std::int64_t number_of(const ops::Recorded& event) {
    if (event.subjects.empty()) return 0;
    const auto& subject = event.subjects.front();
    const auto colon = subject.find(':');
    return colon == subject.npos ? 0 : std::atoll(subject.c_str() + colon + 1);
}

Result<void> fold_notice(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(auto found, find_notice(tx.session(), number_of(event)));
    if (!found && event.kind != ops::Kind::statuspage_notice_opened) return {};
    const Notice n = apply(found ? std::move(*found) : Notice{}, event);
    // What was dropped before it was public, and what is over, is done with.
    const bool dropped = event.kind == ops::Kind::statuspage_discarded && !n.is_public();
    const bool open = !n.is_over() && !dropped;
    return tx.run(put_notice, {n.id, n.incident, open ? 1 : 0, event.at, to_json(n)});
}

Result<void> fold_maintenance(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(auto found, find_maintenance(tx.session(), number_of(event)));
    if (!found && event.kind != ops::Kind::statuspage_maintenance_scheduled) return {};
    const Maintenance m = apply(found ? std::move(*found) : Maintenance{}, event);
    return tx.run(put_maintenance, {m.id, m.until, to_json(m)});
}

Result<void> fold_component(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto changed, payload_of<ComponentChanged>(event));
    if (!changed) return {};
    TRY(const auto found, one_of<Component>(tx.session(), one_component, {changed->component}));
    Component c = found.value_or(Component{.name = changed->component});
    if (c.condition != changed->condition || c.since == Instant{}) c.since = event.at;
    c.condition = changed->condition;
    c.why = changed->why;
    c.fixed = changed->fixed;
    c.until = changed->until;
    return tx.run(put_component, {c.name, to_json(c)});
}

Result<void> fold_day(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto closed, payload_of<DayClosed>(event));
    if (!closed) return {};
    for (const auto& day : closed->components)
        TRY_VOID(tx.run(put_day, {closed->day, day.component, to_json(day)}));
    return {};
}

Result<void> fold_target_broken(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto broken, payload_of<TargetBroken>(event));
    if (!broken) return {};
    const Target row{broken->target, true, broken->detail, event.at};
    return tx.run(put_target, {row.name, 1, to_json(row)});
}

Result<void> fold_target_mended(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto mended, payload_of<TargetMended>(event));
    if (!mended) return {};
    const Target row{mended->target, false, "", event.at};
    return tx.run(put_target, {row.name, 0, to_json(row)});
}

}  // namespace

Result<std::map<std::string, Component>> components(store::Session& session) {
    TRY(auto list, all_of<Component>(session, all_components));
    std::map<std::string, Component> map;
    for (auto& one : list) {
        auto name = one.name;
        map.emplace(std::move(name), std::move(one));
    }
    return map;
}

Result<std::optional<Notice>> find_notice(store::Session& session, std::int64_t id) {
    return one_of<Notice>(session, one_notice, {id});
}

Result<std::optional<Notice>> notice_of(store::Session& session, std::int64_t incident) {
    return one_of<Notice>(session, by_incident, {incident});
}

Result<std::vector<Notice>> open_notices(store::Session& session) {
    return all_of<Notice>(session, open_ones);
}

Result<std::vector<Notice>> notices_since(store::Session& session, Instant since) {
    return all_of<Notice>(session, recent, {since});
}

Result<std::optional<Maintenance>> find_maintenance(store::Session& session, std::int64_t id) {
    return one_of<Maintenance>(session, one_maintenance, {id});
}

Result<std::vector<Maintenance>> maintenances_since(store::Session& session, Instant since) {
    return all_of<Maintenance>(session, recent_maintenances, {since});
}

Result<std::vector<PastDay>> days_since(store::Session& session, const std::string& day) {
    TRY(const auto rows, session.rows(recent_days, {day}));
    std::vector<PastDay> all;
    for (const auto& row : rows) {
        TRY(auto of, from_json<Day>(row.text(1)));
        all.push_back({row.text(0), std::move(of)});
    }
    return all;
}

Result<std::string> last_day(store::Session& session) {
    TRY(const auto row, session.row(latest_day));
    return row && !row->is_null(0) ? row->text(0) : std::string();
}

Result<std::optional<Target>> target(store::Session& session, const std::string& name) {
    return one_of<Target>(session, one_target, {name});
}

Result<std::vector<Target>> broken_targets(store::Session& session) {
    return all_of<Target>(session, broken_ones);
}

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::statuspage_notice_opened, fold_notice},
        {Kind::statuspage_drafted, fold_notice},
        {Kind::statuspage_published, fold_notice},
        {Kind::statuspage_discarded, fold_notice},
        {Kind::statuspage_reassessed, fold_notice},
        {Kind::statuspage_component_changed, fold_component},
        {Kind::statuspage_maintenance_scheduled, fold_maintenance},
        {Kind::statuspage_maintenance_moved, fold_maintenance},
        {Kind::statuspage_day_closed, fold_day},
        {Kind::statuspage_target_broken, fold_target_broken},
        {Kind::statuspage_target_mended, fold_target_mended},
    };
    return rows;
}

}  // namespace sg::statuspage
