#include "ops/learn/knowledge/store.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/text.h"
#include "ops/learn/knowledge/decide.h"

namespace sg::knowledge {

namespace {

// `words`: what can be searched for, in lower case. SQLite and PostgreSQL search whole texts in
// ways of their own; a table of post-mortems is small enough to be read.
const store::Migration tables(610, "post-mortems, their signals, and action items", R"(
CREATE TABLE postmortems (
  incident BIGINT PRIMARY KEY, service TEXT NOT NULL, state TEXT NOT NULL, words TEXT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX postmortems_service ON postmortems (service, incident);
CREATE TABLE postmortem_keys (
  signal TEXT NOT NULL, incident BIGINT NOT NULL, PRIMARY KEY (signal, incident));
CREATE TABLE action_items (
  id BIGINT PRIMARY KEY, incident BIGINT NOT NULL, open BIGINT NOT NULL, due BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX action_items_incident ON action_items (incident, id);
CREATE INDEX action_items_open ON action_items (open, due);
)");

const store::Sql one("knowledge.find", "SELECT doc FROM postmortems WHERE incident = :i");
const store::Sql put("knowledge.put",
                     "INSERT INTO postmortems (incident, service, state, words, doc) "
                     "VALUES (:a, :b, :c, :d, :e) ON CONFLICT (incident) DO UPDATE SET "
                     "service = excluded.service, state = excluded.state, words = excluded.words, "
                     "doc = excluded.doc");
const store::Sql tie("knowledge.tie",
                     "INSERT INTO postmortem_keys (signal, incident) VALUES (:s, :i) "
                     "ON CONFLICT (signal, incident) DO NOTHING");
const store::Sql before("knowledge.before",
                        "SELECT doc FROM postmortems WHERE incident < :b AND words LIKE :w "
                        "ORDER BY incident DESC LIMIT :n");
const store::Sql before_service("knowledge.before_of_service",
                                "SELECT doc FROM postmortems WHERE service = :s AND incident < :b "
                                "AND words LIKE :w ORDER BY incident DESC LIMIT :n");
const store::Sql with_key("knowledge.with_signal",
                          "SELECT p.doc FROM postmortem_keys k JOIN postmortems p "
                          "ON p.incident = k.incident WHERE k.signal = :s AND k.incident < :i "
                          "ORDER BY k.incident DESC LIMIT 5");
const store::Sql one_item("knowledge.find_item", "SELECT doc FROM action_items WHERE id = :i");
const store::Sql put_item("knowledge.put_item",
                          "INSERT INTO action_items (id, incident, open, due, doc) "
                          "VALUES (:a, :b, :c, :d, :e) ON CONFLICT (id) DO UPDATE SET "
                          "open = excluded.open, due = excluded.due, doc = excluded.doc");
const store::Sql of_incident("knowledge.items_of",
                             "SELECT doc FROM action_items WHERE incident = :i ORDER BY id");
const store::Sql open_ones("knowledge.open_items",
                           "SELECT doc FROM action_items WHERE open = 1 ORDER BY due, id LIMIT :n");
const store::Sql against("knowledge.items_against",
                         "SELECT a.doc FROM postmortem_keys k JOIN action_items a "
                         "ON a.incident = k.incident WHERE k.signal = :s ORDER BY a.id");

constexpr std::size_t seen_max = 5;

template <class T>
Result<std::vector<T>> read_all(const Result<store::Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<T> list;
    for (const auto& row : *rows) {
        TRY(auto read, from_json<T>(row.text(0)));
        list.push_back(std::move(read));
    }
    return list;
}

template <class T>
Result<std::optional<T>> read_one(store::Session& session, const store::Sql& sql, std::int64_t id) {
    TRY(const auto row, session.row(sql, {id}));
    if (!row) return std::nullopt;
    TRY(auto read, from_json<T>(row->text(0)));
    return read;
}

std::string words_of(const Postmortem& p) {
    std::string words = p.title + "\n" + p.service + "\n" + p.runbook;
    for (const auto& [key, text] : p.sections) words += "\n" + text;
    return to_lower(words);
}

// One word of what is looked for as a pattern; what means something in one is left out.
std::string pattern_of(std::string_view text) {
    std::string pattern = "%";
    for (const char c : to_lower(text)) {
        if (c == '%' || c == '_' || c == '\\') continue;
        pattern += c == ' ' ? '%' : c;
    }
    return pattern + "%";
}

bool has_all(const Postmortem& p, std::string_view wanted) {
    const auto words = words_of(p);
    const auto lowered = to_lower(wanted);
    return std::ranges::all_of(split(lowered, ' '), [&](std::string_view word) {
        return words.find(word) != std::string::npos;
    });
}

// The longest word finds the fewest; the others are looked for in what it found.
std::string_view longest_word(std::string_view text) {
    std::string_view longest;
    for (const auto word : split(text, ' '))
        if (word.size() > longest.size()) longest = word;
    return longest;
}

}  // namespace

Result<std::optional<Postmortem>> find(store::Session& session, std::int64_t incident) {
    return read_one<Postmortem>(session, one, incident);
}

Result<std::optional<ActionItem>> find_item(store::Session& session, std::int64_t id) {
    return read_one<ActionItem>(session, one_item, id);
}

Result<std::vector<Postmortem>> list(store::Session& session, const Wish& wish) {
    const auto pattern = pattern_of(longest_word(wish.words));
    TRY(auto list,
        read_all<Postmortem>(
            wish.service.empty()
                ? session.rows(before, {wish.before, pattern, wish.limit})
                : session.rows(before_service, {wish.service, wish.before, pattern, wish.limit})));
    std::erase_if(list, [&](const Postmortem& p) { return !has_all(p, wish.words); });
    return list;
}

Result<std::vector<ActionItem>> items_of(store::Session& session, std::int64_t incident) {
    return read_all<ActionItem>(session.rows(of_incident, {incident}));
}

Result<std::vector<ActionItem>> open_items(store::Session& session, std::int64_t limit) {
    return read_all<ActionItem>(session.rows(open_ones, {limit}));
}

Result<std::vector<ActionItem>> items_against(store::Session& session, const std::string& key) {
    return read_all<ActionItem>(session.rows(against, {key}));
}

Result<std::vector<Postmortem>> seen_before(store::Session& session,
                                            const std::vector<std::string>& keys,
                                            std::int64_t incident) {
    std::vector<Postmortem> all;
    for (const auto& key : keys) {
        TRY(auto some, read_all<Postmortem>(session.rows(with_key, {key, incident})));
        for (auto& p : some)
            if (std::ranges::find(all, p.incident, &Postmortem::incident) == all.end())
                all.push_back(std::move(p));
    }
    std::ranges::sort(all, std::greater<>{}, &Postmortem::incident);
    if (all.size() > seen_max) all.resize(seen_max);
    return all;
}

namespace {

using ops::Recorded;
using store::Tx;

Result<void> fold(const Tx& tx, const Recorded& event) {
    CHECK(!event.subjects.empty());
    TRY(auto found, find(tx.session(), number_of(event.subjects.front())));
    TRY(const auto p, apply(found.value_or(Postmortem{}), event));
    TRY_VOID(
        tx.run(put, {p.incident, p.service, std::string(word(p.state)), words_of(p), to_json(p)}));
    if (event.kind != ops::Kind::postmortem_drafted) return {};
    for (const auto& key : p.keys) TRY_VOID(tx.run(tie, {key, p.incident}));
    return {};
}

Result<void> fold_item(const Tx& tx, const Recorded& event) {
    CHECK(!event.subjects.empty());
    TRY(auto found, find_item(tx.session(), number_of(event.subjects.front())));
    TRY(const auto item, apply(found.value_or(ActionItem{}), event));
    return tx.run(put_item, {item.id, item.incident, item.state == ItemState::open ? 1 : 0,
                             item.due, to_json(item)});
}

}  // namespace

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::postmortem_drafted, fold},        {Kind::postmortem_measured, fold},
        {Kind::postmortem_edited, fold},         {Kind::postmortem_handed_over, fold},
        {Kind::postmortem_published, fold},      {Kind::postmortem_given_back, fold},
        {Kind::postmortem_reviewed, fold},       {Kind::postmortem_closed, fold},
        {Kind::postmortem_overdue, fold},        {Kind::action_item_added, fold_item},
        {Kind::action_item_done, fold_item},     {Kind::action_item_overdue, fold_item},
        {Kind::action_item_reopened, fold_item},
    };
    return rows;
}

}  // namespace sg::knowledge
