#include "platform/postgres/act.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/inspect/text.h"
#include "platform/postgres/session.h"

namespace sg::platform::postgres {

namespace {

using Json = nlohmann::json;

constexpr const char* application = "streamgate cancel";
constexpr std::size_t query_most = 300;

// Both beginnings are to the microsecond, as the server keeps them. An idle session in a
// transaction holds locks, but has no query to cancel.
constexpr const char* running_query =
    "select extract(epoch from backend_start)::text, extract(epoch from query_start)::text,"
    " left(query, 1000) from pg_stat_activity"
    " where pid = $1::int and state = 'active' and backend_type = 'client backend'"
    " and pid <> pg_backend_pid()";

// One statement: between looking and cancelling no other query can slip in unseen for longer than
// the server takes to evaluate it.
constexpr const char* cancel_query =
    "select pg_cancel_backend(pid) from pg_stat_activity"
    " where pid = $1::int and extract(epoch from backend_start)::text = $2"
    " and extract(epoch from query_start)::text = $3 and state = 'active'";

std::string pid_of(const ports::Act& act) { return act.with.at("query"); }

}  // namespace

Result<std::string> before(const std::string& target, const ports::Act& act, Tick deadline) {
    TRY(auto session, Session::open(target, application, deadline));
    TRY_VOID(session.only_read());
    TRY(const auto rows, session.ask(running_query, {pid_of(act)}));
    if (rows.empty())
        return fail(Errc::not_found, fmt::format("session {} runs no query", pid_of(act)),
                    "`streamgate inspect need:NAME postgres.locks` says who does");
    return Json{{"backend_start", rows.first(0)},
                {"query_start", rows.first(1)},
                {"query", inspect::shown(rows.first(2), query_most)}}
        .dump();
}

Result<std::string> carry_out(const std::string& target, const ports::Order& order, Tick deadline) {
    const auto meant = Json::parse(order.before, nullptr, /*allow_exceptions=*/false);
    const auto text = [&](const char* key) {
        return meant.is_object() && meant.contains(key) && meant[key].is_string()
                   ? meant[key].get<std::string>()
                   : std::string();
    };
    if (text("query_start").empty())
        return fail(Errc::invalid_argument, "it is not known which query was meant",
                    "look again, and propose it anew");
    TRY(auto session, Session::open(target, application, deadline));
    const auto pid = pid_of(order.act);
    TRY(const auto rows,
        session.ask(cancel_query, {pid, text("backend_start"), text("query_start")}));
    // Not an error: it is over, which is what was wanted. What runs there now is left alone.
    if (rows.empty()) return fmt::format("session {} no longer runs that query", pid);
    if (rows.first() != "t")
        return fail(Errc::permission_denied,
                    fmt::format("the server does not let us cancel the query of session {}", pid),
                    "grant pg_signal_backend to the user of this need");
    return fmt::format("the query of session {} is cancelled: {}", pid, text("query"));
}

}  // namespace sg::platform::postgres
