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

struct Span {
    Instant from;
    Instant to;
    Duration step;
};

void rehearse_traffic(const AlertRule& rule, const std::string& service,
                      const signals::History& history, const Span& span, Rehearsal& rehearsal) {
    const Duration window = std::max(rule.window, span.step);
    const auto buckets = history.buckets(service, span.from - window, span.to, span.step);
    std::size_t first = 0;
    std::size_t next = 0;
    for (Instant at = span.from; at <= span.to; at = at + span.step) {
        while (next < buckets.size() && buckets[next].from < at) ++next;
        while (first < next && buckets[first].from < at - window) ++first;
        Traffic traffic;  // Bound: the buckets of a window.
        for (std::size_t i = first; i < next; ++i) traffic.add(buckets[i].flow, rule);
        // Coarse buckets hide how a failure is spread: what they hold is taken as spread.
        if (window / span.step < 10) {
            traffic.buckets_failing = traffic.sum.failed > 0 ? 1000 : 0;
            traffic.buckets_slow = traffic.slow > 0 ? 1000 : 0;
        }
        rehearsal.feed(at, value_of(rule, traffic));
    }
}

void rehearse_resource(const AlertRule& rule, const std::string& name,
                       const signals::History& history, const Span& span, Rehearsal& rehearsal) {
    const auto levels = history.levels(name, span.from - rule.window, span.to);
    const bool is_mean = rule.signal == "cpu" || rule.signal == "network";
    std::size_t first = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const Instant at = levels[i].at;
        while (levels[first].at <= at - rule.window) ++first;
        double sum = 0;
        int count = 0;
        for (std::size_t j = is_mean ? first : i; j <= i; ++j)
            if (const auto value = value_of(rule, levels[j].resources)) {
                sum += *value;
                ++count;
            }
        if (at < span.from) continue;
        rehearsal.feed(at, count == 0 ? std::nullopt : std::optional(sum / count));
    }
}

}  // namespace

Result<std::vector<Rehearsed>> would_have_fired(const config::AlertRule& rule,
                                                const std::vector<std::string>& whose,
                                                const signals::History& history, Instant from,
                                                Instant to) {
    if (!rule.promql.empty())
        return fail(Errc::unsupported, "a rule by PromQL cannot be tried on the stored history",
                    "ask the server that it is for");
    const Instant now = history.latest().at;
    const Span span{from, std::min(to, now), resolution_at(now - from)};
    std::vector<Rehearsed> all;
    for (const std::string& one : whose) {
        Rehearsal rehearsal(rule, one);
        if (is_of_traffic(rule)) rehearse_traffic(rule, one, history, span, rehearsal);
        else rehearse_resource(rule, one, history, span, rehearsal);
        std::ranges::move(rehearsal.take(), std::back_inserter(all));
    }
    std::ranges::sort(all, {}, &Rehearsed::fired_at);
    return all;
}

}  // namespace sg::alerts
