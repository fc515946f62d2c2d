#include "platform/probe/inspect.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "platform/http/client.h"
#include "platform/inspect/text.h"
#include "platform/probe/dial.h"

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

constexpr inspect::Bounds connect_ms{200, 2000};
constexpr inspect::Bounds answer_ms{1000, 5000};

double ms_of(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

std::string show(Duration duration) { return show_seconds(ms_of(duration) / 1000); }

// Refused and silent are different troubles: a process that is not there, and a wall or a machine
// that is not.
std::string why(const Error& error, Duration waited) {
    switch (error.code) {
        case Errc::connection_refused: return "refused: nothing listens there";
        case Errc::timed_out:
            return fmt::format("no answer within {}: a firewall, or the machine is gone",
                               show(waited));
        case Errc::unreachable: return "no way there: " + shown(error.what, 200);
        default: return shown(error.what.empty() ? error.message() : error.what, 200);
    }
}

Finding failed(std::string key, std::string title, std::string hint = {}) {
    return {.key = std::move(key),
            .standing = Standing::bad,
            .title = std::move(title),
            .hint = std::move(hint)};
}

Finding unresolved(const HostPort& host, const Error& error) {
    return failed("name",
                  fmt::format("the name {} gives no address: {}", shown(host.host, 100),
                              shown(error.what, 200)),
                  "the name server: is it reachable, does it know the name? see dns.answers");
}

// Each address in turn, with an equal part of what time there is.
Findings connect_to(const HostPort& host, const Order& order) {
    const Tick began = steady_now();
    const auto addresses = resolve({host.host, host.port}, order.deadline);
    if (!addresses) return {unresolved(host, addresses.error())};
    const auto named = steady_now() - began;
    Evidence evidence{{"address", "took", "outcome"}, {}, 0};
    std::size_t good = 0;
    double slowest = 0;
    std::string trouble;
    for (std::size_t n = 0; n < addresses->size(); ++n) {
        const Tick start = steady_now();
        const auto part = (order.deadline - start) / static_cast<int>(addresses->size() - n);
        const auto& ip = (*addresses)[n].ip();
        const auto line = Line::dial({ip.text(), host.port}, start + part);
        const auto took = steady_now() - start;
        auto outcome = line ? std::string("connected") : why(line.error(), took);
        good += line ? 1 : 0;
        if (line) slowest = std::max(slowest, ms_of(took));
        else if (trouble.empty()) trouble = fmt::format("{} {}", ip.text(), outcome);
        add_row(evidence, {ip.text(), show(took), std::move(outcome)}, order.extent.rows);
    }
    Finding finding{.key = "connect",
                    .value = slowest,
                    .unit = "ms",
                    .threshold = connect_ms.odd_from,
                    .evidence = std::move(evidence)};
    if (good == 0) {
        finding.standing = Standing::bad;
        finding.value.reset();
        finding.title =
            fmt::format("no connection to {}:{}: {}", shown(host.host, 100), host.port, trouble);
        return {finding};
    }
    finding.standing =
        good < addresses->size() ? Standing::odd : inspect::standing_of(slowest, connect_ms);
    finding.title = fmt::format("{} of {} addresses take a connection within {}; the name took {}",
                                good, addresses->size(), show_seconds(slowest / 1000), show(named));
    if (!trouble.empty()) finding.title += "; " + trouble;
    return {finding};
}

Findings named(const char* what, Findings findings) {
    for (auto& finding : findings) finding.what = what;
    return findings;
}

Finding answer_of(const Order& order) {
    const auto left = std::max<Duration>(order.deadline - steady_now(), 1ms);
    const auto response = http::perform({.url = order.target,
                                         .headers = {{"User-Agent", "StreamGate-Inspect"}},
                                         .timeout = left,
                                         .connect_timeout = left,
                                         .ca = order.ca,
                                         .body_max = 1U << 20});
    if (!response) return failed("answer", "no answer: " + why(response.error(), left));
    const auto& phases = response->phases;
    const double took = ms_of(response->took);
    const bool refuses = response->status >= 500, odd = response->status >= 400;
    Finding finding{
        .key = "answer",
        .standing = refuses ? Standing::bad
                    : odd   ? Standing::odd
                            : inspect::standing_of(took, answer_ms),
        .title = fmt::format("it answers {} in {}, {} long: name {}, connect {}, {}"
                             "first byte {}",
                             response->status, show(response->took),
                             inspect::show_size(static_cast<double>(response->body.size())),
                             show(phases.name), show(phases.connect),
                             phases.tls > 0s ? "TLS " + show(phases.tls) + ", " : "",
                             show(phases.first_byte)),
        .value = took,
        .unit = "ms",
        .threshold = answer_ms.odd_from,
        .evidence = {{"phase", "took"}, {}, 0}};
    finding.evidence.rows = {{"name", show(phases.name)},
                             {"connect", show(phases.connect)},
                             {"TLS", phases.tls > 0s ? show(phases.tls) : "-"},
                             {"first byte", show(phases.first_byte)},
                             {"whole", show(response->took)}};
    return finding;
}

// Of `https://host:port/…`; an error for anything else.
Result<HostPort> https_host(std::string_view url) {
    if (!to_lower(url).starts_with("https://"))
        return fail(Errc::unsupported, "the address is not https: there is no certificate");
    url.remove_prefix(8);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    return parse_host_port(url, 443);
}

}  // namespace

Findings inspect_http(const Order& order) {
    Findings findings;
    if (order.wants("http.answer")) findings = named("http.answer", {answer_of(order)});
    if (order.wants("http.certificate")) {
        const auto host = https_host(order.target);
        auto finding = host ? certificate_of(*host, order)
                            : Finding{.key = "certificate",
                                      .standing = Standing::fine,
                                      .title = host.error().what};
        finding.what = "http.certificate";
        findings.push_back(std::move(finding));
    }
    return findings;
}

Findings inspect_tcp(const Order& order) {
    if (!order.wants("tcp.connect")) return {};
    const auto host = parse_host_port(order.target);
    if (!host) return {inspect::unseen("tcp.connect", host.error())};
    return named("tcp.connect", connect_to(*host, order));
}

Findings inspect_tls(const Order& order) {
    if (!order.wants("tls.certificate")) return {};
    const auto host = parse_host_port(order.target, 443);
    if (!host) return {inspect::unseen("tls.certificate", host.error())};
    return named("tls.certificate", {certificate_of(*host, order)});
}

}  // namespace sg::platform::probe
