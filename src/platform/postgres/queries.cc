// The slowest queries of a PostgreSQL server: those that run now, those that took most in all, and
// what their plans say.
#include <fmt/format.h>

#include <algorithm>

#include "platform/inspect/text.h"
#include "platform/postgres/inspect.h"
#include "platform/postgres/plan.h"

namespace sg::platform::postgres {

using inspect::add_row;
using inspect::Finding;
using inspect::Findings;
using inspect::number_of;
using inspect::Order;
using inspect::show_count;
using inspect::show_seconds;
using inspect::show_share;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t name_most = 60;
constexpr std::size_t query_most = 300;
constexpr double slow_times_bad = 10;  // So many times `slow` is bad.
constexpr std::size_t explained_most = 3;
constexpr int with_total_exec_time = 130000;  // Server from which pg_stat_statements says it so.

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// A text that fills what the server keeps of it is cut, and cannot be explained.
constexpr const char* running_query =
    "select pid, coalesce(extract(epoch from clock_timestamp() - query_start), 0),"
    " coalesce(nullif(application_name, ''), '-'),"
    " coalesce(wait_event_type || ': ' || wait_event, 'computes'), query,"
    " octet_length(query) >= pg_size_bytes(current_setting('track_activity_query_size')) - 1,"
    " datname = current_database()"
    " from pg_stat_activity where state = 'active' and backend_type = 'client backend'"
    " and pid <> pg_backend_pid() and query <> '' order by 2 desc limit 100";

struct Running {
    Finding finding;
    std::vector<Statement> slow;
};

Result<Running> look_at_running(Session& session, const Order& order) {
    TRY(const auto rows, session.ask(running_query));
    const double slow = seconds_of(order.extent.slow);
    Running it{{.key = "running",
                .standing = Standing::fine,
                .title = "no query runs now",
                .value = 0,
                .unit = "s",
                .threshold = slow,
                .evidence = {{"pid", "application", "for", "state", "query"}, {}, 0}},
               {}};
    for (const auto& row : rows.rows) {
        const double seconds = number_of(row[1]);
        if (seconds >= slow && row[5] == "f" && row[6] == "t")
            it.slow.push_back({row[4], fmt::format("running for {}", show_seconds(seconds))});
        add_row(it.finding.evidence,
                {row[0], shown(row[2], name_most), show_seconds(seconds), row[3],
                 shown(row[4], query_most)},
                order.extent.rows);
    }
    if (rows.empty()) return it;
    const double longest = number_of(rows.first(1));
    it.finding.value = longest;
    it.finding.standing = inspect::standing_of(longest, {slow, slow * slow_times_bad});
    it.finding.title =
        fmt::format("{} now, the longest for {} (process {}, {}): {}",
                    rows.size() == 1 ? "1 query runs" : fmt::format("{} queries run", rows.size()),
                    show_seconds(longest), rows.first(0), shown(rows.first(2), name_most),
                    shown(rows.first(4), query_most));
    if (longest >= slow)
        it.finding.hint = fmt::format("select pg_cancel_backend({}) ends it", rows.first(0));
    return it;
}

std::string statements_query(int version) {
    const auto* const total = version >= with_total_exec_time ? "total_exec_time" : "total_time";
    const auto* const mean = version >= with_total_exec_time ? "mean_exec_time" : "mean_time";
    return fmt::format(
        "select s.calls, s.{1} / 1000, s.{0} / 1000,"
        " s.{0} / greatest(sum(s.{0}) over (), 1e-9), s.query"
        " from pg_stat_statements s join pg_database d on d.oid = s.dbid"
        " where d.datname = current_database() and s.query not like"
        " '%pg_stat_statements%' order by s.{0} desc limit 100",
        total, mean);
}

Finding without_statements(const std::string& title, const std::string& hint) {
    return {.key = "statements", .standing = Standing::odd, .title = title, .hint = hint};
}

struct Dearest {
    Finding finding;
    std::vector<Statement> slow;
};

Dearest look_at_statements(Session& session, const Order& order) {
    const auto installed =
        session.ask("select 1 from pg_extension where extname = 'pg_stat_statements'");
    if (!installed) return {inspect::unseen("postgres.queries", installed.error()), {}};
    if (installed->empty())
        return {without_statements(
                    "past queries are not counted: the extension pg_stat_statements is missing",
                    "shared_preload_libraries = 'pg_stat_statements', restart, then: create "
                    "extension pg_stat_statements"),
                {}};
    const auto rows = session.ask(statements_query(session.version()));
    if (!rows)
        return {without_statements("past queries are not counted: " + rows.error().what,
                                   "shared_preload_libraries = 'pg_stat_statements', then restart"),
                {}};
    if (rows->empty())
        return {
            {.key = "statements", .standing = Standing::fine, .title = "no query was counted yet"},
            {}};
    const double slow = seconds_of(order.extent.slow);
    Dearest it{{.key = "statements",
                .value = number_of(rows->first(1)),
                .unit = "s",
                .threshold = slow,
                .evidence = {{"calls", "mean", "total", "share", "query"}, {}, 0}},
               {}};
    double slowest = 0;
    for (const auto& row : rows->rows) {
        const double mean = number_of(row[1]);
        slowest = std::max(slowest, mean);
        if (mean >= slow || number_of(row[3]) > 0.5)
            it.slow.push_back(
                {row[4], fmt::format("{} calls of {} on average", show_count(number_of(row[0])),
                                     show_seconds(mean))});
        add_row(it.finding.evidence,
                {show_count(number_of(row[0])), show_seconds(mean), show_seconds(number_of(row[2])),
                 show_share(number_of(row[3])), shown(row[4], query_most)},
                order.extent.rows);
    }
    it.finding.standing = slowest >= slow ? Standing::odd : Standing::fine;
    it.finding.title =
        fmt::format("{} of all time goes to {} calls of {} each: {}",
                    show_share(number_of(rows->first(3))), show_count(number_of(rows->first(0))),
                    show_seconds(number_of(rows->first(1))), shown(rows->first(4), query_most));
    return it;
}

// --- plans ---------------------------------------------------------------------------------------

// With a statement's own values; or, where they were taken out, the plan that serves any.
Result<std::string> plan_text(Session& session, const std::string& statement) {
    const int parameters = parameters_of(statement);
    constexpr int parameters_most = 200;
    constexpr const char* explain_it = "explain (format json, verbose) ";
    if (parameters == 0) {
        TRY(const auto rows, session.ask(explain_it + statement));
        return rows.first();
    }
    if (parameters > parameters_most || session.version() < 120000)
        return fail(Errc::unsupported, "its values are not known");
    TRY_VOID(session.ask("set plan_cache_mode = force_generic_plan"));
    TRY_VOID(session.ask("prepare streamgate_explained as " + statement));
    std::string values;
    for (int n = 0; n < parameters; ++n) values += n == 0 ? "null" : ", null";
    const auto rows =
        session.ask(fmt::format("{}execute streamgate_explained({})", explain_it, values));
    TRY_VOID(session.ask("deallocate streamgate_explained"));
    if (!rows) return std::unexpected(rows.error());
    return rows->first();
}

struct Table {
    double rows = 0;
    std::string index;  // One that begins with the column that is wished for; empty: none does.
};

Table table_of(Session& session, const Scan& scan, const std::string& column) {
    const auto found = session.ask(
        "select greatest(c.reltuples, 0), coalesce((select min(x.indexrelid::regclass::text)"
        " from pg_index x join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]"
        " where x.indrelid = c.oid and x.indisvalid and x.indpred is null"
        " and quote_ident(a.attname) = $3), '')"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = $1 and c.relname = $2",
        {scan.schema, scan.table, column});
    if (!found || found->empty()) return {};
    return {number_of(found->first(0)), found->first(1)};
}

Finding of_plan(Session& session, const Statement& statement, const Plan& plan) {
    constexpr double rows_least = 10'000;  // Less is read from end to end quicker than by an index.
    Finding finding{.standing = Standing::fine, .unit = "rows"};
    const auto text = shown(statement.text, query_most);
    for (const auto& scan : plan.scans) {
        const auto wish = wish_of(scan.filter);
        const auto table =
            table_of(session, scan, wish.columns.empty() ? std::string() : wish.columns.front());
        if (table.rows < rows_least) continue;
        finding.standing = Standing::odd;
        finding.value = table.rows;
        finding.threshold = rows_least;
        finding.title =
            fmt::format("reads all of {} (about {} rows) for about {}, by the filter {}; {}: {}",
                        shown(scan.table, name_most), show_count(table.rows), show_count(scan.rows),
                        shown(scan.filter, query_most), statement.from, text);
        const auto index = index_for(scan);
        finding.hint = table.index.empty()
                           ? shown(index, query_most)
                           : fmt::format(
                                 "{} has the index {} already: analyze "
                                 "{}, or so many rows match that it "
                                 "would not help",
                                 wish.columns.front(), table.index, shown(scan.table, name_most));
        finding.evidence = {{"table", "rows", "filter", "share of cost"},
                            {{shown(scan.table, name_most), show_count(table.rows),
                              shown(scan.filter, query_most), show_share(scan.cost_share)}},
                            0};
        return finding;
    }
    finding.title = fmt::format("its plan ({}) reads no large table from end to end; {}: {}",
                                shown(plan.node, name_most), statement.from, text);
    return finding;
}

}  // namespace

Findings explain(Session& session, const Order& order, const std::vector<Statement>& statements) {
    Findings findings;
    for (const auto& statement : statements) {
        if (findings.size() >= explained_most || steady_now() >= order.deadline) break;
        if (!is_select(statement.text)) continue;
        const auto text = plan_text(session, statement.text);
        if (!text) continue;  // Its tables are locked, or its values cannot be guessed.
        const auto plan = read_plan(*text);
        if (!plan) continue;
        auto finding = of_plan(session, statement, *plan);
        finding.key = fmt::format("plan_{}", findings.size() + 1);
        findings.push_back(std::move(finding));
    }
    return findings;
}

Result<Findings> look_at_queries(Session& session, const Order& order) {
    TRY(auto running, look_at_running(session, order));
    auto dearest = look_at_statements(session, order);
    auto slow = std::move(running.slow);
    std::ranges::move(dearest.slow, std::back_inserter(slow));
    Findings findings{std::move(running.finding), std::move(dearest.finding)};
    for (auto& plan : explain(session, order, slow)) findings.push_back(std::move(plan));
    return findings;
}

}  // namespace sg::platform::postgres
