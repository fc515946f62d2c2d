#include "ops/learn/kpis/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ops/catalog/ask.h"
#include "ops/detect/slo/show.h"
#include "ops/learn/kpis/store.h"

namespace sg::kpis {

namespace {

// A team's are those that it answers for.
std::vector<std::string> services_of(const config::Config& config, const Period& period) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : config.services) {
        if (!period.service.empty() && name != period.service) continue;
        const auto* const team = catalog::team_of(config, name);
        if (!period.team.empty() && (team == nullptr || team->id != period.team)) continue;
        names.push_back(name);
    }
    return names;
}

void count_slices(Counted& counted, const std::vector<slo::Report>& objectives,
                  const std::vector<std::string>& services) {
    for (const auto& report : objectives) {
        if (report.slo.objective.kind != config::Objective::Kind::availability) continue;
        if (std::ranges::find(services, report.slo.service) == services.end()) continue;
        counted.slices += report.period.total;
        counted.slices_bad += report.period.bad;
        counted.slices_over = std::max(counted.slices_over, report.slo.objective.over);
    }
}

void count_traffic(Counted& counted, const signals::History& history,
                   const std::vector<std::string>& services, Span span) {
    signals::Flow flow;
    std::map<Instant, double> hours;  // Served per second.
    for (const auto& name : services) {
        flow += history.service(name, span.from, span.to);
        for (const auto& bucket : history.buckets(name, span.from, span.to, 1h))
            hours[bucket.from] += static_cast<double>(bucket.flow.requests - bucket.flow.failed) /
                                  std::chrono::duration<double>(bucket.span).count();
    }
    counted.requests = flow.requests;
    counted.failed = flow.failed;
    counted.latency_p95_seconds = flow.duration.quantile(0.95) / 1e9;
    for (const auto& [at, rate] : hours)
        counted.busiest_per_second = std::max(counted.busiest_per_second, rate);
}

Result<void> check(const config::Config& config, const Period& period) {
    if (!period.service.empty() && !config.services.contains(period.service))
        return fail(Errc::not_found, fmt::format("there is no service `{}`", period.service),
                    "`streamgate status` shows them");
    if (!period.team.empty() && !config.operations.teams.contains(period.team))
        return fail(Errc::not_found, fmt::format("there is no team `{}`", period.team),
                    "`streamgate oncall` shows them");
    if (period.span.from >= period.span.to)
        return fail(Errc::invalid_argument, "the period begins in the future");
    return {};
}

}  // namespace

Result<Report> report_of(const Sources& sources, const Period& period) {
    TRY_VOID(check(sources.config, period));
    Evidence evidence;
    TRY(evidence.incidents, count(sources.session, period));
    TRY(evidence.cases, cases(sources.session, period, cases_max));
    const auto services = services_of(sources.config, period);
    count_slices(evidence.counted, sources.objectives, services);
    count_traffic(evidence.counted, sources.history, services, period.span);
    return reckon(period, evidence, sources.config.operations);
}

}  // namespace sg::kpis
