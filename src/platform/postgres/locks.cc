// Locks of a PostgreSQL server: who waits, and who blocks them all.
#include <fmt/format.h>

#include <map>

#include "platform/inspect/text.h"
#include "platform/postgres/chains.h"
#include "platform/postgres/inspect.h"

namespace sg::platform::postgres {

using inspect::add_row;
using inspect::Finding;
using inspect::Findings;
using inspect::number_of;
using inspect::Order;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t name_most = 60;
constexpr std::size_t query_most = 300;

// Those that wait for a lock and those that they wait for; what is waited for is the first lock of
// the session that is not granted.
constexpr const char* sessions_query =
    "with waiting as (select pid, pg_blocking_pids(pid) as by from pg_stat_activity"
    " where wait_event_type = 'Lock')"
    " select a.pid, coalesce(w.by::text, '{}'), coalesce(nullif(a.application_name, ''), '-'),"
    " coalesce(a.usename, '-'), coalesce(a.state, '-'),"
    " coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0),"
    " coalesce(extract(epoch from clock_timestamp() - a.state_change), 0),"
    " left(coalesce(a.query, ''), 2000),"
    " coalesce((select l.mode || ' on ' || coalesce(c.relname, l.locktype) from pg_locks l"
    " left join pg_class c on c.oid = l.relation"
    " where l.pid = a.pid and not l.granted limit 1), '')"
    " from pg_stat_activity a left join waiting w on w.pid = a.pid"
    " where w.pid is not null or a.pid in (select unnest(by) from waiting)";

struct Holder {
    std::string application, user, state, query, wants;
    double transaction = 0;  // Seconds since its transaction began.
    double in_state = 0;     // Seconds since it has been in `state`.
};
using Holders = std::map<std::int64_t, Holder>;

std::string doing(const Holder& holder) {
    return fmt::format("{} for {}", holder.state, show_seconds(holder.in_state));
}

Finding finding_of(const Root& root, const Holders& holders, std::uint32_t rows) {
    Finding finding{.key = fmt::format("root_{}", root.pid),
                    .value = root.longest,
                    .unit = "s",
                    .evidence = {{"pid", "application", "waits", "wants", "query"}, {}, 0}};
    constexpr inspect::Bounds bounds{1, 5};  // Seconds that somebody has waited.
    constexpr std::size_t pile = 3;          // So many who wait are bad at once.
    finding.threshold = bounds.odd_from;
    finding.standing = root.all >= pile || root.circular
                           ? Standing::bad
                           : inspect::standing_of(root.longest, {0, bounds.bad_from});
    const auto at = holders.find(root.pid);
    const auto waiting =
        fmt::format("{} session{} wait{}, the longest for {}", root.all, root.all == 1 ? "" : "s",
                    root.all == 1 ? "s" : "", show_seconds(root.longest));
    if (root.pid == 0 || at == holders.end()) {
        finding.title = waiting + ": a prepared transaction holds the lock";
        finding.hint =
            "select * from pg_prepared_xacts; then commit prepared, or rollback prepared";
    } else {
        const Holder& holder = at->second;
        finding.title = fmt::format(
            "{}: process {} ({}, user {}, {}, its transaction {} old) {} with: {}", waiting,
            root.pid, shown(holder.application, name_most), shown(holder.user, name_most),
            doing(holder), show_seconds(holder.transaction),
            root.circular ? "is in a circle" : "blocks them", shown(holder.query, query_most));
        finding.hint = root.circular ? "the server ends one of them after deadlock_timeout"
                       : holder.state == "active"
                           ? fmt::format("select pg_cancel_backend({}) ends its query", root.pid)
                           : fmt::format(
                                 "select pg_terminate_backend({}): it has no query to "
                                 "cancel, its transaction stays open",
                                 root.pid);
    }
    for (const auto pid : root.waiting) {
        const auto found = holders.find(pid);
        if (found == holders.end()) continue;
        add_row(finding.evidence,
                {std::to_string(pid), shown(found->second.application, name_most),
                 show_seconds(found->second.in_state), shown(found->second.wants, name_most),
                 shown(found->second.query, query_most)},
                rows);
    }
    return finding;
}

}  // namespace

Result<Findings> look_at_locks(Session& session, const Order& order) {
    TRY(const auto rows, session.ask(sessions_query));
    Holders holders;
    std::vector<Waiter> waiters;
    double longest = 0;
    std::size_t waiting = 0;
    for (const auto& row : rows.rows) {
        const auto pid = static_cast<std::int64_t>(number_of(row[0]));
        const Holder holder{.application = row[2],
                            .user = row[3],
                            .state = row[4],
                            .query = row[7],
                            .wants = row[8],
                            .transaction = number_of(row[5]),
                            .in_state = number_of(row[6])};
        auto by = pids_of(row[1]);
        if (!by.empty()) {
            ++waiting;
            longest = std::max(longest, holder.in_state);
        }
        waiters.push_back({pid, std::move(by), holder.in_state});
        holders.emplace(pid, holder);
    }
    const auto roots = roots_of(waiters);
    Findings findings{{.key = "waiting",
                       .standing = Standing::fine,
                       .title = "nobody waits for a lock",
                       .value = static_cast<double>(waiting),
                       .unit = "count",
                       .threshold = 1}};
    if (waiting > 0) {
        findings[0].standing = Standing::odd;
        findings[0].title = fmt::format(
            "{} waiting for locks, the longest for {}, because of {} that wait{} "
            "for nobody",
            waiting == 1 ? "1 session is" : fmt::format("{} sessions are", waiting),
            show_seconds(longest), roots.size(), roots.size() == 1 ? "s" : "");
    }
    for (const auto& root : roots) {
        if (findings.size() > order.extent.rows) break;
        findings.push_back(finding_of(root, holders, order.extent.rows));
    }
    return findings;
}

}  // namespace sg::platform::postgres
