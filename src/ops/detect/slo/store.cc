#include "ops/detect/slo/store.h"

#include "base/json.h"
#include "ops/detect/slo/decide.h"

namespace sg::slo {

namespace {

const store::Migration create(200, "What was decided about each objective.", R"(
CREATE TABLE objectives (
    id      TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    level   TEXT NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX objectives_by_service ON objectives (service);
)");

const store::Sql select_all("slo.all", "SELECT id, doc FROM objectives ORDER BY id");
const store::Sql select_one("slo.find", "SELECT doc FROM objectives WHERE id = :id");
const store::Sql select_of_service("slo.of_service",
                                   "SELECT doc FROM objectives WHERE service = :s ORDER BY id");
const store::Sql upsert("slo.save", R"(
INSERT INTO objectives (id, service, level, doc) VALUES (:id, :service, :level, :doc)
ON CONFLICT (id) DO UPDATE SET service = excluded.service, level = excluded.level,
    doc = excluded.doc)");
const store::Sql erase("slo.erase", "DELETE FROM objectives WHERE id = :id");

Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};  // Erased: nobody knows what it said.
    TRY(const auto named, apply({}, event));
    TRY(const auto before, find(tx, named.id));
    TRY(const auto after, apply(before.value_or(Standing{}), event));
    if (after.is_plain()) return tx.run(erase, {after.id});
    const std::string level(WordsOf<Level>::words[static_cast<std::size_t>(after.level)]);
    return tx.run(upsert, {after.id, after.service, level, to_json(after)});
}

constexpr ops::FoldRow rows[] = {
    {ops::Kind::objective_breached, fold},
    {ops::Kind::objective_eased, fold},
    {ops::Kind::objective_recovered, fold},
    {ops::Kind::objective_budget_spent, fold},
    {ops::Kind::objective_budget_restored, fold},
    {ops::Kind::objective_unseen, fold},
    {ops::Kind::objective_seen, fold},
};

}  // namespace

std::span<const ops::FoldRow> folds() { return rows; }

Result<std::map<std::string, Standing>> load(const store::Tx& tx) {
    TRY(const auto found, tx.rows(select_all));
    std::map<std::string, Standing> standings;
    for (const auto& row : found) {
        TRY(standings[row.text(0)], from_json<Standing>(row.text(1)));
    }
    return standings;
}

Result<std::optional<Standing>> find(const store::Tx& tx, const std::string& id) {
    TRY(const auto row, tx.row(select_one, {id}));
    if (!row) return std::optional<Standing>{};
    TRY(auto standing, from_json<Standing>(row->text(0)));
    return std::optional(std::move(standing));
}

Result<std::vector<Standing>> of_service(const store::Tx& tx, const std::string& service) {
    TRY(const auto found, tx.rows(select_of_service, {service}));
    std::vector<Standing> standings;
    for (const auto& row : found) {
        TRY(auto standing, from_json<Standing>(row.text(0)));
        standings.push_back(std::move(standing));
    }
    return standings;
}

}  // namespace sg::slo
