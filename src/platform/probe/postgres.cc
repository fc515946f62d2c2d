// PostgreSQL: connect, ask for one row, and how its replication is.
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "platform/probe/dial.h"
#include "platform/probe/probe.h"

namespace sg::platform::probe {

namespace {

struct End {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Connection = std::unique_ptr<PGconn, End>;
using Settings = std::map<std::string, std::string>;

Error said(PGconn* connection, Errc code) {
    std::string what = PQerrorMessage(connection);
    return {code, what.substr(0, what.find('\n')), {}};
}

Result<void> wait(PGconn* connection, short events, Tick deadline) {
    for (;;) {
        const auto left = deadline - steady_now();
        if (left <= 0s) return fail(Errc::timed_out, "no answer in time");
        pollfd waited{PQsocket(connection), events, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left / 1ms) + 1);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail_system("wait for PostgreSQL");
    }
}

Result<Settings> settings_of(const std::string& target) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, End> options(
        PQconninfoParse(target.c_str(), &complaint));
    const std::string what = complaint == nullptr ? "" : complaint;
    PQfreemem(complaint);
    if (!options) return fail(Errc::invalid_argument, what);
    Settings settings;
    for (const auto* at = options.get(); at->keyword != nullptr; ++at)
        if (at->val != nullptr) settings[at->keyword] = at->val;
    settings.try_emplace("application_name", "streamgate-probe");
    return settings;
}

// libpq would wait for a name server for as long as that takes.
Result<void> resolve_host(Settings& settings, Tick deadline) {
    const auto host = settings.find("host");
    const bool is_name = host != settings.end() && !host->second.empty() &&
                         host->second.find_first_of("/,") == std::string::npos &&
                         !settings.contains("hostaddr");
    if (!is_name) return {};
    TRY(const auto addresses, resolve({host->second, 0}, deadline));
    if (!addresses.empty()) settings["hostaddr"] = addresses.front().ip().text();
    return {};
}

Result<Connection> connect(const Settings& settings, Tick deadline) {
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : settings) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    Connection connection(PQconnectStartParams(keys.data(), values.data(), 0));
    if (!connection) return fail(Errc::exhausted, "no memory");
    if (PQstatus(connection.get()) == CONNECTION_BAD)
        return std::unexpected(said(connection.get(), Errc::unreachable));
    for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
         next = PQconnectPoll(connection.get())) {
        if (next == PGRES_POLLING_FAILED)
            return std::unexpected(said(connection.get(), Errc::unreachable));
        const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        TRY_VOID(wait(connection.get(), events, deadline));
    }
    return connection;
}

using Texts = std::vector<std::string>;

// The only row of an answer; NULL is empty.
Result<Texts> row_of(PGconn* connection, const char* query, Tick deadline) {
    if (PQsendQuery(connection, query) != 1)
        return std::unexpected(said(connection, Errc::connection_reset));
    std::optional<Texts> row;
    for (;;) {
        while (PQisBusy(connection) == 1) {
            TRY_VOID(wait(connection, POLLIN, deadline));
            if (PQconsumeInput(connection) != 1)
                return std::unexpected(said(connection, Errc::connection_reset));
        }
        const std::unique_ptr<PGresult, End> result(PQgetResult(connection));
        if (!result) break;
        row.reset();
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) != 1)
            continue;
        row.emplace();
        for (int i = 0; i < PQnfields(result.get()); ++i)
            row->emplace_back(PQgetvalue(result.get(), 0, i));
    }
    if (!row) return std::unexpected(said(connection, Errc::unavailable));
    return *row;
}

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
Result<void> look_at_replication(PGconn* connection, Tick deadline) {
    const auto row = row_of(connection, replication_query, deadline);
    if (!row || row->size() != 2) return {};
    const double behind = std::strtod((*row)[0].c_str(), nullptr);
    if (behind > lag_most)
        return fail(Errc::unavailable, fmt::format("it is a replica, {:.0f} s behind", behind));
    if ((*row)[1] == "1")
        return fail(Errc::unavailable, "its replica is gone: no standby streams from it");
    return {};
}

}  // namespace

Result<void> look_at_postgres(const ports::ProbeTarget& target) {
    const auto deadline = steady_now() + target.timeout;
    TRY(auto settings, settings_of(target.target));
    TRY_VOID(resolve_host(settings, deadline));
    TRY(const auto connection, connect(settings, deadline));
    TRY_VOID(row_of(connection.get(), "select 1", deadline));
    return look_at_replication(connection.get(), deadline);
}

}  // namespace sg::platform::probe
