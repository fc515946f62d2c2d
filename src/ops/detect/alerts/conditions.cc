#include "ops/detect/alerts/conditions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sg::alerts {

namespace {

using config::Severity;
using signals::Health;

constexpr Duration endpoints_pending = 5s;
constexpr Duration endpoints_grace = 30s;  // After a gateway began: its first checks are under way.
constexpr Duration gateway_pending = 10s;
constexpr Duration source_pending = 1min;     // It is asked every 10 s.
constexpr Duration probe_pending_most = 40s;  // An outage is found within a minute.
constexpr Duration replica_lag_most = 5min;

enum class Reach : std::uint8_t { ticket, page };

Condition condition(std::string_view name, Severity severity, Reach reach) {
    Condition condition;
    condition.labels["alertname"] = std::string(name);
    condition.severity = severity;
    condition.page = reach == Reach::page;
    return condition;
}

// Three looks in a row have found the same.
Duration three_looks(Duration every, Duration timeout) { return 2 * every + timeout; }

}  // namespace

// What is not answered now is held as it was: not to know is not to be well.
void take_answers(const Sight& sight, Watch& watch) {
    std::set<std::string> asked;
    for (const auto& [name, rule] : sight.config.operations.alerts) {
        if (!rule.enabled || rule.promql.empty()) continue;
        asked.insert(name);
        const auto samples = sight.second.outside.find(rule.promql);
        if (samples == sight.second.outside.end()) continue;
        auto& answers = watch.answers[name];
        answers.clear();
        for (const auto& sample : samples->second) answers.push_back({sample.labels, sample.value});
    }
    std::erase_if(watch.answers, [&](const auto& known) { return !asked.contains(known.first); });
}

std::vector<Condition> find_silent_sources(const Sight& sight) {
    std::vector<std::string> rules;
    for (const auto& [name, rule] : sight.config.operations.alerts)
        if (rule.enabled && !rule.promql.empty() && !sight.second.outside.contains(rule.promql))
            rules.push_back(name);
    if (rules.empty()) return {};
    Condition one = condition("prometheus_silent", Severity::sev3, Reach::ticket);
    one.source = "rule";
    one.title = fmt::format("{} does not answer: {} cannot be judged",
                            sight.config.operations.ops.prometheus, fmt::join(rules, ", "));
    one.pending = source_pending;
    one.keep_firing = 15s;
    one.started_at = sight.second.at;
    return {one};
}

void remember(const signals::Second& second, Watch& watch) {
    if (second.at == watch.at) return;
    watch.at = second.at;
    for (const auto& [service, flow] : second.services) {
        auto& seconds = watch.seconds[service];
        seconds.push_back({flow.requests, flow.failed});
        if (seconds.size() > hard_fault_seconds) seconds.pop_front();
    }
    for (auto known = watch.seconds.begin(); known != watch.seconds.end();) {
        auto& [service, seconds] = *known;
        if (!second.services.contains(service)) {
            seconds.push_back({});
            if (seconds.size() > hard_fault_seconds) seconds.pop_front();
        }
        const bool is_silent =
            std::ranges::all_of(seconds, [](const auto& one) { return one.requests == 0; });
        known = is_silent ? watch.seconds.erase(known) : std::next(known);
    }
}

std::vector<Condition> find_hard_faults(const Sight& sight, const Watch& watch) {
    std::vector<Condition> found;
    const auto& fault = sight.config.operations.hard_fault;
    if (!fault.enabled) return found;
    for (const auto& [service, seconds] : watch.seconds) {
        Condition one = condition("hard_fault", Severity::sev2, Reach::page);
        one.labels["service"] = service;
        one.source = "hard_fault";
        one.keep_firing = fault.clear_after;
        const std::vector<SecondCount> recent(seconds.begin(), seconds.end());
        const auto finding = find_hard_fault(recent, fault);
        if (!finding) {
            if (sight.firing.contains(fingerprint_of(one.labels)) &&
                is_fault_still_there(recent, fault)) {
                one.severity = Severity::sev4;  // No worse than it was.
                found.push_back(std::move(one));
            }
            continue;
        }
        one.severity = finding->severity;
        one.value = finding->share();
        one.threshold = (finding->severity == Severity::sev1 ? fault.sev1 : fault.sev2).of_one;
        one.requests = finding->requests;
        one.failures = finding->failures;
        one.started_at = sight.second.at - finding->bad_seconds * 1s;
        one.title = fmt::format("{}: {:.0f} % of requests fail ({} of {})", service,
                                one.value * 100, one.failures, one.requests);
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<Condition> find_lost_endpoints(const Sight& sight) {
    std::vector<Condition> found;
    const Instant now = sight.second.at;
    const bool is_starting = std::ranges::any_of(sight.second.gateways, [&](const auto& gateway) {
        return now - gateway.started_at < endpoints_grace;
    });
    for (const auto& [service, counts] : sight.second.endpoints) {
        const auto [known, healthy] = counts;
        if (known == 0 || healthy > 0) continue;
        Condition one = condition("no_healthy_endpoint", Severity::sev1, Reach::page);
        one.labels["service"] = service;
        if (is_starting && !sight.firing.contains(fingerprint_of(one.labels))) continue;
        one.source = "endpoints";
        one.title = known == 1
                        ? fmt::format("{}: its only endpoint is not healthy", service)
                        : fmt::format("{}: none of its {} endpoints is healthy", service, known);
        one.threshold = 1;
        one.pending = endpoints_pending;
        one.keep_firing = 15s;
        one.started_at = now;
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<Condition> find_failed_probes(const Sight& sight) {
    struct Looks {
        int known = 0;
        int ill = 0;
        Duration pending = 0s;
        Instant since = Instant::never();
        std::vector<std::string> what;
    };
    std::map<std::string, Looks> services;
    for (const auto& [name, probe] : sight.config.operations.probes) {
        const auto look = sight.second.probes.find(name);
        if (look == sight.second.probes.end() || look->second.health == Health::unknown) continue;
        Looks& looks = services[probe.service];
        ++looks.known;
        if (look->second.health == Health::well) continue;
        ++looks.ill;
        looks.pending = std::max(looks.pending, three_looks(probe.every, probe.timeout));
        looks.since = std::min(looks.since, look->second.at);
        looks.what.push_back(fmt::format("{} ({})", name, look->second.what));
    }
    std::vector<Condition> found;
    for (const auto& [service, looks] : services) {
        if (looks.ill == 0) continue;
        const bool all = looks.ill == looks.known;
        Condition one = condition("probe_failed", all ? Severity::sev1 : Severity::sev3,
                                  all ? Reach::page : Reach::ticket);
        if (!service.empty()) one.labels["service"] = service;
        one.source = "probe";
        one.title =
            fmt::format("{}: {} of {} probes fail: {}", service.empty() ? "probes" : service,
                        looks.ill, looks.known, fmt::join(looks.what, ", "));
        one.value = static_cast<double>(looks.ill);
        one.threshold = 1;
        one.failures = looks.ill;
        one.pending = std::min(looks.pending, probe_pending_most);
        one.keep_firing = 15s;
        one.started_at = looks.since;
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<Condition> find_failed_needs(const Sight& sight) {
    std::vector<Condition> found;
    for (const auto& [name, need] : sight.config.operations.needs) {
        const auto look = sight.second.needs.find(name);
        if (look == sight.second.needs.end() || look->second.health != Health::ill) continue;
        std::vector<std::string> users;
        for (const auto& [service, known] : sight.config.services)
            if (std::ranges::find(known.needs, name) != known.needs.end()) users.push_back(service);
        Condition one = condition("need_failed", Severity::sev3, Reach::ticket);
        one.labels["need"] = name;
        if (users.size() == 1) one.labels["service"] = users.front();
        one.source = "need";
        one.title = fmt::format(
            "{}: {}{}", name, look->second.what,
            users.empty() ? "" : fmt::format(" (needed by {})", fmt::join(users, ", ")));
        one.pending = three_looks(need.every, need.timeout);
        one.keep_firing = 2 * need.every;
        one.started_at = look->second.at;
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<Condition> find_silent_gateways(const Sight& sight) {
    std::vector<Condition> found;
    for (const auto& gateway : sight.second.gateways) {
        if (gateway.answers) continue;
        Condition one = condition("gateway_silent", Severity::sev2, Reach::page);
        one.labels["gateway"] = gateway.name;
        one.source = "gateway";
        one.title = fmt::format("gateway {} does not answer: nothing is known of its traffic",
                                gateway.name);
        one.pending = gateway_pending;
        one.keep_firing = gateway_pending;
        one.started_at = gateway.heard_at == Instant{} ? sight.second.at : gateway.heard_at;
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<Condition> find_risks(const Durability& durability, Instant now) {
    std::vector<Condition> found;
    const auto note = [&](std::string_view what, Severity severity, std::string title) {
        Condition one = condition("data_at_risk", severity,
                                  severity <= Severity::sev2 ? Reach::page : Reach::ticket);
        one.labels["what"] = std::string(what);
        one.source = "risk";
        one.title = std::move(title);
        if (!durability.why.empty()) one.title += ": " + durability.why;
        one.pending = 10s;
        one.keep_firing = 1min;
        one.started_at = now;
        found.push_back(std::move(one));
    };
    if (!durability.store_is_durable)
        note("store", Severity::sev2, "what operations record would not survive a power failure");
    if (durability.disk_fails) note("disk", Severity::sev2, "the disk reports errors");
    if (durability.replica_is_lost)
        note("replication", Severity::sev2, "there is no replica of the operations store");
    else if (durability.replica_lag && *durability.replica_lag > replica_lag_most)
        note("replication", Severity::sev3,
             fmt::format("the replica is {} s behind", *durability.replica_lag / 1s));
    return found;
}

}  // namespace sg::alerts
