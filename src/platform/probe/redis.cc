// Redis: PING, after AUTH where the target says a password. Source: redis.io, "RESP specification".
#include <fmt/format.h>

#include "platform/probe/dial.h"
#include "platform/probe/probe.h"

namespace sg::platform::probe {

namespace {

constexpr std::size_t line_max = 4096;

struct Address {  // redis://[[user]:password@]host[:port][/…], rediss:// over TLS, or host[:port].
    HostPort host;
    std::string user;
    std::string password;
    bool is_secure = false;
};

Result<Address> parse_address(std::string_view text) {
    Address address;
    address.is_secure = text.starts_with("rediss://");
    if (const auto at = text.find("://"); at != std::string_view::npos) text.remove_prefix(at + 3);
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        const auto who = text.substr(0, at);
        const auto colon = who.find(':');
        address.user = who.substr(0, colon);
        if (colon != std::string_view::npos) address.password = who.substr(colon + 1);
        text.remove_prefix(at + 1);
    }
    TRY(address.host, parse_host_port(text.substr(0, text.find('/')), 6379));
    return address;
}

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
    TRY(const auto address, parse_address(target.target));
    TRY(auto line, Line::dial(address.host, steady_now() + target.timeout));
    if (address.is_secure) TRY_VOID(line.secure(address.host.host, target.ca));
    if (!address.password.empty() && address.user.empty())
        TRY_VOID(expect(line, command({"AUTH", address.password}), "+OK"));
    if (!address.password.empty() && !address.user.empty())
        TRY_VOID(expect(line, command({"AUTH", address.user, address.password}), "+OK"));
    return expect(line, command({"PING"}), "+PONG");
}

}  // namespace sg::platform::probe
