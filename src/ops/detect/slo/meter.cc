#include "ops/detect/slo/meter.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.h"
#include "ops/detect/slo/burn.h"
#include "ops/detect/slo/decide.h"

namespace sg::slo {

namespace {

using config::Objective;

// Requests that must have been expected while nothing was seen: by chance alone once in 5e8.
constexpr double silence_least = 20;
constexpr Duration day = 24h;

Instant floor_to(Instant at, Duration step) { return {at.ns / step.count() * step.count()}; }

std::vector<Duration> windows_of(std::span<const Tier> tiers, Duration period) {
    std::vector<Duration> windows{period};
    for (const Tier& tier : tiers) {
        windows.push_back(tier.long_window);
        windows.push_back(tier.short_window);
    }
    std::ranges::sort(windows);
    const auto [first, last] = std::ranges::unique(windows);
    windows.erase(first, last);
    return windows;
}

bool equal(const Objective& a, const Objective& b) {
    return a.kind == b.kind && a.target == b.target && a.within == b.within && a.rate == b.rate &&
           a.over == b.over && a.slice_target == b.slice_target && a.page == b.page &&
           a.ticket == b.ticket;
}

bool equal(const config::BurnTier& a, const config::BurnTier& b) {
    return a.name == b.name && a.window == b.window && a.spend == b.spend && a.page == b.page;
}

std::map<std::string, Duration> latency_objectives(const config::Config& config) {
    std::map<std::string, Duration> all;
    for (const auto& [name, service] : config.services) all[name] = service.latency_objective;
    return all;
}

// Of those that were timed, the ones that took longer, to the width of a bucket.
std::int64_t count_over(const telemetry::ExponentialHistogram& durations, Duration within) {
    if (durations.counts.empty()) return 0;
    const auto limit = telemetry::bucket_of(static_cast<std::uint64_t>(within.count())) >>
                       (telemetry::scale_finest - durations.scale);
    std::uint64_t over = 0;
    for (std::size_t i = 0; i < durations.counts.size(); ++i)
        if (durations.offset + static_cast<std::int32_t>(i) > limit) over += durations.counts[i];
    return static_cast<std::int64_t>(over);
}

}  // namespace

Duration resolution_of(Duration window, Duration finest) {
    const Duration step = window <= 15min ? 1s : window <= 2h ? 10s : window <= 72h ? 1min : 1h;
    return std::max(step, finest);
}

Tracks::Tracks(std::vector<Duration> windows, Duration finest) : finest_(finest) {
    std::map<Duration, std::vector<Duration>> by_resolution;
    for (const Duration window : windows) {
        const Duration step = resolution_of(window, finest);
        by_resolution[step].push_back(std::max(window, step));
    }
    for (auto& [step, lengths] : by_resolution) tracks_.emplace_back(step, std::move(lengths));
}

void Tracks::add(Instant at, Counts counts) {
    for (Track& track : tracks_) track.add(at, counts);
}

void Tracks::advance(Instant now) {
    for (Track& track : tracks_) track.advance(now);
}

const Track& Tracks::of(Duration window) const {
    const auto found =
        std::ranges::find(tracks_, resolution_of(window, finest_), &Track::resolution);
    CHECK(found != tracks_.end());
    return *found;
}

Counts counts_of(const Meter::Gauge& gauge, const signals::Flow& flow) {
    if (gauge.slo.objective.kind == Objective::Kind::errors) return {flow.failed, flow.requests};
    if (gauge.counts_exactly) return {flow.timed - flow.within, flow.timed};
    return {count_over(flow.duration, gauge.slo.objective.within), flow.timed};
}

bool Meter::is_same(const config::Config& config, std::span<const Slo> slos) const {
    const auto& rows = config.operations.burn;
    if (!std::ranges::equal(rows, rows_, [](auto& a, auto& b) { return equal(a, b); }))
        return false;
    for (const auto& [name, service] : services_) {
        const auto found = config.services.find(name);
        if (found == config.services.end() ||
            found->second.latency_objective != service.latency_objective)
            return false;
    }
    return std::ranges::equal(slos, gauges_, [](const Slo& slo, const Gauge& gauge) {
        return slo.id == gauge.slo.id && equal(slo.objective, gauge.slo.objective);
    });
}

void Meter::set_up(const config::Config& config, std::vector<Slo> slos) {
    services_.clear();
    gauges_.clear();
    rows_ = config.operations.burn;
    for (const auto& [name, probe] : config.operations.probes)
        if (config.services.contains(probe.service)) services_[probe.service].is_probed = true;
    for (Slo& slo : slos) {
        const Duration exact = config.services.at(slo.service).latency_objective;
        services_[slo.service].latency_objective = exact;
        const auto tiers = tiers_of(rows_, slo);
        const auto windows = windows_of(tiers, slo.objective.over);
        const Duration finest = slo.counts_minutes() ? Duration{1min} : Duration{1s};
        const bool is_first = gauges_.empty() || gauges_.back().slo.service != slo.service;
        const bool counts_exactly = slo.objective.within == exact;
        std::vector<Duration> evident;
        if (slo.counts_minutes())
            for (const Tier& tier : tiers) evident.push_back(tier.short_window);
        gauges_.push_back({std::move(slo), tiers, is_first, counts_exactly, Tracks(windows, finest),
                           Tracks(evident, finest)});
    }
}

void Meter::follow(const config::Config& config, const signals::History& history) {
    auto slos = objectives_of(config.operations, latency_objectives(config));
    const signals::Second second = history.latest();
    if (second.at == Instant{}) return;  // Nothing was pulled yet.
    const bool is_same = this->is_same(config, slos);
    if (is_same && second.at == at_) return;

    const Duration gap = (second.at - second.span) - at_;
    const bool is_next = at_ != Instant{} && std::chrono::abs(gap) < 1s && second.at > at_;
    if (!is_same) set_up(config, std::move(slos));
    if (is_same && is_next) feed(second);
    else rebuild(history, second.at);
    at_ = second.at;
    for (const auto& [name, service] : services_) judge_minutes(name, history, at_);
    for (Gauge& gauge : gauges_) {
        // Of minutes only whole ones are in the windows.
        gauge.counts.advance(gauge.slo.counts_minutes() ? floor_to(at_, 1min) : at_);
        gauge.evidence.advance(floor_to(at_, 1min));
    }
    look_for_silence(at_);
}

void Meter::feed(const signals::Second& second) {
    for (Gauge& gauge : gauges_) {
        const auto found = second.services.find(gauge.slo.service);
        if (found == second.services.end()) continue;
        if (found->second.requests > 0) see(gauge.slo.service, second.at);
        if (!gauge.slo.counts_minutes())
            gauge.counts.add(second.at, counts_of(gauge, found->second));
    }
}

void Meter::see(const std::string& name, Instant at) {
    Service& service = services_[name];
    if (service.first_seen == Instant{}) service.first_seen = at;
    service.first_seen = std::min(service.first_seen, at);
    service.last_seen = std::max(service.last_seen, at);
}

void Meter::rebuild_requests(Gauge& gauge, const signals::History& history, Instant now) const {
    for (Track& track : gauge.counts.all()) {
        track.clear();
        const Instant from = floor_to(now - track.longest(), track.resolution());
        for (const auto& bucket : history.buckets(gauge.slo.service, from, now, track.resolution()))
            track.add(std::min(bucket.from + bucket.span, now), counts_of(gauge, bucket.flow));
    }
}

void Meter::rebuild(const signals::History& history, Instant now) {
    for (auto& [name, service] : services_) {
        service.unseen_since = std::nullopt;
        service.first_seen = {};
        for (const auto& bucket : history.buckets(name, now - 24h, now, 1min))
            if (bucket.flow.requests > 0) see(name, std::min(bucket.from + bucket.span, now));
        service.minute = {};
    }
    for (Gauge& gauge : gauges_) {
        if (!gauge.slo.counts_minutes()) {
            rebuild_requests(gauge, history, now);
            continue;
        }
        for (Track& track : gauge.counts.all()) track.clear();
        for (Track& track : gauge.evidence.all()) track.clear();
        Instant& minute = services_[gauge.slo.service].minute;
        const Instant from = floor_to(now - gauge.slo.objective.over, 1min);
        minute = minute == Instant{} ? from : std::min(minute, from);
    }
}

void Meter::judge_minutes(const std::string& name, const signals::History& history, Instant now) {
    Service& service = services_[name];
    if (service.minute == Instant{}) return;  // No objective of it counts minutes.
    const Instant end = floor_to(now, 1min);
    // Bound: the days of the longest period, after a start; one minute, usually.
    while (service.minute < end) {
        const Instant to = std::min(end, service.minute + day);
        judge_minutes_until(name, history, to);
        service.minute = to;
    }
}

// Requires: at most a day of minutes, so that the history need not coarsen them.
void Meter::judge_minutes_until(const std::string& name, const signals::History& history,
                                Instant end) {
    const Service& service = services_[name];
    const auto buckets = history.buckets(name, service.minute, end, 1min);
    auto bucket = buckets.begin();
    for (Instant at = service.minute; at < end; at = at + 1min) {
        Minute minute;
        for (; bucket != buckets.end() && bucket->from < at + 1min; ++bucket) {
            minute.requests += bucket->flow.requests;
            minute.failed += bucket->flow.failed;
        }
        if (service.is_probed)
            std::tie(minute.probes, minute.probes_well) = history.probes(name, at, at + 1min);
        if (minute.requests == 0 && minute.probes == 0) continue;
        see(name, at + 1min);
        add_minute(name, at, minute);
    }
}

void Meter::add_minute(const std::string& name, Instant minute, const Minute& counts) {
    for (Gauge& gauge : gauges_) {
        if (gauge.slo.service != name || !gauge.slo.counts_minutes()) continue;
        const Verdict verdict = verdict_of(gauge.slo.objective, counts);
        if (verdict == Verdict::unknown) continue;
        const bool is_bad = verdict != Verdict::good;
        gauge.counts.add(minute + 1min, {is_bad ? 1 : 0, 1});
        const auto probed = verdict == Verdict::bad_probed ? failures_least : 0;
        gauge.evidence.add(minute + 1min, {counts.failed + probed, counts.requests});
    }
}

void Meter::look_for_silence(Instant now) {
    for (const Gauge& gauge : gauges_) {
        if (!gauge.is_first || gauge.tiers.empty()) continue;
        Service& service = services_[gauge.slo.service];
        if (service.last_seen == Instant{}) continue;
        const Duration silent = now - service.last_seen;
        const Duration least = absence_after(gauge.tiers.front(), gauge.slo.budget());
        if (silent < 1min) service.unseen_since = std::nullopt;
        if (silent < std::max<Duration>(least, 1min) || service.unseen_since) continue;
        const auto count = [&](const Gauge& other) {
            return other.slo.service == gauge.slo.service && !other.slo.counts_minutes() &&
                   !other.tiers.empty();
        };
        const auto counting = std::ranges::find_if(gauges_, count);
        if (counting == gauges_.end()) continue;
        const Duration window = counting->tiers.front().long_window;
        const double share = std::chrono::duration<double>(silent) / window;
        const auto seen = static_cast<double>(counting->counts.of(window).sum(window).total);
        if (seen * share >= silence_least) service.unseen_since = service.last_seen;
    }
}

Measured Meter::measure(const Gauge& gauge) const {
    Measured measured;
    const Instant first_seen = services_.at(gauge.slo.service).first_seen;
    const auto sum = [](const Tracks& tracks, Duration window) {
        const Track& track = tracks.of(window);
        return track.sum(std::max(window, track.resolution()));
    };
    for (const Tier& tier : gauge.tiers) {
        Reading reading{sum(gauge.counts, tier.long_window),
                        sum(gauge.counts, tier.short_window),
                        {},
                        at_ - first_seen >= tier.short_window};
        reading.evidence =
            gauge.slo.counts_minutes() ? sum(gauge.evidence, tier.short_window) : reading.in_short;
        if (measured.bad_since == Instant{} && reading.in_short.bad > 0)
            measured.bad_since =
                gauge.counts.of(tier.short_window)
                    .first_bad(std::max(tier.short_window, resolution_of(tier.short_window, 1s)))
                    .value_or(at_);
        measured.tiers.push_back(reading);
    }
    measured.period = sum(gauge.counts, gauge.slo.objective.over);
    if (gauge.is_first) measured.unseen_since = services_.at(gauge.slo.service).unseen_since;
    return measured;
}

}  // namespace sg::slo
