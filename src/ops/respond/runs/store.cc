#include "ops/respond/runs/store.h"

#include <fmt/format.h>

#include "base/check.h"
#include "ops/respond/runs/decide.h"

namespace sg::runs {

namespace {

const store::Migration tables(620, "runbooks that are run, and their texts as they were then", R"(
CREATE TABLE runs (
  id BIGINT PRIMARY KEY, incident BIGINT NOT NULL, runbook TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  open BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX runs_incident ON runs (incident, id);
CREATE INDEX runs_runbook ON runs (runbook, id);
CREATE TABLE run_texts (run BIGINT PRIMARY KEY, text TEXT NOT NULL);
)");

const store::Sql one("runs.find", "SELECT doc FROM runs WHERE id = :i");
const store::Sql put("runs.put",
                     "INSERT INTO runs (id, incident, runbook, started_at, open, doc) "
                     "VALUES (:a, :b, :c, :d, :e, :f) ON CONFLICT (id) DO UPDATE SET "
                     "open = excluded.open, doc = excluded.doc");
const store::Sql put_text("runs.put_text",
                          "INSERT INTO run_texts (run, text) VALUES (:r, :t) "
                          "ON CONFLICT (run) DO UPDATE SET text = excluded.text");
const store::Sql get_text("runs.text", "SELECT text FROM run_texts WHERE run = :r");
const store::Sql newest("runs.newest",
                        "SELECT doc FROM runs WHERE id < :b ORDER BY id DESC LIMIT :n");
const store::Sql newest_of_incident("runs.of_incident",
                                    "SELECT doc FROM runs WHERE incident = :i AND id < :b "
                                    "ORDER BY id DESC LIMIT :n");
const store::Sql newest_of_runbook("runs.of_runbook",
                                   "SELECT doc FROM runs WHERE runbook = :r AND id < :b "
                                   "ORDER BY id DESC LIMIT :n");
const store::Sql open_ones("runs.open_of_incident",
                           "SELECT doc FROM runs WHERE incident = :i AND open = 1 ORDER BY id");
const store::Sql counted("runs.counted",
                         "SELECT runbook, COUNT(*), MAX(started_at) FROM runs GROUP BY runbook");

constexpr std::int64_t runs_looked_at = 20;  // Bound: of one incident's, for run_of().

Result<std::vector<Run>> read_all(const Result<store::Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<Run> runs;
    for (const auto& row : *rows) {
        TRY(auto run, from_json<Run>(row.text(0)));
        runs.push_back(std::move(run));
    }
    return runs;
}

Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    CHECK(!event.subjects.empty());
    TRY(auto found, find(tx.session(), number_of(event.subjects.front())));
    TRY(const auto run, apply(found.value_or(Run{}), event));
    TRY_VOID(tx.run(put, {run.id, run.incident, run.runbook, run.started_at,
                          run.state == State::ended ? 0 : 1, to_json(run)}));
    if (event.kind != ops::Kind::runbook_started) return {};
    TRY(const auto started, from_json<RunbookStarted>(event.payload));
    return tx.run(put_text, {run.id, started.text});
}

}  // namespace

Result<std::optional<Run>> find(store::Session& session, std::int64_t id) {
    TRY(const auto row, session.row(one, {id}));
    if (!row) return std::nullopt;
    TRY(auto run, from_json<Run>(row->text(0)));
    return run;
}

Result<std::vector<Run>> list(store::Session& session, const Wish& wish) {
    if (wish.incident != 0)
        return read_all(session.rows(newest_of_incident, {wish.incident, wish.before, wish.limit}));
    if (!wish.runbook.empty())
        return read_all(session.rows(newest_of_runbook, {wish.runbook, wish.before, wish.limit}));
    return read_all(session.rows(newest, {wish.before, wish.limit}));
}

Result<std::optional<Run>> run_of(store::Session& session, std::int64_t incident) {
    TRY(const auto runs, list(session, {.incident = incident, .limit = runs_looked_at}));
    for (const auto& run : runs)
        if (run.mode == Mode::act) return run;
    if (runs.empty()) return std::nullopt;
    return runs.front();
}

Result<std::map<std::string, Ran>> ran(store::Session& session) {
    TRY(const auto rows, session.rows(counted));
    std::map<std::string, Ran> all;
    for (const auto& row : rows) all[row.text(0)] = {row.integer(1), row.instant(2)};
    return all;
}

Result<std::string> text_of(store::Session& session, std::int64_t run) {
    TRY(const auto row, session.row(get_text, {run}));
    if (!row) return fail(Errc::not_found, fmt::format("there is no run {}", run));
    return row->text(0);
}

Result<std::vector<Run>> open_of(store::Session& session, std::int64_t incident) {
    return read_all(session.rows(open_ones, {incident}));
}

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::runbook_started, fold},   {Kind::runbook_checked, fold},
        {Kind::runbook_diagnosed, fold}, {Kind::runbook_asked, fold},
        {Kind::runbook_answered, fold},  {Kind::runbook_reached, fold},
        {Kind::runbook_went_on, fold},   {Kind::runbook_ended, fold},
    };
    return rows;
}

}  // namespace sg::runs
