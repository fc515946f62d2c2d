// PostgreSQL: connect and ask for one row.
#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <map>
#include <memory>

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

Result<void> ask(PGconn* connection, Tick deadline) {
    if (PQsendQuery(connection, "select 1") != 1)
        return std::unexpected(said(connection, Errc::connection_reset));
    bool is_well = false;
    for (;;) {
        while (PQisBusy(connection) == 1) {
            TRY_VOID(wait(connection, POLLIN, deadline));
            if (PQconsumeInput(connection) != 1)
                return std::unexpected(said(connection, Errc::connection_reset));
        }
        const std::unique_ptr<PGresult, End> result(PQgetResult(connection));
        if (!result) break;
        is_well = PQresultStatus(result.get()) == PGRES_TUPLES_OK && PQntuples(result.get()) == 1;
    }
    if (!is_well) return std::unexpected(said(connection, Errc::unavailable));
    return {};
}

}  // namespace

Result<void> look_at_postgres(const ports::ProbeTarget& target) {
    const auto deadline = steady_now() + target.timeout;
    TRY(auto settings, settings_of(target.target));
    TRY_VOID(resolve_host(settings, deadline));
    TRY(const auto connection, connect(settings, deadline));
    return ask(connection.get(), deadline);
}

}  // namespace sg::platform::probe
