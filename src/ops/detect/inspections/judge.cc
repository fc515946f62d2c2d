#include "ops/detect/inspections/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace sg::inspections {

using ports::Finding;
using ports::Standing;
using signals::Flow;

namespace {

double seconds_of(Duration span) {
    return std::max(std::chrono::duration<double>(span).count(), 1e-9);
}

double failed_of(const Flow& flow) {
    return flow.requests > 0 ? static_cast<double>(flow.failed) / static_cast<double>(flow.requests)
                             : 0;
}

double p95_ms(const Flow& flow) { return flow.timed > 0 ? flow.duration.quantile(0.95) / 1e6 : 0; }

std::string rate(std::int64_t count, Duration span) {
    const double per_second = static_cast<double>(count) / seconds_of(span);
    return fmt::format("{:.{}f}/s", per_second, per_second < 9.95 ? 1 : 0);
}

std::string share(double of_one) {
    const double percent = of_one * 100;
    return fmt::format("{:.{}f} %", percent,
                       percent == 0 || percent >= 10 ? 0
                       : percent < 1                 ? 2
                                                     : 1);
}

std::string milliseconds(double ms) { return fmt::format("{:.{}f} ms", ms, ms < 9.95 ? 1 : 0); }

// Source: gateway/endings.def, those without blame.
constexpr std::string_view blameless[] = {"ok", "tunnel_closed", "redirected", "responded"};
constexpr double failed_odd = 0.01, failed_bad = 0.05;
constexpr std::int64_t failures_least = 5;  // Fewer are chance.
constexpr double slower_odd = 2;            // So many times what it was...
constexpr double slow_least_ms = 50;        // ...and long enough to be felt.
constexpr std::int64_t requests_least = 20;

Standing standing_of(const Compared& one, Spans spans) {
    const double failed = failed_of(one.now);
    if (one.now.failed >= failures_least && failed >= failed_bad) return Standing::bad;
    if (one.now.failed >= failures_least && failed >= failed_odd) return Standing::odd;
    const double now = p95_ms(one.now), before = p95_ms(one.before);
    const bool counts = one.now.requests >= requests_least && one.before.requests >= requests_least;
    if (counts && now >= slow_least_ms && now >= before * slower_odd) return Standing::odd;
    // Half of the traffic is gone: it may fail before it comes here.
    const double expected =
        static_cast<double>(one.before.requests) / seconds_of(spans.before) * seconds_of(spans.now);
    const bool known = expected >= static_cast<double>(requests_least);
    return known && static_cast<double>(one.now.requests) < expected / 2 ? Standing::odd
                                                                         : Standing::fine;
}

void add_row(ports::Evidence& evidence, std::vector<std::string> row, std::uint32_t most) {
    if (evidence.rows.size() < most) evidence.rows.push_back(std::move(row));
    else ++evidence.left_out;
}

// The part that fails most, if the failures are not everywhere alike.
std::string blamed(const Compared& whole, const std::vector<Compared>& parts) {
    const Compared* worst = nullptr;
    for (const auto& part : parts)
        if (part.now.failed >= failures_least &&
            (worst == nullptr || failed_of(part.now) > failed_of(worst->now)))
            worst = &part;
    if (worst == nullptr || failed_of(worst->now) < 1.5 * failed_of(whole.now)) return {};
    return fmt::format("; worst is {} {}: {} of its requests fail, {} of all failures", worst->kind,
                       worst->name, share(failed_of(worst->now)),
                       share(static_cast<double>(worst->now.failed) /
                             static_cast<double>(std::max<std::int64_t>(whole.now.failed, 1))));
}

}  // namespace

Finding judge_traffic(const Compared& whole, const std::vector<Compared>& parts, Spans spans,
                      std::uint32_t rows) {
    Finding finding{
        .key = whole.name,
        .standing = standing_of(whole, spans),
        .value = failed_of(whole.now),
        .unit = "share",
        .threshold = failed_odd,
        .evidence = {{"of", "requests", "before", "fail", "before", "p95", "before"}, {}, 0}};
    finding.title = fmt::format(
        "{}: {} requests ({} before), {} fail ({} before), p95 {} ({} before){}", whole.name,
        rate(whole.now.requests, spans.now), rate(whole.before.requests, spans.before),
        share(failed_of(whole.now)), share(failed_of(whole.before)),
        milliseconds(p95_ms(whole.now)), milliseconds(p95_ms(whole.before)), blamed(whole, parts));
    for (const auto& part : parts) {
        if (standing_of(part, spans) == Standing::bad) finding.standing = Standing::bad;
        add_row(finding.evidence,
                {fmt::format("{} {}", part.kind, part.name), rate(part.now.requests, spans.now),
                 rate(part.before.requests, spans.before), share(failed_of(part.now)),
                 share(failed_of(part.before)), milliseconds(p95_ms(part.now)),
                 milliseconds(p95_ms(part.before))},
                rows);
    }
    return finding;
}

Finding judge_endings(const Endings& now, const Endings& before, Spans spans, std::uint32_t rows) {
    struct Row {
        std::string name;
        double now = 0, before = 0;  // Shares of all.
        std::int64_t count = 0, count_before = 0;
    };
    const auto sum = [](const Endings& endings) {
        std::int64_t all = 0;
        for (const auto& [name, count] : endings) all += count;
        return all;
    };
    const auto all = sum(now), all_before = sum(before);
    const auto part = [](std::int64_t count, std::int64_t of) {
        return of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0.0;
    };
    std::set<std::string> names;
    for (const auto* const endings : {&now, &before})
        for (const auto& [name, count] : *endings) names.insert(name);
    std::vector<Row> list;
    for (const auto& name : names) {
        const auto count = now.contains(name) ? now.at(name) : 0;
        const auto was = before.contains(name) ? before.at(name) : 0;
        list.push_back({name, part(count, all), part(was, all_before), count, was});
    }
    std::ranges::sort(list, std::greater{}, [](const Row& row) {
        return std::tuple(row.now - row.before, row.count, row.name);
    });
    Finding finding{.key = "share",
                    .standing = Standing::fine,
                    .unit = "share",
                    .threshold = failed_odd,
                    .evidence = {{"ending", "now", "share", "before", "share"}, {}, 0}};
    for (const auto& row : list)
        add_row(finding.evidence,
                {row.name, rate(row.count, spans.now), share(row.now),
                 rate(row.count_before, spans.before), share(row.before)},
                rows);
    if (all == 0) {
        finding.title = fmt::format("no request ended in the last {}", to_text(spans.now));
        return finding;
    }
    // What grew most of those that somebody is to blame for.
    const auto grown = std::ranges::find_if(list, [](const Row& row) {
        return std::ranges::find(blameless, row.name) == std::end(blameless) &&
               row.count >= failures_least;
    });
    const bool odd = grown != list.end() && grown->now - grown->before >= failed_odd;
    const bool bad = odd && grown->now - grown->before >= failed_bad;
    finding.value = grown == list.end() ? 0 : grown->now - grown->before;
    finding.standing = bad ? Standing::bad : odd ? Standing::odd : Standing::fine;
    finding.title = odd ? fmt::format("{} of requests end as {} ({} before)", share(grown->now),
                                      grown->name, share(grown->before))
                        : fmt::format("{} requests ended in the last {} as they did before", all,
                                      to_text(spans.now));
    return finding;
}

Finding judge_endpoints(const telemetry::Snapshot& snapshot, const std::string& service,
                        std::uint32_t rows) {
    using telemetry::Health;
    Finding finding{.key = "out",
                    .standing = Standing::fine,
                    .unit = "count",
                    .threshold = 1,
                    .evidence = {{"endpoint", "version", "health", "kept out", "active",
                                  "connections", "failed to connect", "p95"},
                                 {},
                                 0}};
    std::int64_t all = 0, out = 0;
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> by_service;  // All, usable.
    std::string named;
    std::vector<std::pair<bool, std::vector<std::string>>> list;
    for (const auto& row : snapshot.endpoint_rows) {
        if (row.endpoint >= snapshot.endpoints.size()) continue;
        const auto& endpoint = snapshot.endpoints[row.endpoint];
        if (endpoint.version >= snapshot.versions.size()) continue;
        const auto& version = snapshot.versions[endpoint.version];
        if (version.service >= snapshot.services.size()) continue;
        const auto& of = snapshot.services[version.service];
        if (!service.empty() && of != service) continue;
        const bool is_out = row.health == Health::unhealthy || row.ejected_by > 0;
        ++all;
        out += is_out ? 1 : 0;
        ++by_service[of].first;
        by_service[of].second += is_out ? 0 : 1;
        if (is_out && named.empty())
            named = fmt::format("{} of {}/{} ({})", endpoint.name, of, version.name,
                                row.health == Health::unhealthy ? "fails its health check"
                                                                : "ejected for its failures");
        static constexpr std::string_view words[] = {"unknown", "healthy", "unhealthy"};
        list.push_back({is_out,
                        {endpoint.name, of + "/" + version.name,
                         std::string(words[static_cast<std::size_t>(row.health)]),
                         row.ejected_by > 0 ? fmt::format("by {} workers", row.ejected_by) : "-",
                         std::to_string(row.active), std::to_string(row.connections),
                         std::to_string(row.connect_failures),
                         milliseconds(row.first_byte.quantile(0.95) / 1e6)}});
    }
    std::ranges::sort(list, [](const auto& a, const auto& b) {
        return std::tuple(!a.first, a.second) < std::tuple(!b.first, b.second);
    });
    for (auto& [is_out, row] : list) add_row(finding.evidence, std::move(row), rows);
    std::string none;
    for (const auto& [name, counts] : by_service)
        if (counts.first > 0 && counts.second == 0) none += (none.empty() ? "" : ", ") + name;
    finding.value = static_cast<double>(out);
    finding.standing = !none.empty() ? Standing::bad : out > 0 ? Standing::odd : Standing::fine;
    finding.title = fmt::format("{} of {} endpoints take requests", all - out, all);
    if (!named.empty()) finding.title += "; out is " + named;
    if (out > 1) finding.title += fmt::format(" and {} more", out - 1);
    if (!none.empty()) finding.title += fmt::format("; {} has none left", none);
    return finding;
}

}  // namespace sg::inspections
