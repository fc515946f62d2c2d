// PostgreSQL: connect, ask for one row, and how its replication is.
#include <fmt/format.h>

#include "platform/inspect/text.h"
#include "platform/postgres/session.h"
#include "platform/probe/probe.h"

namespace sg::platform::probe {

namespace {

// A standby: how many seconds it is behind what was written; with all received and applied it is
// not, however long ago that was. A primary: whether a standby is named that does not stream.
constexpr const char* replication_query =
    "select case when not pg_is_in_recovery() then 0"
    " when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0"
    " else coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()), 0) end,"
    " case when pg_is_in_recovery() or current_setting('synchronous_standby_names') = ''"
    " or exists (select 1 from pg_stat_replication) then 0 else 1 end";
constexpr double lag_most = 300;  // Seconds.

// What speaks the protocol but has no such functions is not asked further.
Result<void> look_at_replication(postgres::Session& session) {
    const auto answer = session.ask(replication_query);
    if (!answer || answer->size() != 1 || answer->rows.front().size() != 2) return {};
    const double behind = inspect::number_of(answer->first(0));
    if (behind > lag_most)
        return fail(Errc::unavailable, fmt::format("it is a replica, {:.0f} s behind", behind));
    if (answer->first(1) == "1")
        return fail(Errc::unavailable, "its replica is gone: no standby streams from it");
    return {};
}

}  // namespace

Result<void> look_at_postgres(const ports::ProbeTarget& target) {
    TRY(auto session,
        postgres::Session::open(target.target, "streamgate-probe", steady_now() + target.timeout));
    TRY(const auto one, session.ask("select 1"));
    if (one.size() != 1)
        return fail(Errc::unavailable, "it does not give the row it was asked for");
    return look_at_replication(session);
}

}  // namespace sg::platform::probe
