#include "platform/postgres/session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <optional>

#include "platform/inspect/text.h"
#include "platform/probe/dial.h"

namespace sg::platform::postgres {

namespace {

using Settings = std::map<std::string, std::string>;
constexpr std::size_t message_most = 300;

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

// The first line of what libpq says, without what it puts before the server's own words.
Error said(std::string_view message, Errc code) {
    message = message.substr(0, message.find('\n'));
    if (const auto at = message.find("FATAL:  "); at != std::string_view::npos)
        message.remove_prefix(at + 8);
    if (message.starts_with("ERROR:  ")) message.remove_prefix(8);
    return {code, inspect::shown(message, message_most), {}};
}

Error said(PGconn* connection, Errc code) { return said(PQerrorMessage(connection), code); }

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

Result<Settings> settings_of(const std::string& target, const std::string& application) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, Clear> options(
        PQconninfoParse(target.c_str(), &complaint));
    PQfreemem(complaint);
    // What libpq complains of quotes the text, password and all.
    if (!options)
        return fail(Errc::invalid_argument, "the connection string is not valid",
                    "it is postgres://user@host:port/database, or `host=… user=… dbname=…`");
    Settings settings;
    for (const auto* at = options.get(); at->keyword != nullptr; ++at)
        if (at->val != nullptr) settings[at->keyword] = at->val;
    settings.try_emplace("application_name", application);
    return settings;
}

// libpq would wait for a name server for as long as that takes.
Result<void> resolve_host(Settings& settings, Tick deadline) {
    const auto host = settings.find("host");
    const bool is_name = host != settings.end() && !host->second.empty() &&
                         host->second.find_first_of("/,") == std::string::npos &&
                         !settings.contains("hostaddr");
    if (!is_name) return {};
    TRY(const auto addresses, probe::resolve({host->second, 0}, deadline));
    if (!addresses.empty()) settings["hostaddr"] = addresses.front().ip().text();
    return {};
}

PGconn* start_with(const Settings& settings) {
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : settings) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keys.data(), values.data(), 0);
}

void keep(Rows& kept, const PGresult* result) {
    const int count = std::min(PQntuples(result), static_cast<int>(Session::rows_most));
    for (int row = 0; row < count; ++row) {
        auto& cells = kept.rows.emplace_back();
        for (int column = 0; column < PQnfields(result); ++column)
            cells.emplace_back(PQgetvalue(result, row, column),
                               static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
}

}  // namespace

std::string Rows::first(std::size_t column) const {
    if (rows.empty() || column >= rows.front().size()) return {};
    return rows.front()[column];
}

void Session::End::operator()(pg_conn* connection) const { PQfinish(connection); }

Session::Session(Connection connection, Tick deadline)
    : connection_(std::move(connection)), deadline_(deadline) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(const std::string& target, const std::string& application,
                              Tick deadline) {
    const Tick began = steady_now();
    TRY(auto settings, settings_of(target, application));
    TRY_VOID(resolve_host(settings, deadline));
    Session session(Connection(start_with(settings)), deadline);
    if (!session.connection_) return fail(Errc::exhausted, "no memory");
    TRY_VOID(session.connect());
    session.connected_in_ = steady_now() - began;
    return Result<Session>(std::move(session));
}

Result<void> Session::connect() {
    auto* const connection = connection_.get();
    if (PQstatus(connection) == CONNECTION_BAD)
        return std::unexpected(said(connection, Errc::unreachable));
    for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
         next = PQconnectPoll(connection)) {
        if (next == PGRES_POLLING_FAILED)
            return std::unexpected(said(connection, Errc::unreachable));
        TRY_VOID(wait(connection, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_));
    }
    return {};
}

Result<void> Session::only_read() {
    const auto left = std::max<std::int64_t>((deadline_ - steady_now()) / 1ms, 1);
    // A statement that reads a catalogue may itself wait for a lock that is what we look for.
    const auto lock = std::max<std::int64_t>(left / 4, 1);
    TRY_VOID(ask("set default_transaction_read_only = on"));
    TRY_VOID(ask(fmt::format("set statement_timeout = {}", left)));
    TRY_VOID(ask(fmt::format("set lock_timeout = {}", lock)));
    TRY(const auto version, ask("select current_setting('server_version_num')"));
    version_ = static_cast<int>(inspect::number_of(version.first()));
    return {};
}

Result<Rows> Session::ask(const std::string& statement, const std::vector<std::string>& values) {
    auto* const connection = connection_.get();
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(value.c_str());
    if (PQsendQueryParams(connection, statement.c_str(), static_cast<int>(texts.size()), nullptr,
                          texts.data(), nullptr, nullptr, 0) != 1)
        return std::unexpected(said(connection, Errc::connection_reset));
    Rows kept;
    std::optional<Error> refused;
    for (;;) {
        while (PQisBusy(connection) == 1) {
            TRY_VOID(wait(connection, POLLIN, deadline_));
            if (PQconsumeInput(connection) != 1)
                return std::unexpected(said(connection, Errc::connection_reset));
        }
        const Answer result(PQgetResult(connection));
        if (!result) break;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_TUPLES_OK) keep(kept, result.get());
        else if (status != PGRES_COMMAND_OK)
            refused = said(PQresultErrorMessage(result.get()), Errc::unavailable);
    }
    if (refused) return std::unexpected(std::move(*refused));
    return kept;
}

}  // namespace sg::platform::postgres
