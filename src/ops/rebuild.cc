#include "ops/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/ledger.h"

namespace sg::ops {

namespace {

constexpr std::int64_t batch = 10'000;  // Bound: of records held at a time.
constexpr std::size_t text_max = 160;   // Of a row that is shown.

// The history itself, what is still to be done, who leads, what was answered to whom, and addresses
// that must be forgotten some day: none of it follows from folding records.
constexpr std::array not_folded = {"ledger",
                                   "ledger_payload",
                                   "ledger_subject",
                                   "outbox",
                                   "wakeups",
                                   "cursors",
                                   "numbers",
                                   "migrations",
                                   "leader",
                                   "replies",
                                   "subscriber_addresses"};

Recorded recorded(const store::Entry& entry, Kind kind) {
    return {.seq = entry.seq,
            .at = entry.recorded_at,
            .kind = kind,
            .version = static_cast<int>(entry.version),
            .actor = {entry.who, entry.origin},
            .cause = entry.cause,
            .subjects = entry.subjects,
            .payload = entry.payload};
}

Result<void> fold(const store::Tx& tx, std::span<const FoldRow> folds, const store::Entry& entry) {
    const auto kind = kind_of(entry.kind);
    if (!kind)
        return fail(Errc::unsupported,
                    fmt::format("record {} is a {}, which this program does not know", entry.seq,
                                entry.kind));
    const Recorded event = recorded(entry, *kind);
    for (const FoldRow& row : folds) {
        if (row.kind != *kind) continue;
        auto done = row.fold(tx, event);
        if (done) continue;
        done.error().what =
            fmt::format("record {} cannot be folded: {}", entry.seq, done.error().message());
        return done;
    }
    return {};
}

Result<void> replay(store::Session& from, store::Session& into, std::span<const FoldRow> folds,
                    Comparison& comparison, const Progress& progress) {
    for (std::int64_t after = 0;;) {
        TRY(const auto list, store::entries(from, {.after = after, .limit = batch}));
        if (list.empty()) return {};
        TRY(auto tx, store::Tx::begin(into));
        for (const auto& entry : list) {
            after = entry.seq;
            ++comparison.records;
            if (entry.erased) ++comparison.erased;
            else TRY_VOID(fold(tx, folds, entry));
        }
        TRY_VOID(tx.commit());
        if (progress) progress(comparison.records);
    }
}

std::string text_of(const store::Value& value) {
    const auto& held = value.held();
    if (const auto* number = std::get_if<std::int64_t>(&held)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&held)) return fmt::format("{}", *number);
    if (const auto* text = std::get_if<std::string>(&held)) return *text;
    return "-";
}

// A row as one text; equal rows have equal texts. Sorted here: databases sort texts differently.
Result<std::vector<std::string>> rows_of(store::Session& session, const std::string& table) {
    TRY(const auto rows, session.rows_text("SELECT * FROM " + table));
    std::vector<std::string> out;
    out.reserve(rows.size());
    for (const auto& row : rows) {
        std::string text;
        for (const auto& value : row.values()) text += (text.empty() ? "" : ", ") + text_of(value);
        out.push_back(std::move(text));
    }
    std::ranges::sort(out);
    return out;
}

std::string shortened(const std::string& text) {
    return text.size() <= text_max ? text : text.substr(0, text_max) + "…";
}

void note(Comparison& comparison, std::string text) {
    if (comparison.different.size() < different_max)
        comparison.different.push_back(std::move(text));
}

Result<void> compare(store::Session& ours, store::Session& rebuilt, const std::string& table,
                     Comparison& comparison) {
    TRY(const auto is, rows_of(ours, table));
    TRY(const auto should_be, rows_of(rebuilt, table));
    std::vector<std::string> extra;
    std::vector<std::string> missing;
    std::ranges::set_difference(is, should_be, std::back_inserter(extra));
    std::ranges::set_difference(should_be, is, std::back_inserter(missing));
    comparison.rows += static_cast<std::int64_t>(is.size() - extra.size());
    for (const auto& row : extra)
        note(comparison, fmt::format("{}: no record says {}", table, shortened(row)));
    for (const auto& row : missing)
        note(comparison, fmt::format("{}: is not there: {}", table, shortened(row)));
    return {};
}

}  // namespace

Result<Comparison> compare_rows(store::Session& session, std::span<const FoldRow> folds,
                                const Progress& progress) {
    TRY(const auto rebuilt, store::Session::open("sqlite::memory:"));
    TRY_VOID(store::migrate(*rebuilt));
    TRY(const auto moment, store::Tx::begin(session, store::Tx::For::reading));
    Comparison comparison;
    TRY_VOID(replay(session, *rebuilt, folds, comparison, progress));
    // Names come from a database that this program made, so that they may stand in a statement.
    TRY(const auto tables, rebuilt->rows_text("SELECT name FROM sqlite_master WHERE type = 'table' "
                                              "AND name NOT LIKE 'sqlite_%' ORDER BY name"));
    for (const auto& row : tables) {
        const auto table = row.text(0);
        if (std::ranges::find(not_folded, table) != not_folded.end()) continue;
        TRY_VOID(compare(session, *rebuilt, table, comparison));
    }
    return comparison;
}

}  // namespace sg::ops
