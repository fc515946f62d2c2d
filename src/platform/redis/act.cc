#include "platform/redis/act.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "platform/inspect/text.h"
#include "platform/redis/session.h"
#include "platform/redis/texts.h"

namespace sg::platform::redis {

namespace {

using Json = nlohmann::json;

// Looked at in one go: a server with one thread serves others between two of them.
constexpr const char* keys_at_once = "500";
// Kept back to say how far it came.
constexpr Duration last_word = 200ms;

std::string value(const ports::Act& act, const char* name) {
    const auto at = act.with.find(name);
    return at == act.with.end() ? std::string() : at->second;
}

std::uint64_t number(std::string_view text) {
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

Error explained(Error error) {
    if (error.what.find("NOPERM") != std::string::npos)
        error.hint =
            "give this user +config|get +config|set +scan +unlink +flushdb, or a need of "
            "its own";
    return error;
}

Result<Reply> ask(Session& session, const Command& command) {
    auto reply = session.ask(command);
    if (!reply) return std::unexpected(explained(reply.error()));
    return reply;
}

Result<std::uint64_t> limit_of(Session& session) {
    TRY(const auto reply, ask(session, {"CONFIG", "GET", "maxmemory"}));
    if (reply.items.size() < 2)
        return fail(Errc::unsupported, "the server does not say its maxmemory");
    return number(reply.items[1].text);
}

Result<std::uint64_t> wanted_of(const ports::Act& act) {
    TRY(const auto size, parse_bytes(value(act, "size")));
    return size.count;
}

std::string size_of(std::uint64_t bytes) { return inspect::show_size(static_cast<double>(bytes)); }

// A limit that is not one, is lower than now, or is more than the machine has would not help.
Result<void> may_grow(Session& session, std::uint64_t now, std::uint64_t wanted) {
    if (now == 0)
        return fail(Errc::conflict, "the server has no limit of memory",
                    "it already uses what it needs: look at `maxmemory` and at the machine");
    if (wanted < now)
        return fail(Errc::conflict,
                    fmt::format("{} is less than the present {}", size_of(wanted), size_of(now)),
                    "this verb only grows: to shrink would drop keys at once");
    TRY(const auto memory, ask(session, {"INFO", "memory"}));
    const auto has = number(Facts::of(memory.text).text("total_system_memory"));
    if (has > 0 && wanted > has)
        return fail(Errc::conflict, fmt::format("{} is more than the {} of the machine",
                                                size_of(wanted), size_of(has)));
    return {};
}

Result<std::string> grow(Session& session, const ports::Act& act) {
    TRY(const auto now, limit_of(session));
    TRY(const auto wanted, wanted_of(act));
    if (now == wanted) return fmt::format("its limit is {} already", size_of(wanted));
    TRY_VOID(may_grow(session, now, wanted));
    TRY(const auto done, ask(session, {"CONFIG", "SET", "maxmemory", std::to_string(wanted)}));
    static_cast<void>(done);
    return fmt::format("its limit is {} instead of {}, until it restarts", size_of(wanted),
                       size_of(now));
}

Result<std::string> clear_prefix(Session& session, const std::string& prefix) {
    std::string cursor = "0";
    std::uint64_t gone = 0;
    do {  // Bound: the deadline of the session.
        TRY(const auto found,
            ask(session, {"SCAN", cursor, "MATCH", prefix + "*", "COUNT", keys_at_once}));
        if (found.items.size() != 2)
            return fail(Errc::protocol_violation, "SCAN answers no cursor");
        cursor = found.items[0].text;
        Command unlink{"UNLINK"};
        for (const auto& key : found.items[1].items) unlink.push_back(key.text);
        if (unlink.size() > 1) {
            TRY(const auto removed, ask(session, unlink));
            gone += static_cast<std::uint64_t>(std::max<std::int64_t>(removed.number, 0));
        }
        if (cursor != "0" && steady_now() + last_word >= session.deadline())
            return fail(Errc::timed_out, fmt::format("{} keys are gone, and the time is up", gone),
                        "the same again goes on with the rest");
    } while (cursor != "0");
    return fmt::format("{} keys that begin with {} are gone", gone, prefix);
}

Result<std::string> clear(Session& session, const ports::Act& act) {
    if (act.with.contains("prefix")) return clear_prefix(session, value(act, "prefix"));
    TRY(const auto size, ask(session, {"DBSIZE"}));
    TRY(const auto done, ask(session, {"FLUSHDB", "ASYNC"}));
    static_cast<void>(done);
    return fmt::format("all {} keys are gone", size.number);
}

}  // namespace

Result<std::string> before(const Server& server, const ports::Act& act, Tick deadline) {
    TRY(auto session, Session::open(server.target, server.ca, deadline));
    if (act.verb == "clear_cache") {
        TRY(const auto size, ask(session, {"DBSIZE"}));
        return Json{{"keys", size.number}}.dump();
    }
    TRY(const auto now, limit_of(session));
    TRY(const auto wanted, wanted_of(act));
    TRY_VOID(may_grow(session, now, wanted));
    return Json{{"maxmemory", now}}.dump();
}

Result<std::string> carry_out(const Server& server, const ports::Order& order, Tick deadline) {
    TRY(auto session, Session::open(server.target, server.ca, deadline));
    return order.act.verb == "grow_cache" ? grow(session, order.act) : clear(session, order.act);
}

Result<std::string> take_back(const Server& server, const ports::Order& order,
                              const std::string& before, Tick deadline) {
    const auto found = Json::parse(before, nullptr, /*allow_exceptions=*/false);
    if (!found.is_object() || !found.contains("maxmemory") ||
        !found["maxmemory"].is_number_unsigned())
        return fail(Errc::invalid_argument, "the limit before is not known");
    const auto was = found["maxmemory"].get<std::uint64_t>();
    TRY(auto session, Session::open(server.target, server.ca, deadline));
    TRY(const auto now, limit_of(session));
    TRY(const auto ours, wanted_of(order.act));
    if (now == was) return fmt::format("its limit is {}", size_of(was));
    if (now != ours)
        return fmt::format("its limit is {}, which somebody else has set since: it stays",
                           size_of(now));
    TRY(const auto done, ask(session, {"CONFIG", "SET", "maxmemory", std::to_string(was)}));
    static_cast<void>(done);
    return fmt::format("its limit is {} again", size_of(was));
}

}  // namespace sg::platform::redis
