// How a PostgreSQL server is: does it answer, who is connected, how far are replicas.
#include <fmt/format.h>

#include <algorithm>

#include "platform/inspect/text.h"
#include "platform/postgres/inspect.h"

namespace sg::platform::postgres {

using inspect::add_row;
using inspect::Evidence;
using inspect::Findings;
using inspect::number_of;
using inspect::Order;
using inspect::show_count;
using inspect::show_seconds;
using inspect::show_share;
using inspect::show_size;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t name_most = 60;

// Of three: one that was unlucky does not count.
Result<double> latency_ms(Session& session) {
    std::vector<double> took;
    for (int n = 0; n < 3; ++n) {
        const Tick began = steady_now();
        TRY_VOID(session.ask("select 1"));
        took.push_back(std::chrono::duration<double, std::milli>(steady_now() - began).count());
    }
    std::ranges::sort(took);
    return took[1];
}

// Slots that only some may use; both are kept free of everybody else.
constexpr const char* limits_query =
    "select current_setting('max_connections'), current_setting('superuser_reserved_connections'),"
    " coalesce(current_setting('reserved_connections', true), '0')";
constexpr const char* connections_query =
    "select coalesce(nullif(application_name, ''), '-'), coalesce(usename, '-'),"
    " coalesce(state, '-'), count(*),"
    " coalesce(extract(epoch from max(clock_timestamp() - state_change)), 0),"
    " coalesce(min(host(client_addr)), 'local')"
    " from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
    " group by 1, 2, 3 order by 4 desc, 5 desc";

struct Use {
    double connections = 1;  // Ours.
    double idle_in_transaction = 0;
    double longest_idle = 0;  // Seconds in a transaction, doing nothing.
    std::string holders;      // `60 checkout (idle in transaction)`, the largest few.
    Evidence evidence{{"application", "user", "state", "connections", "longest", "from"}, {}, 0};
};

Use use_of(const Rows& rows, std::uint32_t most) {
    Use use;
    constexpr int named_most = 3;
    int named = 0;
    for (const auto& row : rows.rows) {
        const double count = number_of(row[3]);
        use.connections += count;
        const auto application = shown(row[0], name_most);
        if (row[2].starts_with("idle in transaction")) {
            use.idle_in_transaction += count;
            use.longest_idle = std::max(use.longest_idle, number_of(row[4]));
        }
        if (named++ < named_most)
            use.holders += fmt::format("{}{} {} ({})", use.holders.empty() ? "" : ", ",
                                       show_count(count), application, row[2]);
        add_row(use.evidence,
                {application, shown(row[1], name_most), row[2], row[3],
                 show_seconds(number_of(row[4])), row[5]},
                most);
    }
    return use;
}

}  // namespace

Result<Findings> look_at_server(Session& session, const Order&) {
    TRY(const double ms, latency_ms(session));
    TRY(const auto rows, session.ask("select current_setting('server_version'),"
                                     " pg_is_in_recovery(), extract(epoch from clock_timestamp() -"
                                     " pg_postmaster_start_time())"));
    constexpr double odd_from = 50, bad_from = 500;  // Of a statement that does nothing.
    const double connected = std::chrono::duration<double>(session.connected_in()).count();
    return Findings{{.key = "latency",
                     .standing = inspect::standing_of(ms, {odd_from, bad_from}),
                     .title = fmt::format(
                         "PostgreSQL {} answers in {}, a new session in {}; {}, up {}",
                         rows.first().substr(0, rows.first().find(' ')), show_seconds(ms / 1000),
                         show_seconds(connected), rows.first(1) == "t" ? "replica" : "primary",
                         show_seconds(number_of(rows.first(2)))),
                     .value = ms,
                     .unit = "ms",
                     .threshold = odd_from}};
}

Result<Findings> look_at_connections(Session& session, const Order& order) {
    TRY(const auto limits, session.ask(limits_query));
    TRY(const auto rows, session.ask(connections_query));
    const Use use = use_of(rows, order.extent.rows);
    const double limit = number_of(limits.first(0));
    const double reserved = number_of(limits.first(1)) + number_of(limits.first(2));
    const double usable = std::max(limit - reserved, 1.0);
    const double share = use.connections / usable;
    constexpr inspect::Bounds bounds{0.8, 0.95};
    const auto standing = inspect::standing_of(share, bounds);
    Findings findings;
    findings.push_back(
        {.key = "used",
         .standing = standing,
         .title = fmt::format("{} connections are in use of {} that anybody may have ({}; {} more "
                              "are kept for superusers){}{}",
                              show_count(use.connections), show_count(usable), show_share(share),
                              show_count(reserved), use.holders.empty() ? "" : ": ", use.holders),
         .value = share,
         .unit = "share",
         .threshold = bounds.odd_from,
         .hint = standing == Standing::fine ? ""
                 : use.idle_in_transaction > use.connections / 2
                     ? "most are idle in a transaction: somebody forgets to commit; end them with "
                       "pg_terminate_backend, set idle_in_transaction_session_timeout"
                     : "make the pools of these applications smaller, or put a pooler in front",
         .evidence = use.evidence});
    constexpr double idle_odd = 60, idle_bad = 300;  // Seconds: they keep locks and old rows.
    findings.push_back(
        {.key = "idle_in_transaction",
         .standing = use.idle_in_transaction > 0
                         ? inspect::standing_of(use.longest_idle, {idle_odd, idle_bad})
                         : Standing::fine,
         .title =
             use.idle_in_transaction > 0
                 ? fmt::format("{} idle in a transaction, the longest for {}",
                               show_count(use.idle_in_transaction), show_seconds(use.longest_idle))
                 : "nobody is idle in a transaction",
         .value = use.longest_idle,
         .unit = "s",
         .threshold = idle_odd});
    return findings;
}

// --- replication ---------------------------------------------------------------------------------

namespace {

constexpr inspect::Bounds lag_bytes{64.0 * (1 << 20), 1024.0 * (1 << 20)};
constexpr inspect::Bounds lag_seconds{30, 300};

Standing worse(Standing a, Standing b) { return std::max(a, b); }  // Of fine, odd and bad.

Result<Findings> of_standby(Session& session) {
    TRY(const auto rows,
        session.ask("select coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(),"
                    " pg_last_wal_replay_lsn()), 0), case when pg_last_wal_receive_lsn() ="
                    " pg_last_wal_replay_lsn() then 0 else coalesce(extract(epoch from"
                    " clock_timestamp() - pg_last_xact_replay_timestamp()), 0) end,"
                    " (select count(*) from pg_stat_wal_receiver where status = 'streaming')"));
    const double bytes = number_of(rows.first(0)), seconds = number_of(rows.first(1));
    const bool streams = number_of(rows.first(2)) > 0;
    return Findings{{.key = "lag",
                     .standing = streams ? worse(inspect::standing_of(bytes, lag_bytes),
                                                 inspect::standing_of(seconds, lag_seconds))
                                         : Standing::bad,
                     .title = streams
                                  ? fmt::format("this replica is {} and {} behind what it received",
                                                show_size(bytes), show_seconds(seconds))
                                  : "this replica receives nothing: no primary streams to it",
                     .value = seconds,
                     .unit = "s",
                     .threshold = lag_seconds.odd_from}};
}

Result<Findings> of_slots(Session& session, const Order& order) {
    TRY(const auto rows,
        session.ask("select slot_name, coalesce(pg_wal_lsn_diff("
                    "pg_current_wal_lsn(), restart_lsn), 0)"
                    " from pg_replication_slots where not active order by 2 desc"));
    if (rows.empty()) return Findings{};
    Evidence evidence{{"slot", "keeps"}, {}, 0};
    for (const auto& row : rows.rows)
        add_row(evidence, {shown(row[0], name_most), show_size(number_of(row[1]))},
                order.extent.rows);
    const double most = number_of(rows.first(1));
    return Findings{
        {.key = "slots",
         .standing = worse(Standing::odd, inspect::standing_of(most, lag_bytes)),
         .title = fmt::format("{} replication slots are used by nobody; {} keeps {} "
                              "of log from being removed",
                              rows.size(), shown(rows.first(), name_most), show_size(most)),
         .value = most,
         .unit = "bytes",
         .threshold = lag_bytes.odd_from,
         .hint = "a slot that nobody will use again: pg_drop_replication_slot",
         .evidence = std::move(evidence)}};
}

constexpr const char* replicas_query =
    "select coalesce(nullif(application_name, ''), '-'), coalesce(host(client_addr), 'local'),"
    " state, sync_state, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0),"
    " coalesce(extract(epoch from replay_lag), 0) from pg_stat_replication order by 5 desc";

}  // namespace

Result<Findings> look_at_replication(Session& session, const Order& order) {
    TRY(const auto role, session.ask("select pg_is_in_recovery(),"
                                     " current_setting('synchronous_standby_names')"));
    if (role.first() == "t") return of_standby(session);
    TRY(const auto rows, session.ask(replicas_query));
    Evidence evidence{{"replica", "address", "state", "sync", "behind", "for"}, {}, 0};
    double bytes = 0, seconds = 0;
    for (const auto& row : rows.rows) {
        bytes = std::max(bytes, number_of(row[4]));
        seconds = std::max(seconds, number_of(row[5]));
        add_row(evidence,
                {shown(row[0], name_most), row[1], row[2], row[3], show_size(number_of(row[4])),
                 show_seconds(number_of(row[5]))},
                order.extent.rows);
    }
    const bool awaited = !role.first(1).empty();
    const auto lag =
        worse(inspect::standing_of(bytes, lag_bytes), inspect::standing_of(seconds, lag_seconds));
    Findings findings;
    findings.push_back(
        {.key = "lag",
         .standing = rows.empty() && awaited ? Standing::bad : lag,
         .title = !rows.empty() ? fmt::format("{} replicas, the last is {} and {} behind",
                                              rows.size(), show_size(bytes), show_seconds(seconds))
                  : awaited     ? "no replica streams, and commits wait for one: writes hang"
                                : "no replica streams from this primary",
         .value = seconds,
         .unit = "s",
         .threshold = lag_seconds.odd_from,
         .evidence = std::move(evidence)});
    TRY(auto slots, of_slots(session, order));
    for (auto& slot : slots) findings.push_back(std::move(slot));
    return findings;
}

}  // namespace sg::platform::postgres
