#include "ops/respond/mitigation/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>

namespace sg::mitigation {

namespace {

constexpr double chance_most = 1e-4;
constexpr double worse_least = 0.05;     // Of all requests: users feel it.
constexpr std::int64_t wrong_least = 5;  // Below, it may be anything.
constexpr std::int64_t enough = 20;      // Requests that say that all is well.
constexpr double well_most = 0.005;      // A share that nobody is woken for.

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

bool is_worse(const Span& after, const Span& before) {
    return after.wrong >= wrong_least && share_of(after) >= share_of(before) + worse_least &&
           chance(after, before) < chance_most;
}

// What it refuses by intention is not held against it.
Span without_refused(Span span, double refused) {
    const auto meant = static_cast<std::int64_t>(refused * static_cast<double>(span.requests));
    span.wrong = std::max<std::int64_t>(0, span.wrong - meant);
    return span;
}

bool others_are_worse(const Sight& sight) {
    return sight.others_before.requests > 0 && sight.others_after.requests > 0 &&
           is_worse(sight.others_after, sight.others_before);
}

std::string harm(const Mitigation& m, const Sight& sight) {
    const Span& before = sight.before.requests > 0 ? sight.before : sight.usual;
    if (before.requests == 0) return {};
    const Span after = without_refused(sight.after, sight.refused);
    const bool compares = m.wanted.verify.compare;
    if (is_worse(after, before) && !(compares && others_are_worse(sight)))
        return fmt::format(
            "{} of requests go wrong, {} before{}", percent(share_of(after)),
            percent(share_of(before)),
            sight.others_after.requests > 0 ? "; untouched traffic is as it was" : "");
    return {};
}

// The trouble is seen in the requests, so that they can say when it is over.
bool shows(const Sight& sight) { return is_worse(sight.before, sight.usual); }

bool is_well(const Sight& sight, double share) {
    return share <= std::max(well_most, 2 * share_of(sight.usual));
}

std::string help(const Mitigation& m, const Sight& sight, Instant now) {
    const Duration holds = m.wanted.verify.holds;
    if (sight.condition)
        return sight.met_at != Instant::never() && now - sight.met_at >= holds
                   ? fmt::format("`{}` has held for {}", m.wanted.verify.when, to_text(holds))
                   : std::string();
    if (sight.cleared_at != Instant::never() && now - sight.cleared_at >= holds)
        return fmt::format("the signals that fired have cleared, for {}", to_text(holds));
    if (!sight.lately_whole) return {};
    // Without a signal and without trouble in the requests there is no more to see than no harm.
    if (!sight.has_signals && !shows(sight)) return "nothing got worse";
    if (sight.lately.requests < enough || !shows(sight)) return {};
    if (!is_well(sight, sight.worst_lately)) return {};
    return fmt::format("{} of requests go wrong for {}, {} before", percent(share_of(sight.lately)),
                       to_text(holds), percent(share_of(sight.before)));
}

bool begins_to_help(const Sight& sight) {
    if (sight.condition) return sight.met_at != Instant::never();
    if (sight.cleared_at != Instant::never()) return true;
    return sight.after.requests > 0 && shows(sight) && is_well(sight, share_of(sight.after));
}

}  // namespace

double share_of(const Span& span) {
    if (span.requests == 0) return 0;
    return static_cast<double>(span.wrong) / static_cast<double>(span.requests);
}

double chance(const Span& one, const Span& other) {
    const auto wrong = static_cast<double>(one.wrong + other.wrong);
    const auto all = static_cast<double>(one.requests + other.requests);
    if (one.wrong <= 0 || one.requests <= 0 || other.requests <= 0) return 1;
    const boost::math::binomial_distribution<double> fair(wrong,
                                                          static_cast<double>(one.requests) / all);
    return boost::math::cdf(boost::math::complement(fair, static_cast<double>(one.wrong) - 1));
}

double meant_to_refuse(const ports::Act& act) {
    if (act.verb == "limit" || act.verb == "block_client") return 0.5;
    const auto share = act.with.find("share");
    if (act.verb != "shed" || share == act.with.end()) return 0;
    return parse_share(share->second).value_or(Share{}).of_one;
}

Judged judge(const Mitigation& mitigation, const Sight& sight, Instant now) {
    if (auto why = harm(mitigation, sight); !why.empty()) return {Verdict::harmful, std::move(why)};
    if (mitigation.state == State::verified) return {};
    if (auto why = help(mitigation, sight, now); !why.empty())
        return {Verdict::verified, std::move(why)};
    const auto& verify = mitigation.wanted.verify;
    const Duration since = now - mitigation.applied_at;
    const Duration most = begins_to_help(sight) ? verify.within + verify.holds : verify.within;
    if (since < most) return {};
    return {
        Verdict::unhelpful,
        fmt::format("{} of requests go wrong after {}, {} before", percent(share_of(sight.after)),
                    to_text(Duration(std::chrono::floor<std::chrono::seconds>(since))),
                    percent(share_of(sight.before)))};
}

}  // namespace sg::mitigation
