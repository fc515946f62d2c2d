// Brings the schema up to date: each migration once, in order of number, in a transaction of its
// own. A database that knows more than we do is refused rather than damaged.
#include <fmt/format.h>

#include <algorithm>

#include "store/session.h"

namespace sg::store {

namespace {

const Sql applied("migrations.applied", "SELECT number FROM migrations ORDER BY number");
const Sql note("migrations.note", "INSERT INTO migrations (number, applied_at) VALUES (:n, :at)");

Result<void> apply(Session& session, const Migration& migration) {
    TRY(auto tx, Tx::begin(session));
    TRY_VOID(session.run_text(migration.statements()));
    TRY_VOID(tx.run(note, {migration.number(), wall_now()}));
    return tx.commit();
}

// From here on they are of the signals' own database.
constexpr int signals_first = 1000;

bool is_for(const Migration& migration, Part part) {
    if (part == Part::both) return true;
    return (migration.number() >= signals_first) == (part == Part::signals);
}

}  // namespace

Result<void> migrate(Session& session, Part part) {
    TRY_VOID(session.run_text(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, applied_at BIGINT)"));
    TRY(const auto done, session.rows(applied));
    const auto known = Migration::all();
    for (const Row& row : done) {
        const auto number = row.integer(0);
        if (std::ranges::none_of(known, [&](auto* m) { return m->number() == number; }))
            return fail(
                Errc::unsupported,
                fmt::format("the database knows migration {}, this program does not", number),
                "run the version of StreamGate that made it, or a later one");
    }
    for (const Migration* migration : known) {
        const auto is_this = [&](const Row& row) { return row.integer(0) == migration->number(); };
        if (!is_for(*migration, part) || std::ranges::any_of(done, is_this)) continue;
        TRY_VOID(apply(session, *migration));
    }
    return {};
}

}  // namespace sg::store
