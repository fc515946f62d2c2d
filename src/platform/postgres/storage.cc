// What a PostgreSQL server keeps: sizes, dead rows, and how much of it memory answers.
#include <fmt/format.h>

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

constexpr std::size_t name_most = 120;

// Sizes by pages that the catalogue knows: asking the file system of each table takes long where
// there are many, and waits for locks.
constexpr const char* tables_query =
    "select n.nspname || '.' || c.relname, c.relpages::float8 * current_setting('block_size')::int"
    " + coalesce((select sum(i.relpages)::float8 from pg_index x join pg_class i"
    " on i.oid = x.indexrelid where x.indrelid = c.oid), 0) *"
    " current_setting('block_size')::int, greatest(c.reltuples, 0)"
    " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where c.relkind in ('r', 'm', 't')"
    " and n.nspname not in ('pg_catalog', 'information_schema')"
    " order by 2 desc limit 100";

constexpr const char* dead_query =
    "select schemaname || '.' || relname, n_dead_tup, n_live_tup,"
    " coalesce(extract(epoch from clock_timestamp() - greatest(last_vacuum, last_autovacuum)), -1)"
    " from pg_stat_user_tables where n_dead_tup > 0 order by n_dead_tup desc limit 100";

std::string since(double seconds) { return seconds < 0 ? "never" : show_seconds(seconds) + " ago"; }

}  // namespace

Result<Findings> look_at_size(Session& session, const Order& order) {
    TRY(const auto whole, session.ask("select pg_database_size(current_database())"));
    TRY(const auto tables, session.ask(tables_query));
    Evidence evidence{{"table", "size", "rows"}, {}, 0};
    for (const auto& row : tables.rows)
        add_row(evidence,
                {shown(row[0], name_most), show_size(number_of(row[1])),
                 "about " + show_count(number_of(row[2]))},
                order.extent.rows);
    const double bytes = number_of(whole.first());
    const auto largest = tables.empty() ? std::string()
                                        : fmt::format("; the largest table is {}, about {}",
                                                      shown(tables.first(), name_most),
                                                      show_size(number_of(tables.first(1))));
    return Findings{{.key = "database",
                     .standing = Standing::fine,
                     .title = fmt::format("the database takes {}{}", show_size(bytes), largest),
                     .value = bytes,
                     .unit = "bytes",
                     .evidence = std::move(evidence)}};
}

Result<Findings> look_at_vacuum(Session& session, const Order& order) {
    TRY(const auto rows, session.ask(dead_query));
    Evidence evidence{{"table", "dead", "live", "share", "vacuumed"}, {}, 0};
    constexpr double dead_least = 10'000;  // Below that no share of them slows anything.
    constexpr inspect::Bounds bounds{0.2, 0.5};
    double worst = 0;
    std::string table;
    for (const auto& row : rows.rows) {
        const double dead = number_of(row[1]), live = number_of(row[2]);
        const double share = dead / std::max(dead + live, 1.0);
        if (dead >= dead_least && share > worst) {
            worst = share;
            table = shown(row[0], name_most);
        }
        add_row(evidence,
                {shown(row[0], name_most), show_count(dead), show_count(live), show_share(share),
                 since(number_of(row[3]))},
                order.extent.rows);
    }
    Findings findings;
    findings.push_back(
        {.key = "dead_rows",
         .standing = inspect::standing_of(worst, bounds),
         .title = worst > 0 ? fmt::format("{} of {} are dead rows", show_share(worst), table)
                            : "no table has many dead rows",
         .value = worst,
         .unit = "share",
         .threshold = bounds.odd_from,
         .hint = worst >= bounds.odd_from
                     ? fmt::format("vacuum (analyze) {}; a long transaction or a slot that nobody "
                                   "uses may keep vacuum from removing them",
                                   table)
                     : "",
         .evidence = std::move(evidence)});
    TRY(const auto age, session.ask("select datname, age(datfrozenxid) from pg_database"
                                    " order by 2 desc limit 1"));
    // Of 2^31 - 3,000,000, where the server stops taking writes.
    constexpr double numbers = 2'144'483'648;
    constexpr inspect::Bounds near{0.5, 0.8};
    const double used = number_of(age.first(1)) / numbers;
    findings.push_back(
        {.key = "transaction_numbers",
         .standing = inspect::standing_of(used, near),
         .title = fmt::format("{} of the transaction numbers are used up, in {}", show_share(used),
                              shown(age.first(), name_most)),
         .value = used,
         .unit = "share",
         .threshold = near.odd_from,
         .hint = used >= near.odd_from ? "vacuum (freeze) now: at 100 % it takes no writes" : ""});
    return findings;
}

Result<Findings> look_at_cache(Session& session, const Order&) {
    TRY(const auto rows, session.ask("select blks_hit, blks_read from pg_stat_database"
                                     " where datname = current_database()"));
    const double hits = number_of(rows.first(0)), reads = number_of(rows.first(1));
    const double all = hits + reads;
    constexpr double reads_least = 10'000;  // After a start everything is read once.
    constexpr double odd_below = 0.9;
    if (all <= 0)
        return Findings{{.key = "hits", .standing = Standing::fine, .title = "nothing was read"}};
    const double share = hits / all;
    const bool low = share < odd_below && reads >= reads_least;
    return Findings{
        {.key = "hits",
         .standing = low ? Standing::odd : Standing::fine,
         .title = fmt::format("memory answers {} of {} block reads since the counters began",
                              show_share(share), show_count(all)),
         .value = share,
         .unit = "share",
         .threshold = odd_below,
         .hint = low ? "a large table is read from end to end, or shared_buffers is small; see "
                       "postgres.queries"
                     : ""}};
}

}  // namespace sg::platform::postgres
