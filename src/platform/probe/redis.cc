// Redis: PING, after AUTH where the target says a password. Source: redis.io, "RESP specification".
#include <fmt/format.h>

#include "platform/probe/dial.h"
#include "platform/probe/probe.h"
#include "platform/redis/address.h"

namespace sg::platform::probe {

namespace {

constexpr std::size_t line_max = 4096;

std::string command(std::initializer_list<std::string_view> words) {
    auto text = fmt::format("*{}\r\n", words.size());
    for (const auto word : words) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return text;
}

Result<void> expect(Line& line, const std::string& question, std::string_view answer) {
    TRY_VOID(line.send(question));
    TRY(const auto reply, line.receive_line(line_max));
    if (reply.starts_with('-')) return fail(Errc::unavailable, "it says " + reply.substr(1));
    if (reply != answer) return fail(Errc::protocol_violation, "the answer is not that of Redis");
    return {};
}

}  // namespace

Result<void> look_at_redis(const ports::ProbeTarget& target) {
    TRY(const auto address, redis::parse_address(target.target));
    TRY(auto line, Line::dial(address.host, steady_now() + target.timeout));
    if (address.is_secure) TRY_VOID(line.secure(address.host.host, target.ca));
    if (!address.password.empty() && address.user.empty())
        TRY_VOID(expect(line, command({"AUTH", address.password}), "+OK"));
    if (!address.password.empty() && !address.user.empty())
        TRY_VOID(expect(line, command({"AUTH", address.user, address.password}), "+OK"));
    return expect(line, command({"PING"}), "+PONG");
}

}  // namespace sg::platform::probe
