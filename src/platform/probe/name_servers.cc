// What each name server answers, by record type. The system's own resolver says only what the first
// of them did, and has no deadline.
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <span>

#include "base/text.h"
#include "platform/inspect/text.h"
#include "platform/local/fd.h"
#include "platform/local/files.h"
#include "platform/probe/dial.h"
#include "platform/probe/inspect.h"

namespace sg::platform::probe {

using inspect::add_row;
using inspect::Evidence;
using inspect::Finding;
using inspect::Findings;
using inspect::Order;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t servers_most = 3;  // As the system's resolver asks.

struct Record {
    std::string_view name;
    int type;
};
constexpr Record records[] = {{"A", ns_t_a}, {"AAAA", ns_t_aaaa}, {"SRV", ns_t_srv}};

struct Answer {
    std::string outcome;  // `NOERROR`, `NXDOMAIN`, `no answer`
    std::set<std::string> values;
    bool knows = false;  // It answered, whatever: NOERROR or NXDOMAIN.
    Duration took{};
};

std::vector<SocketAddress> servers() {
    std::vector<SocketAddress> found;
    const auto text = local::read_file("/etc/resolv.conf");
    if (!text) return found;
    for (const auto line : split(*text, '\n')) {
        const auto words = trim(line);
        if (!words.starts_with("nameserver") || found.size() >= servers_most) continue;
        const auto ip = parse_ip(trim(words.substr(10)));
        if (ip) found.push_back(SocketAddress::of(*ip, 53));
    }
    return found;
}

std::string_view word_of(int code) {
    switch (code) {
        case ns_r_noerror: return "NOERROR";
        case ns_r_formerr: return "FORMERR";
        case ns_r_servfail: return "SERVFAIL";
        case ns_r_nxdomain: return "NXDOMAIN";
        case ns_r_notimpl: return "NOTIMP";
        case ns_r_refused: return "REFUSED";
        default: return "an error";
    }
}

// A name within a message, at a place in it; RFC 1035 §4.1.4 lets it point elsewhere.
std::string name_at(const ns_msg& message, const unsigned char* at) {
    char name[NS_MAXDNAME] = {};
    const int length = dn_expand(ns_msg_base(message), ns_msg_end(message), at, name, sizeof name);
    return length < 0 ? "?" : shown(name, 120);
}

std::string value_of(const ns_msg& message, const ns_rr& record) {
    const unsigned char* const bytes = ns_rr_rdata(record);
    const auto length = static_cast<std::size_t>(ns_rr_rdlen(record));
    char text[INET6_ADDRSTRLEN] = {};
    switch (ns_rr_type(record)) {
        case ns_t_a: return length == 4 ? inet_ntop(AF_INET, bytes, text, sizeof text) : "?";
        case ns_t_aaaa: return length == 16 ? inet_ntop(AF_INET6, bytes, text, sizeof text) : "?";
        case ns_t_cname: return "alias of " + name_at(message, bytes);
        case ns_t_srv:  // RFC 2782: priority, weight, port, name.
            return length < 7 ? "?"
                              : fmt::format("{}:{}", name_at(message, bytes + 6),
                                            bytes[4] * 256 + bytes[5]);
        default: return fmt::format("a record of type {}", static_cast<int>(ns_rr_type(record)));
    }
}

void read_answer(std::span<const unsigned char> bytes, Answer& answer) {
    ns_msg message{};
    if (ns_initparse(bytes.data(), static_cast<int>(bytes.size()), &message) != 0) {
        answer.outcome = "nonsense";
        return;
    }
    const int code = ns_msg_getflag(message, ns_f_rcode);
    answer.outcome = word_of(code);
    answer.knows = code == ns_r_noerror || code == ns_r_nxdomain;
    for (int n = 0; n < ns_msg_count(message, ns_s_an); ++n) {
        ns_rr record{};
        if (ns_parserr(&message, ns_s_an, n, &record) == 0)
            answer.values.insert(value_of(message, record));
    }
}

Answer ask(const SocketAddress& server, const std::string& name, int type, Tick deadline) {
    Answer answer{.outcome = "no answer"};
    unsigned char question[512];
    const int length = res_mkquery(ns_o_query, name.c_str(), ns_c_in, type, nullptr, 0, nullptr,
                                   question, sizeof question);
    if (length < 0) {
        answer.outcome = "no name";
        return answer;
    }
    const local::Fd socket(::socket(server.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::connect(socket.get(), server.raw(), server.length) != 0) return answer;
    const Tick began = steady_now();
    constexpr Duration again = 1s;  // A packet may get lost.
    Tick send_at = began;
    while (steady_now() < deadline) {
        if (steady_now() >= send_at) {
            ::send(socket.get(), question, static_cast<std::size_t>(length), MSG_NOSIGNAL);
            send_at = steady_now() + again;
        }
        pollfd waited{socket.get(), POLLIN, 0};
        const auto left = std::min(deadline, send_at) - steady_now();
        if (::poll(&waited, 1, static_cast<int>(std::max<Duration>(left, 0s) / 1ms) + 1) <= 0)
            continue;
        unsigned char bytes[4096];
        const auto received = ::recv(socket.get(), bytes, sizeof bytes, 0);
        answer.took = steady_now() - began;
        if (received < 0 && errno == ECONNREFUSED) {
            answer.outcome = "refused: no name server there";
            return answer;
        }
        // Of another question, or of somebody who guesses.
        if (received < NS_HFIXEDSZ || bytes[0] != question[0] || bytes[1] != question[1]) continue;
        read_answer({bytes, static_cast<std::size_t>(received)}, answer);
        return answer;
    }
    answer.took = steady_now() - began;
    return answer;
}

struct Asked {
    Evidence evidence{{"server", "record", "answer", "took", "values"}, {}, 0};
    std::set<std::string> addresses;  // As the first server that knows says.
    std::set<std::string> silent;     // Servers.
    bool differ = false;
    double slowest_ms = 0;
};

Asked ask_all(const std::vector<SocketAddress>& list, const Order& order) {
    Asked asked;
    std::optional<std::set<std::string>> first;
    auto left = static_cast<int>(list.size() * std::size(records));
    for (const auto& server : list) {
        std::set<std::string> addresses;
        bool knows = true;
        for (const auto& [name, type] : records) {
            const auto part = (order.deadline - steady_now()) / std::max(left--, 1);
            const auto answer = ask(server, order.target, type, steady_now() + part);
            knows = knows && answer.knows;
            if (type != ns_t_srv) addresses.insert(answer.values.begin(), answer.values.end());
            std::string values;
            for (const auto& value : answer.values) values += (values.empty() ? "" : ", ") + value;
            const double ms = std::chrono::duration<double, std::milli>(answer.took).count();
            asked.slowest_ms = std::max(asked.slowest_ms, ms);
            add_row(asked.evidence,
                    {server.ip().text(), std::string(name), answer.outcome, show_seconds(ms / 1000),
                     values.empty() ? "-" : shown(values, 200)},
                    order.extent.rows);
        }
        if (!knows) asked.silent.insert(server.ip().text());
        else if (!first) first = addresses;
        else if (*first != addresses) asked.differ = true;
    }
    asked.addresses = first.value_or(std::set<std::string>{});
    return asked;
}

// What programs of this machine get: the hosts file counts too.
Finding by_the_system(const Order& order) {
    const Tick began = steady_now();
    const auto found = resolve({order.target, 0}, order.deadline);
    const double ms = std::chrono::duration<double, std::milli>(steady_now() - began).count();
    Finding finding{.what = "dns.answers",
                    .key = "system",
                    .standing = inspect::standing_of(ms, {500, 2000}),
                    .value = ms,
                    .unit = "ms",
                    .threshold = 500};
    if (!found) {
        finding.standing = Standing::bad;
        finding.title = "this machine cannot resolve it: " + shown(found.error().what, 200);
        return finding;
    }
    std::string addresses;
    for (const auto& address : *found)
        addresses += (addresses.empty() ? "" : ", ") + address.ip().text();
    finding.title = fmt::format("this machine resolves {} in {} to {}", shown(order.target, 100),
                                show_seconds(ms / 1000), addresses);
    return finding;
}

}  // namespace

Findings inspect_dns(const Order& order) {
    if (!order.wants("dns.answers")) return {};
    Order half = order;  // A name server that hangs leaves time to ask the others.
    half.deadline = steady_now() + (order.deadline - steady_now()) / 2;
    Findings findings{by_the_system(half)};
    const auto list = servers();
    Finding finding{.what = "dns.answers", .key = "servers", .unit = "ms", .threshold = 500};
    if (list.empty()) {
        finding.standing = Standing::unknown;
        finding.title = "/etc/resolv.conf names no server";
        findings.push_back(finding);
        return findings;
    }
    auto asked = ask_all(list, order);
    finding.value = asked.slowest_ms;
    finding.evidence = std::move(asked.evidence);
    const auto silent = asked.silent.size();
    finding.standing = silent == list.size()        ? Standing::bad
                       : silent > 0 || asked.differ ? Standing::odd
                                                    : Standing::fine;
    std::string names;
    for (const auto& name : asked.silent) names += (names.empty() ? "" : ", ") + name;
    finding.title = fmt::format(
        "{} of {} name servers answer, the slowest in {}{}{}", list.size() - silent, list.size(),
        show_seconds(asked.slowest_ms / 1000), silent == 0 ? "" : "; not so " + names,
        asked.differ ? "; they do not say the same" : "");
    findings.push_back(finding);
    return findings;
}

}  // namespace sg::platform::probe
