#include "inspectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/signals/collector.h"
#include "platform/http/client.h"
#include "platform/local/inspect.h"
#include "platform/postgres/inspect.h"
#include "platform/probe/inspect.h"
#include "platform/redis/inspect.h"
#include "telemetry/encode.h"

namespace sg::app {

using ports::Finding;
using ports::Question;
using ports::Subject;

namespace {

constexpr std::string_view need_prefix = "need:", service_prefix = "service:";

// Need::Kind and Subject begin with the same words, in the same order.
Subject subject_of(config::Need::Kind kind) { return static_cast<Subject>(kind); }

using Look = platform::inspect::Findings(const platform::inspect::Order&);
Look* look_of(config::Need::Kind kind) {
    using Kind = config::Need::Kind;
    switch (kind) {
        case Kind::postgres: return platform::postgres::inspect;
        case Kind::redis: return platform::redis::inspect;
        case Kind::http: return platform::probe::inspect_http;
        case Kind::tcp: return platform::probe::inspect_tcp;
        case Kind::tls: return platform::probe::inspect_tls;
        case Kind::dns: return platform::probe::inspect_dns;
    }
    return platform::probe::inspect_tcp;
}

// What is asked for, or all that fits; an error where something asked for does not fit.
Result<std::vector<std::string>> fitting(const Question& question, Subject subject) {
    if (question.what.empty()) return ports::inspections_of(subject);
    for (const auto& name : question.what) {
        const auto* const inspection = ports::inspection_named(name);
        if (inspection == nullptr || inspection->subject != subject)
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` does not apply to `{}`", name, question.target),
                        "`streamgate inspect --list` says what does");
    }
    return question.what;
}

Result<telemetry::Snapshot> snapshot_of(const signals::GatewayAddress& gateway, Duration left) {
    const bool here = !gateway.unix_socket.empty();
    TRY(const auto response,
        platform::http::perform(
            {.url = here ? "http://gateway/snapshot" : "https://" + gateway.host_port + "/snapshot",
             .unix_socket = gateway.unix_socket,
             .timeout = left,
             .connect_timeout = left,
             .ca = gateway.ca,
             .certificate = gateway.certificate,
             .key = gateway.key,
             .body_max = telemetry::snapshot_size_max}));
    if (response.status != 200)
        return fail(Errc::unavailable, fmt::format("it answers {}", response.status));
    return telemetry::decode(response.body);
}

bool runs_here(const config::Service& service) {
    return std::ranges::any_of(service.versions,
                               [](const auto& v) { return v.second.run.has_value(); });
}

platform::inspect::Order order_of(const Question& question, Instant now) {
    return {.what = question.what,
            .target = {},
            .extent = question.extent,
            .deadline = steady_now() + question.deadline,
            .now = now};
}

}  // namespace

Inspectors::Inspectors(World world)
    : world_(std::move(world)),
      gateway_({.history = world_.history,
                .endings = world_.endings,
                .snapshots = [this](Tick deadline) { return snapshots(deadline); }}) {}

std::map<std::string, Result<telemetry::Snapshot>> Inspectors::snapshots(Tick deadline) const {
    constexpr Duration most = 1s;  // Of each: a gateway answers at once, or is in trouble.
    const auto setup = signals::setup_of(*world_.config(), world_.layout.gateway_socket());
    std::map<std::string, Result<telemetry::Snapshot>> found;
    for (const auto& gateway : setup.gateways) {
        const auto left = std::clamp<Duration>(deadline - steady_now(), 1ms, most);
        found.emplace(gateway.name, snapshot_of(gateway, left));
    }
    return found;
}

std::vector<ports::Inspector::Target> Inspectors::targets() const {
    std::vector<Target> list{{"gateway", Subject::gateway}};
    const auto config = world_.config();
    for (const auto& [name, service] : config->services)
        list.push_back({std::string(service_prefix) + name, Subject::service});
    for (const auto& [name, need] : config->operations.needs)
        list.push_back({std::string(need_prefix) + name, subject_of(need.kind)});
    return list;
}

std::vector<Finding> Inspectors::of_need(const config::Need& need, const Question& question,
                                         Instant now) const {
    auto order = order_of(question, now);
    order.target = need.target;
    order.expires_within = need.expires_within;
    return look_of(need.kind)(order);
}

std::vector<Finding> Inspectors::of_service(const config::Service& service,
                                            const Question& question, Instant now) const {
    auto findings = gateway_.look(*world_.config(), service.name, question, now);
    auto order = order_of(question, now);
    order.target = service.name;
    for (auto& finding : platform::local::inspect_service(world_.layout, order))
        findings.push_back(std::move(finding));
    return findings;
}

Result<std::vector<Finding>> Inspectors::look(const Question& asked, Instant now) const {
    TRY_VOID(ports::check(asked));
    const auto config = world_.config();
    Question question = asked;
    if (asked.target == "gateway") {
        TRY(question.what, fitting(asked, Subject::gateway));
        return gateway_.look(*config, {}, question, now);
    }
    if (asked.target.starts_with(service_prefix)) {
        const auto at = config->services.find(asked.target.substr(service_prefix.size()));
        if (at != config->services.end()) {
            TRY(question.what, fitting(asked, Subject::service));
            // Who runs elsewhere has no processes and no logs here.
            if (asked.what.empty() && !runs_here(at->second))
                question.what = {"service.traffic", "service.endings", "service.endpoints"};
            return of_service(at->second, question, now);
        }
    }
    if (asked.target.starts_with(need_prefix)) {
        const auto& needs = config->operations.needs;
        const auto at = needs.find(asked.target.substr(need_prefix.size()));
        if (at != needs.end()) {
            TRY(question.what, fitting(asked, subject_of(at->second.kind)));
            return of_need(at->second, question, now);
        }
    }
    std::string known;
    for (const auto& target : targets()) known += (known.empty() ? "" : ", ") + target.name;
    return fail(Errc::not_found, fmt::format("there is no target `{}`", asked.target),
                "there are " + known);
}

}  // namespace sg::app
