// What an attempt says of its endpoint: life, success, failure; ejection, trial and return.
#include <algorithm>

#include "base/check.h"
#include "gateway/upstream/policy.h"

namespace sg::gateway::upstream {
namespace {

constexpr Duration allowance_least = 1s;           // Nobody is given up sooner for being slow.
constexpr Duration trial_allowance_least = 250ms;  // A trial is a favour that a client does us.
constexpr Duration suspect_least = 100ms;
constexpr Duration suspect_unmeasured = 500ms;
constexpr int times_usual = 4;          // What is "too long", compared with p95 or p99.9.
constexpr Duration lost_grace = 250ms;  // To answer what was asked before it came back.

}  // namespace

Duration ServicePolicy::try_timeout(const Choice& attempt, const TryLimits& limits) const {
    const std::size_t others = ready_count_ - (may_get_requests(*attempt.endpoint) ? 1 : 0);
    if (attempt.replay == Replay::impossible || others == 0) return no_timeout;
    if (limits.per_try != no_timeout) return std::min(limits.per_try, limits.first_byte);
    const auto usual = attempt.trial_open ? first_bytes_.p95() : first_bytes_.p999();
    if (!usual)
        return attempt.trial_open ? std::min(allowance_least, limits.first_byte) : no_timeout;
    const Duration allowance = std::max(
        attempt.trial_open ? trial_allowance_least : allowance_least, times_usual * *usual);
    return allowance < limits.first_byte ? allowance : no_timeout;
}

void ServicePolicy::alive(Choice& attempt, Tick now) {
    if (!attempt.answered) first_byte(attempt, now);
}

void ServicePolicy::answered(Choice& attempt, int status, Tick now) {
    if (!attempt.answered) first_byte(attempt, now);
    if (attempt.replay == Replay::possible && status < 500) {
        first_bytes_.add(now - attempt.started, now);
        if (const auto p95 = first_bytes_.p95())
            suspect_after_ = std::max(suspect_least, times_usual * *p95);
    }
    if (is_failure_status(status)) judge_failure(attempt, Evidence::bad_answer, now);
    else judge_success(attempt, now);
}

void ServicePolicy::first_byte(Choice& attempt, Tick now) {
    EndpointState& e = *attempt.endpoint;
    attempt.answered = true;
    if (attempt.epoch == e.epoch) {
        --e.silent;
        if (attempt.replay == Replay::possible) --e.waiting;
    } else {  // Given up for lost when the endpoint came back, and yet it answers.
        attempt.epoch = e.epoch;
        ++e.load;
        ++load_;
    }
    // Silent for far longer than anybody ever is, and now it speaks: what else is waiting there was
    // lost, unless it is answered shortly.
    const auto too_long = far_too_long();
    if (e.silent > 0 && too_long && e.lost_at == Tick::never() &&
        now - e.silence_since > *too_long) {
        e.lost_before = now;
        e.lost_at = now + lost_grace;
        lost_due_ = std::min(lost_due_, e.lost_at);
    }
    if (e.ejection.wanted) {
        e.ejection.wanted = false;
        refresh_trials();
    }
    e.silence_since = now;
    e.last_byte_at = now;
    last_byte_at_ = now;
}

void ServicePolicy::end(Choice& attempt, Outcome outcome, Tick now) {
    EndpointState& e = *attempt.endpoint;
    CHECK(e.in_flight > 0);
    switch (outcome) {
        case Outcome::done:
        case Outcome::abandoned: break;
        case Outcome::connect_failed: judge_failure(attempt, Evidence::no_connection, now); break;
        case Outcome::reset: judge_failure(attempt, Evidence::bad_answer, now); break;
        case Outcome::timeout: judge_failure(attempt, Evidence::silence, now); break;
        case Outcome::slow:
            // Ours is the opinion that it took too long: believed if the endpoint has answered
            // nobody meanwhile and another has, or if this was the request to find out.
            if (attempt.trial_open || alone_in_silence(attempt))
                judge_failure(attempt, Evidence::silence, now);
            break;
        case Outcome::cancelled:
            // Clients that lose patience, likewise, lest an endpoint hide behind them.
            if (now - attempt.started > std::max(suspect_unmeasured, suspect_after_) &&
                alone_in_silence(attempt))
                judge_failure(attempt, Evidence::silence, now);
            break;
    }
    --e.in_flight;
    if (attempt.answered || attempt.epoch == e.epoch) {
        --e.load;
        --load_;
        if (!attempt.answered) {
            --e.silent;
            if (attempt.replay == Replay::possible) --e.waiting;
        }
    }
    if (attempt.trial_open && e.ejection.trial) {  // Nothing was learnt: the next request may try.
        e.ejection.trial = false;
        e.ejection.until = now;
        refresh_trials();
    }
    attempt.endpoint = nullptr;
}

bool ServicePolicy::alone_in_silence(const Choice& attempt) const {
    return !attempt.answered && attempt.endpoint->last_byte_at < attempt.started &&
           last_byte_at_ > attempt.started;
}

void ServicePolicy::judge_success(Choice& attempt, Tick now) {
    EndpointState& e = *attempt.endpoint;
    Ejection& ejection = e.ejection;
    ejection.failures = 0;
    ejection.by_check = false;
    // Words from before the ejection are no news, unless silence was the reason for it.
    if (ejection.active &&
        (attempt.trial_open || ejection.silent || attempt.started >= ejection.since))
        bring_back(e, now);
    if (attempt.trial_open) ejection.trial = false;
    attempt.trial_open = false;
}

void ServicePolicy::judge_failure(Choice& attempt, Evidence evidence, Tick now) {
    EndpointState& e = *attempt.endpoint;
    if (attempt.epoch != e.epoch || e.leaving) return;  // It has come back since: old news.
    Ejection& ejection = e.ejection;
    ++ejection.failures;
    ++e.failures_total;
    ejection.silent = evidence == Evidence::silence;
    const bool trial_failed = attempt.trial_open;
    attempt.trial_open = false;
    if (trial_failed) {
        ejection.trial = false;
        ejection.until = now + outlier_.eject_for;
    }
    const bool enough = trial_failed || ejection.failures >= outlier_.consecutive_failures;
    const bool again = ejection.active && trial_failed;
    if (again || (outlier_.enabled && enough && !ejection.active && ejections_allowed() > 0))
        eject(e, now);
}

// How many more may be ejected. Of two or more endpoints, one always may; the last one never.
std::size_t ServicePolicy::ejections_allowed() const {
    std::size_t all = 0;
    std::size_t ejected = 0;
    for (const auto& e : endpoints_) {
        if (e->leaving || e->drained || e->breaker_open || versions_[e->version].turn.weight == 0)
            continue;
        ++all;
        if (e->ejection.active) ++ejected;
    }
    if (all < 2 || outlier_.ejected_most.of_one <= 0) return 0;
    const auto most =
        static_cast<std::size_t>(outlier_.ejected_most.of_one * static_cast<double>(all));
    const std::size_t allowed = std::clamp<std::size_t>(most, 1, all - 1);
    return allowed > ejected ? allowed - ejected : 0;
}

void ServicePolicy::eject(EndpointState& endpoint, Tick now) {
    Ejection& ejection = endpoint.ejection;
    if (!ejection.active) ++endpoint.ejections_total;
    const Duration most = std::max(outlier_.eject_most, outlier_.eject_for);
    ejection.span = ejection.span == 0ns ? outlier_.eject_for : std::min(ejection.span * 2, most);
    ejection.active = true;
    ejection.trial = false;
    ejection.since = now;
    ejection.until = now + ejection.span;
    refresh();
    // Those that wait for an endpoint that says nothing to anybody need not wait on. One that
    // answers badly will answer them, too.
    if (endpoint.silent > 0 && now - endpoint.silence_since > suspect_after_)
        abandon(endpoint, now);
}

// Back with its full share at once (or slow start, if configured): whatever never got an answer is
// neither load nor evidence any more, and after a grace it should be tried elsewhere.
void ServicePolicy::bring_back(EndpointState& endpoint, Tick now) {
    Ejection& ejection = endpoint.ejection;
    ejection.active = ejection.wanted = ejection.trial = ejection.silent = false;
    ejection.failures = 0;
    ejection.span = 0ns;
    endpoint.load -= endpoint.silent;
    load_ -= endpoint.silent;
    if (endpoint.silent > 0) {
        endpoint.lost_before = now;
        endpoint.lost_at = now + lost_grace;
        lost_due_ = std::min(lost_due_, endpoint.lost_at);
    }
    endpoint.silent = endpoint.waiting = 0;
    ++endpoint.epoch;
    begin_slow_start(endpoint, now);
    refresh();
}

// Longer than any request that can be repeated takes at this service. Empty: not known yet.
std::optional<Duration> ServicePolicy::far_too_long() const {
    const auto usual = first_bytes_.p999();
    if (!usual) return std::nullopt;
    return std::max(allowance_least, times_usual * *usual);
}

// An endpoint that swallowed a few requests is more loaded than its siblings for as long as those
// wait, so that no other would ever find out whether it hangs, or that it is well again. One is
// sent to find out.
void ServicePolicy::want_trial_of_the_silent(EndpointState& endpoint, Tick now) {
    Ejection& ejection = endpoint.ejection;
    if (!outlier_.enabled || endpoint.silent == 0 || ejection.wanted || ejection.trial ||
        !endpoint.available())
        return;
    const auto too_long = far_too_long();
    if (!too_long || now - endpoint.silence_since <= *too_long) return;
    if (last_byte_at_ <= endpoint.silence_since || now < ejection.until) return;
    ejection.wanted = true;
    ejection.until = now;
    refresh_trials();
}

void ServicePolicy::abandon(EndpointState& endpoint, Tick before) {
    endpoint.abandon_before = before;
    ++endpoint.abandon_generation;
    if (on_abandon) on_abandon(endpoint);
}

}  // namespace sg::gateway::upstream
