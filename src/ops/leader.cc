#include "ops/leader.h"

namespace sg::ops {

namespace {

const store::Migration table(50, "who leads operations", R"(
CREATE TABLE leader (
  one BIGINT PRIMARY KEY, name TEXT NOT NULL, since BIGINT NOT NULL);
)");

const store::Sql put("leader.put",
                     "INSERT INTO leader (one, name, since) VALUES (1, :a, :b) ON CONFLICT (one) "
                     "DO UPDATE SET name = excluded.name, since = excluded.since");
const store::Sql get("leader.get", "SELECT name, since FROM leader WHERE one = 1");

Result<void> fold(const store::Tx& tx, const Recorded& event) {
    if (event.payload.empty()) return {};  // Erased.
    TRY(const auto changed, from_json<LeaderChanged>(event.payload));
    return tx.run(put, {changed.leader, event.at});
}

constexpr FoldRow rows[] = {{Kind::leader_changed, fold}};

}  // namespace

void describe(Visitor& v, LeaderChanged& e) {
    v.field({.key = "leader"}, e.leader);
    v.field({.key = "host"}, e.host);
    v.field({.key = "state"}, e.state);
    v.field({.key = "process"}, e.process);
}

void describe(Visitor& v, ClockStepped& e) {
    v.field({.key = "direction"}, e.direction);
    v.field({.key = "by"}, e.by);
}

Result<void> take_the_lead(const Turn& turn, const LeaderChanged& leader) {
    if (turn.tx.session().engine() == store::Engine::sqlite) return {};
    Decision decision;
    decision.event(leader, {"operations"});
    TRY([[maybe_unused]] const auto done, record(turn, {}, decision));
    return {};
}

Result<std::optional<Leader>> who_leads(store::Session& session) {
    TRY(const auto row, session.row(get));
    if (!row) return std::nullopt;
    return Leader{row->text(0), row->instant(1)};
}

Result<void> note_step(const Turn& turn, Duration step) {
    Decision decision;
    decision.event(ClockStepped{step < 0s ? "back" : "forward", step < 0s ? -step : step},
                   {"operations"});
    TRY([[maybe_unused]] const auto done, record(turn, {}, decision));
    return {};
}

std::span<const FoldRow> leader_folds() { return rows; }

}  // namespace sg::ops
