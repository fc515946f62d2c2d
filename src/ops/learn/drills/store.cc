#include "ops/learn/drills/store.h"

#include "base/check.h"

namespace sg::drills {

namespace {

const store::Migration tables(650, "drills: what was injected, and how it is taken back", R"(
CREATE TABLE drills (
  id BIGINT PRIMARY KEY, active BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX drills_active ON drills (active);
)");

const store::Sql one("drills.find", "SELECT doc FROM drills WHERE id = :i");
const store::Sql active_one("drills.active",
                            "SELECT doc FROM drills WHERE active = 1 ORDER BY id LIMIT 1");
const store::Sql before("drills.before",
                        "SELECT doc FROM drills WHERE id < :i ORDER BY id DESC LIMIT :n");
const store::Sql put("drills.put",
                     "INSERT INTO drills (id, active, doc) VALUES (:i, :a, :d) ON CONFLICT (id) "
                     "DO UPDATE SET active = excluded.active, doc = excluded.doc");

Result<std::optional<Drill>> read_one(Result<std::optional<store::Row>> row) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::optional<Drill>{};
    TRY(auto drill, from_json<Drill>((*row)->text(0)));
    return std::optional<Drill>(std::move(drill));
}

Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    CHECK(!event.subjects.empty());
    TRY(auto found, find(tx.session(), number_of(event.subjects.front())));
    TRY(const auto drill, apply(found.value_or(Drill{}), event));
    return tx.run(put, {drill.id, is_active(drill) ? 1 : 0, to_json(drill)});
}

}  // namespace

Result<std::optional<Drill>> find(store::Session& session, std::int64_t id) {
    return read_one(session.row(one, {id}));
}

Result<std::optional<Drill>> active(store::Session& session) {
    return read_one(session.row(active_one));
}

Result<std::vector<Drill>> list(store::Session& session, const Page& page) {
    TRY(const auto rows, session.rows(before, {page.before, page.limit}));
    std::vector<Drill> list;
    for (const auto& row : rows) {
        TRY(auto drill, from_json<Drill>(row.text(0)));
        list.push_back(std::move(drill));
    }
    return list;
}

Result<std::int64_t> who_explains(store::Session& session, const Signal& signal) {
    TRY(const auto drill, active(session));
    return drill && explains(*drill, signal) ? drill->id : 0;
}

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::drill_begun, fold},   {Kind::drill_prepared, fold}, {Kind::drill_injected, fold},
        {Kind::drill_met, fold},     {Kind::drill_missed, fold},   {Kind::drill_answered, fold},
        {Kind::drill_aborted, fold}, {Kind::drill_lifted, fold},   {Kind::drill_stuck, fold},
        {Kind::drill_ended, fold},
    };
    return rows;
}

}  // namespace sg::drills
