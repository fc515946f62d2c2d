#include "ops/detect/alerts/rehearsal.h"

#include <algorithm>

#include "ops/detect/alerts/rules.h"

namespace sg::alerts {

namespace {

using config::AlertRule;

// What is held of that age. Source: signals::History.
Duration resolution_at(Duration age) {
    if (age <= 15min) return 1s;
    if (age <= 48h) return 10s;
    return age <= 35 * 24h ? Duration{1min} : Duration{1h};
}

// The state machine of one alert, fed with a value a step.
class Rehearsal {
  public:
    Rehearsal(const AlertRule& rule, std::string whose) : rule_(rule) {
        now_.whose = std::move(whose);
    }

    void feed(Instant at, std::optional<double> value) {
        const bool is_firing = now_.fired_at != Instant{};
        if (value && is_beyond(rule_, *value, is_firing ? Held::yes : Held::no)) {
            see(at, *value);
            return;
        }
        if (!is_firing) {
            active_since_ = {};
            return;
        }
        if (absent_since_ == Instant{}) absent_since_ = at;
        if (at - absent_since_ < rule_.keep_firing) return;
        now_.cleared_at = at;
        end();
    }

    std::vector<Rehearsed> take() {
        if (now_.fired_at != Instant{}) end();
        return std::move(all_);
    }

  private:
    void see(Instant at, double value) {
        absent_since_ = {};
        if (active_since_ == Instant{}) active_since_ = at;
        if (now_.fired_at == Instant{}) {
            if (at - active_since_ < rule_.pending) return;
            now_.fired_at = at;
            now_.worst = value;
        }
        now_.worst = rule_.above ? std::max(now_.worst, value) : std::min(now_.worst, value);
    }

    void end() {
        all_.push_back(now_);
        now_.fired_at = now_.cleared_at = {};
        active_since_ = absent_since_ = {};
    }

    const AlertRule& rule_;
    std::vector<Rehearsed> all_;
    Rehearsed now_;
    Instant active_since_;
    Instant absent_since_;
};

constexpr std::int64_t looks_in_window = 60;  // Bound: of what is added up for one look.

void see_from(Trial& trial, Instant at) {
    if (trial.seen_from == Instant{} || at < trial.seen_from) trial.seen_from = at;
}

void rehearse_traffic(const AlertRule& rule, const std::string& service,
                      const signals::History& history, Trial& trial, Rehearsal& rehearsal) {
    const Duration window = std::max(rule.window, trial.step);
    const auto buckets = history.buckets(service, trial.from - window, trial.to, trial.step);
    if (!buckets.empty()) see_from(trial, std::max(trial.from, buckets.front().from));
    // After a restart less is held than its age promises.
    Duration step = trial.step;
    for (const auto& bucket : buckets) step = std::max(step, bucket.span);
    trial.step = step;
    std::size_t first = 0;
    std::size_t next = 0;
    // Looked at where buckets end, so that each counts whole.
    const auto over = trial.from.ns % step.count();
    const Instant begin = over == 0 ? trial.from : trial.from + (step - Duration{over});
    for (Instant at = begin; at <= trial.to; at = at + step) {
        while (next < buckets.size() && buckets[next].from + buckets[next].span <= at) ++next;
        while (first < next && buckets[first].from < at - window) ++first;
        Traffic traffic;
        for (std::size_t i = first; i < next; ++i) traffic.add(buckets[i].flow, rule);
        // Coarse buckets hide how a failure is spread: what they hold is taken as spread.
        if (window / step < 10) {
            traffic.buckets_failing = traffic.sum.failed > 0 ? 1000 : 0;
            traffic.buckets_slow = traffic.slow > 0 ? 1000 : 0;
        }
        rehearsal.feed(at, value_of(rule, traffic));
    }
}

void rehearse_resource(const AlertRule& rule, const std::string& name,
                       const signals::History& history, Trial& trial, Rehearsal& rehearsal) {
    const auto levels = history.levels(name, trial.from - rule.window, trial.to);
    const bool is_mean = rule.signal == "cpu" || rule.signal == "network";
    double sum = 0;
    int count = 0;
    std::size_t first = 0;
    for (const auto& level : levels) {
        const auto value = value_of(rule, level.resources);
        if (value) {
            sum += *value;
            ++count;
        }
        for (; levels[first].at <= level.at - rule.window; ++first)
            if (const auto old = value_of(rule, levels[first].resources)) {
                sum -= *old;
                --count;
            }
        if (level.at < trial.from) continue;
        see_from(trial, level.at);
        const auto mean = count == 0 ? std::nullopt : std::optional(sum / count);
        rehearsal.feed(level.at, is_mean ? mean : value);
    }
    for (std::size_t i = 1; i < levels.size() && i < 3; ++i)
        trial.step = std::max(trial.step, levels[i].at - levels[i - 1].at);
}

}  // namespace

Result<Trial> would_have_fired(const AlertRule& rule, const std::vector<std::string>& whose,
                               const signals::History& history, Instant from, Instant to) {
    if (!rule.promql.empty())
        return fail(Errc::unsupported, "a rule by PromQL cannot be tried on the stored history",
                    "ask the server that it is for");
    const Instant now = history.latest().at;
    Trial trial{.from = from, .to = std::min(to, now), .whose = whose};
    trial.step = resolution_at(now - from);
    if (is_of_traffic(rule)) {
        const Duration least =
            std::max(rule.window / looks_in_window, (trial.to - from) / steps_max);
        while (trial.step < least) trial.step *= 2;
    }
    for (const std::string& one : whose) {
        Rehearsal rehearsal(rule, one);
        if (is_of_traffic(rule)) rehearse_traffic(rule, one, history, trial, rehearsal);
        else rehearse_resource(rule, one, history, trial, rehearsal);
        std::ranges::move(rehearsal.take(), std::back_inserter(trial.fired));
    }
    std::ranges::sort(trial.fired, {}, &Rehearsed::fired_at);
    return trial;
}

std::vector<std::string> watched_by(const AlertRule& rule, const config::Config& config,
                                    const signals::Second& latest) {
    const auto is_for = [&](std::string_view service) {
        return rule.services.empty() ||
               std::ranges::find(rule.services, service) != rule.services.end();
    };
    std::vector<std::string> names;
    if (is_of_traffic(rule)) {
        for (const auto& [service, unused] : config.services)
            if (is_for(service)) names.push_back(service);
        return names;
    }
    for (const auto& [name, unused] : latest.resources) {
        const std::string_view service =
            name.starts_with("service:") ? std::string_view(name).substr(8) : std::string_view();
        if (rule.services.empty() || (!service.empty() && is_for(service))) names.push_back(name);
    }
    return names;
}

}  // namespace sg::alerts
