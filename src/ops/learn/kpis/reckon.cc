#include "ops/learn/kpis/reckon.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.h"
#include "ops/learn/kpis/distribution.h"

namespace sg::kpis {

namespace {

constexpr std::int64_t parts = 30;  // Of the period, for how incidents lie in it.

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// The two moments between which a phase lies; it counts when both have come.
struct PhaseRow {
    std::string_view name;
    std::string_view what;
    Instant Case::* from;
    Instant Case::* to;
};

constexpr std::array phase_rows = {
    PhaseRow{"detect", "first bad second to first signal", &Case::started_at, &Case::detected_at},
    PhaseRow{"declare", "first signal to incident", &Case::detected_at, &Case::declared_at},
    PhaseRow{"acknowledge", "first page to answer", &Case::paged_at, &Case::acknowledged_at},
    PhaseRow{"mitigate", "first bad second to verified recovery", &Case::started_at,
             &Case::mitigated_at},
    PhaseRow{"resolve", "first bad second to cause gone", &Case::started_at, &Case::resolved_at},
};

std::vector<Duration> durations_of(std::span<const Case> cases, const PhaseRow& row) {
    std::vector<Duration> took;
    took.reserve(cases.size());
    for (const Case& one : cases) {
        const Instant from = one.*row.from, to = one.*row.to;
        // Clocks of other machines may be ahead of ours.
        if (from != Instant{} && to != Instant{}) took.push_back(std::max<Duration>(0s, to - from));
    }
    return took;
}

Verdict verdict_of(std::int64_t n, const config::Kpis& targets, bool holds) {
    if (n == 0) return Verdict::none;
    if (n < targets.incidents_least) return Verdict::too_few;
    return holds ? Verdict::met : Verdict::not_met;
}

Phase phase_of(std::span<const Case> cases, const PhaseRow& row, const config::Operations& o) {
    Phase phase{.name = std::string(row.name), .what = std::string(row.what)};
    const std::array limits = {o.clocks.mitigate, o.kpis.recover};
    phase.took = distribution_of(durations_of(cases, row), limits);
    const auto aim = row.name == "mitigate"  ? o.kpis.recover
                     : row.name == "declare" ? o.clocks.declare
                                             : Duration{};
    if (aim == Duration{}) return phase;
    phase.target_seconds = seconds(aim);
    phase.verdict =
        verdict_of(phase.took.n, o.kpis, phase.took.mean_seconds < phase.target_seconds);
    return phase;
}

// `met_at`: when what the clock waits for has come. Tickets wait for the day: no clock wakes
// anybody.
struct ClockRow {
    std::string_view name;
    std::string_view clock;
    Instant Case::* met_at;
};
constexpr std::array clock_rows = {
    ClockRow{"respond", "respond_by", &Case::acknowledged_at},
    ClockRow{"assess", "assess_by", &Case::assessed_at},
    ClockRow{"mitigate", "mitigate_by", &Case::mitigated_at},
    ClockRow{"tell", "update_due", &Case::resolved_at},
};

std::vector<Clock> clocks_of(std::span<const Case> cases) {
    std::vector<Clock> clocks;
    for (const ClockRow& row : clock_rows) {
        Clock clock{.name = std::string(row.name)};
        for (const Case& one : cases) {
            const auto missed = split(one.missed, ' ');
            if (std::ranges::find(missed, row.clock) != missed.end()) ++clock.missed;
            else if (one.*row.met_at != Instant{}) ++clock.kept;
        }
        clocks.push_back(std::move(clock));
    }
    return clocks;
}

std::vector<Bar> bars_of(std::span<const Case> cases) {
    constexpr std::array limits = {15s, 60s, 300s, 900s, 1800s, 3600s, 14400s};
    std::vector<Bar> bars;
    for (const auto limit : limits) bars.push_back({seconds(limit), 0});
    bars.push_back({0, 0});
    for (const Case& one : cases) {
        if (one.mitigated_at == Instant{}) continue;
        const double took = seconds(one.mitigated_at - one.started_at);
        const auto bar = std::ranges::find_if(
            bars, [&](const Bar& b) { return took <= b.below_seconds || b.below_seconds == 0; });
        ++bar->count;
    }
    return bars;
}

std::vector<std::int64_t> over_time(std::span<const Case> cases, Span span) {
    std::vector<std::int64_t> counts(parts);
    const auto length = std::max<std::int64_t>(1, (span.to - span.from).count() / parts);
    for (const Case& one : cases) {
        const auto part = (one.declared_at - span.from).count() / length;
        ++counts[static_cast<std::size_t>(std::clamp<std::int64_t>(part, 0, parts - 1))];
    }
    return counts;
}

// --- reliability ---------------------------------------------------------------------------------

struct Failures {
    std::int64_t count = 0;
    Duration down{};
    Duration period{};  // Without what is excluded.
};

Failures failures_of(const Period& period, const Evidence& evidence, config::Severity failure) {
    Failures failures;
    std::vector<Span> down;
    const auto least = static_cast<std::int64_t>(failure) + 1;
    for (const Case& one : evidence.cases) {
        if (one.severity > least) continue;
        ++failures.count;
        down.push_back(
            {one.started_at, one.mitigated_at == Instant{} ? period.span.to : one.mitigated_at});
    }
    failures.down = covered(std::move(down), evidence.excluded, period.span);
    failures.period = covered({period.span}, evidence.excluded, period.span);
    return failures;
}

Figure between_failures(const Failures& failures, const config::Kpis& targets) {
    const double up = seconds(failures.period - failures.down);
    Figure figure{.name = "mtbf",
                  .unit = "seconds",
                  .value = up,
                  .is_more = failures.count == 0,
                  .target = seconds(targets.between_failures),
                  .basis = "time without a failure, by failures"};
    const Interval interval = poisson_interval(failures.count);
    figure.low = up / interval.high;
    if (failures.count > 0) {
        figure.value = up / static_cast<double>(failures.count);
        figure.high = up / interval.low;
    }
    const bool holds = figure.value >= figure.target;
    figure.verdict = holds                 ? Verdict::met
                     : failures.count == 0 ? Verdict::too_few
                                           : Verdict::not_met;
    return figure;
}

Figure uptime_by_slices(const Counted& counted, const config::Kpis& targets) {
    Figure figure{.name = "uptime",
                  .unit = "share",
                  .target = targets.uptime.of_one,
                  .basis = "minutes, over the last " + to_text(counted.slices_over)};
    if (counted.slices == 0) return figure;
    const auto all = static_cast<double>(counted.slices);
    figure.value = 1 - static_cast<double>(counted.slices_bad) / all;
    figure.verdict = figure.value >= figure.target ? Verdict::met : Verdict::not_met;
    return figure;
}

Figure uptime_by_incidents(const Failures& failures, const config::Kpis& targets) {
    Figure figure{.name = "uptime_by_incidents",
                  .unit = "share",
                  .target = targets.uptime.of_one,
                  .basis = "failures, from first bad second to recovery"};
    if (failures.period <= 0s) return figure;
    figure.value = 1 - seconds(failures.down) / seconds(failures.period);
    figure.verdict = figure.value >= figure.target ? Verdict::met : Verdict::not_met;
    return figure;
}

std::vector<Figure> traffic_figures(const Counted& counted, const config::Kpis& targets) {
    Figure latency{.name = "latency_p95",
                   .unit = "seconds",
                   .value = counted.latency_p95_seconds,
                   .target = seconds(targets.latency_p95),
                   .basis = "all requests that are timed"};
    Figure errors{.name = "error_rate",
                  .unit = "share",
                  .target = targets.errors.of_one,
                  .basis = "failed by us or an upstream"};
    Figure throughput{.name = "throughput",
                      .unit = "per_second",
                      .value = counted.busiest_per_second,
                      .target = targets.throughput.per_second,
                      .basis = "served in the busiest hour"};
    if (counted.requests > 0) {
        errors.value = static_cast<double>(counted.failed) / static_cast<double>(counted.requests);
        latency.verdict = latency.value < latency.target ? Verdict::met : Verdict::not_met;
        errors.verdict = errors.value < errors.target ? Verdict::met : Verdict::not_met;
        throughput.verdict =
            throughput.value >= throughput.target ? Verdict::met : Verdict::less_asked_for;
    }
    return {latency, errors, throughput};
}

using Spans = std::vector<Span>;

// In order, none touching another.
Spans united(Spans spans) {
    std::ranges::sort(spans, {}, &Span::from);
    Spans out;
    for (const Span& span : spans) {
        if (span.to <= span.from) continue;
        if (!out.empty() && span.from <= out.back().to)
            out.back().to = std::max(out.back().to, span.to);
        else out.push_back(span);
    }
    return out;
}

}  // namespace

Duration covered(std::vector<Span> spans, std::vector<Span> excluded, Span within) {
    for (Span& span : spans) {
        span.from = std::max(span.from, within.from);
        span.to = std::min(span.to, within.to);
    }
    Duration sum{};
    const Spans without = united(std::move(excluded));
    for (const Span& span : united(std::move(spans))) {
        sum += span.to - span.from;
        for (const Span& hole : without) {
            const Instant from = std::max(span.from, hole.from), to = std::min(span.to, hole.to);
            if (from < to) sum -= to - from;
        }
    }
    return sum;
}

Report reckon(const Period& period, const Evidence& evidence, const config::Operations& targets) {
    const auto& cases = evidence.cases;
    Report report{.from = period.span.from,
                  .to = period.span.to,
                  .service = period.service,
                  .team = period.team,
                  .incidents = evidence.incidents,
                  .read = std::ssize(cases),
                  .by_severity = std::vector<std::int64_t>(4),
                  .incidents_least = targets.kpis.incidents_least};
    for (const Case& one : cases) {
        report.open += one.mitigated_at == Instant{} ? 1 : 0;
        report.detected_by_us += one.by_person ? 0 : 1;
        ++report.by_severity[static_cast<std::size_t>(std::clamp<std::int64_t>(one.severity, 1, 4) -
                                                      1)];
    }
    for (const PhaseRow& row : phase_rows) report.phases.push_back(phase_of(cases, row, targets));
    // What was not read counts as the rest does: figures are of the time that was read.
    Period looked_at = period;
    if (report.read < report.incidents && !cases.empty())
        looked_at.span.from = cases.back().declared_at;
    const Failures failures = failures_of(looked_at, evidence, targets.kpis.failure);
    report.failures = failures.count;
    report.figures = {uptime_by_slices(evidence.counted, targets.kpis),
                      uptime_by_incidents(failures, targets.kpis),
                      between_failures(failures, targets.kpis)};
    for (auto& figure : traffic_figures(evidence.counted, targets.kpis))
        report.figures.push_back(std::move(figure));
    report.clocks = clocks_of(cases);
    report.mitigated = bars_of(cases);
    report.over_time = over_time(cases, looked_at.span);
    return report;
}

}  // namespace sg::kpis
