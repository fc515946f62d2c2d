#include "store/durability.h"

#include <fmt/format.h>

namespace sg::store {

namespace {

// Of one engine each, so no registered statements: those are prepared on both.
constexpr std::string_view sqlite_synchronous = "PRAGMA synchronous";
constexpr std::int64_t sqlite_full = 2;

constexpr std::string_view postgres_settings =
    "SELECT current_setting('synchronous_commit'), current_setting('fsync'),"
    " CASE WHEN current_setting('synchronous_standby_names') = '' THEN 0 ELSE 1 END";
// Without the right to look (pg_monitor) the lag is not there; the rows are.
constexpr std::string_view postgres_replicas =
    "SELECT count(*), CAST(max(extract(epoch FROM replay_lag)) AS double precision)"
    " FROM pg_stat_replication WHERE application_name NOT LIKE 'pg_basebackup%'";

Result<Durability> of_sqlite(Session& session) {
    TRY(const auto rows, session.rows_text(sqlite_synchronous));
    Durability found;
    if (rows.empty() || rows.front().integer(0) < sqlite_full)
        found.weakness = "SQLite does not wait for the disk (synchronous is off)";
    return found;
}

Result<Durability> of_postgres(Session& session) {
    TRY(const auto settings, session.rows_text(postgres_settings));
    TRY(const auto replicas, session.rows_text(postgres_replicas));
    Durability found;
    if (settings.empty() || replicas.empty()) return found;
    const auto commits = settings.front().text(0);
    if (commits == "off")
        found.weakness = "PostgreSQL answers before a commit is on the disk (synchronous_commit)";
    if (settings.front().text(1) == "off")
        found.weakness = "PostgreSQL does not wait for the disk (fsync)";
    found.wants_replica = settings.front().integer(2) != 0;
    found.replicas = replicas.front().integer(0);
    if (!replicas.front().is_null(1))
        found.lag = Duration{static_cast<std::int64_t>(replicas.front().number(1) * 1e9)};
    return found;
}

}  // namespace

Result<Durability> durability(Session& session) {
    return session.engine() == Engine::sqlite ? of_sqlite(session) : of_postgres(session);
}

}  // namespace sg::store
