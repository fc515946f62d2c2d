// Which endpoint: first the version, by weight, then one of its endpoints.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "gateway/upstream/policy.h"
#include "gateway/upstream/slow_start.h"

namespace sg::gateway::upstream {
namespace {

// Consistent hash lets no endpoint have more than 1.25 times the average in flight, plus this: with
// a few requests in flight, the same endpoint for the same key is worth more than evenness.
constexpr double load_bound = 1.25;
constexpr std::uint32_t load_always = 8;

// Requests that cannot be repeated are used as trials only this many ejection times after one was
// due: a service that gets no others must find out, too.
constexpr int wait_for_replayable = 3;

bool tried(const ChooseInput& input, const EndpointState* endpoint) {
    return std::ranges::find(input.tried, endpoint) != input.tried.end();
}

}  // namespace

std::uint64_t ServicePolicy::random() {  // xorshift64* (Vigna 2016).
    random_ ^= random_ >> 12;
    random_ ^= random_ << 25;
    random_ ^= random_ >> 27;
    return random_ * 0x2545F4914F6CDD1Dull;
}

Choice ServicePolicy::choose(const ChooseInput& input) {
    CHECK(input.tried.empty());
    budget_.count_request(input.now);
    if (sticky_ && !input.sticky.empty())
        if (EndpointState* named = named_by_cookie(input.sticky))
            return begin(named, Reason::sticky, input);

    Version* version = version_for(input);
    if (version == nullptr) return {};
    if (input.now >= version->trial_due)
        if (EndpointState* e = take_trial(*version, input)) return begin(e, Reason::trial, input);
    return begin(balance(*version, input), panic_ ? Reason::panic : Reason::balanced, input);
}

Choice ServicePolicy::begin(EndpointState* endpoint, Reason reason, const ChooseInput& input) {
    Choice choice;
    choice.reason = reason;
    if (endpoint == nullptr) return choice;
    ++endpoint->in_flight;
    ++endpoint->load;
    ++load_;
    // Silence begins when somebody begins to wait.
    if (endpoint->silent++ == 0) endpoint->silence_since = input.now;
    if (input.replay == Replay::possible) ++endpoint->waiting;
    ++endpoint->requests_total;
    choice.endpoint = endpoint;
    choice.set_cookie = sticky_ && reason != Reason::sticky;
    choice.trial_open = reason == Reason::trial;
    choice.replay = input.replay;
    choice.epoch = endpoint->epoch;
    choice.abandon_generation = endpoint->abandon_generation;
    choice.started = input.now;
    return choice;
}

EndpointState* ServicePolicy::named_by_cookie(std::string_view cookie) const {
    if (cookie.size() != cookie_size) return nullptr;
    std::uint64_t token = 0;
    for (const char c : cookie) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return nullptr;
        token = token << 4 | static_cast<std::uint64_t>(digit);
    }
    for (const auto& e : endpoints_)
        if (e->token == token && !e->leaving)
            return may_get_requests(*e) && versions_[e->version].turn.weight > 0 ? e.get()
                                                                                 : nullptr;
    return nullptr;
}

ServicePolicy::Version* ServicePolicy::version_for(const ChooseInput& input) {
    const auto able = [&](const Version& version) {
        return !version.ready.empty() || trial_due_for(version, input);
    };
    if (only_version_ >= 0) {
        Version& only = versions_[static_cast<std::size_t>(only_version_)];
        return able(only) ? &only : nullptr;
    }
    if (balance_ == config::Balance::consistent_hash && input.hash != 0) {
        // By key, so that a client stays with its version: weighted rendezvous hashing. A change of
        // weights moves only the keys that it must.
        Version* best = nullptr;
        double best_score = 0;
        for (Version& version : versions_) {
            if (version.turn.weight == 0 || !able(version)) continue;
            const std::uint64_t mixed = (input.hash ^ version.name_hash) * 0x9FB21C651E98DF25ull;
            const double u = (static_cast<double>((mixed ^ mixed >> 32) >> 11) + 0.5) * 0x1p-53;
            const double score = version.turn.weight / -std::log(u);
            if (best == nullptr || score > best_score) best = &version, best_score = score;
        }
        return best;
    }
    for (Version& version : versions_) version.turn.able = able(version);
    const int turn = next_turn(std::span<Version>(versions_));
    return turn < 0 ? nullptr : &versions_[static_cast<std::size_t>(turn)];
}

// --- trials
// ----------------------------------------------------------------------------------------

bool ServicePolicy::may_be_tried(const EndpointState& e) const {
    return (e.ejection.active || e.ejection.wanted) && !e.ejection.trial &&
           !e.ejection.check_failing && !e.drained && !e.breaker_open &&
           e.health != Health::unhealthy;
}

bool ServicePolicy::trial_due_for(const Version& version, const ChooseInput& input) const {
    if (version.trial_due > input.now) return false;
    return input.replay == Replay::possible ||
           input.now - version.trial_due >= outlier_.eject_for * wait_for_replayable;
}

EndpointState* ServicePolicy::take_trial(Version& version, const ChooseInput& input) {
    if (!trial_due_for(version, input)) return nullptr;
    for (EndpointState* e : version.all) {
        if (!may_be_tried(*e) || e->ejection.until != version.trial_due) continue;
        e->ejection.trial = true;
        e->ejection.wanted = false;
        ++e->trials_total;
        refresh_trials();
        return e;
    }
    return nullptr;
}

// --- balancing
// -------------------------------------------------------------------------------------

EndpointState* ServicePolicy::balance(Version& version, const ChooseInput& input) {
    if (version.ready.empty()) return nullptr;
    if (version.ready.size() == 1) return version.ready.front();
    switch (balance_) {
        case config::Balance::round_robin: return in_turn(version, input.now);
        case config::Balance::consistent_hash:
            if (input.hash != 0) return by_hash(version, input);
            break;  // Nothing to hash.
        case config::Balance::least_requests: break;
    }
    return least_of_two(version, input.now);
}

// In slow start an endpoint is passed over so often that its share is what it should be.
bool ServicePolicy::passed_over(const EndpointState& endpoint, Tick now) {
    if (now >= endpoint.slow_until) return false;
    const double share = slow_start_share(endpoint.slow_since, endpoint.slow_until, now);
    return static_cast<double>(random() >> 11) * 0x1p-53 >= share;
}

// Power of two choices: the less loaded of two at random (Mitzenmacher 2001). Requires: two are
// ready.
EndpointState* ServicePolicy::least_of_two(Version& version, Tick now) {
    const std::uint64_t r = random();
    const auto n = static_cast<std::uint32_t>(version.ready.size());
    const auto i = static_cast<std::uint32_t>((r >> 32) * n >> 32);
    auto j = static_cast<std::uint32_t>((r & 0xFFFFFFFF) * (n - 1) >> 32);
    if (j >= i) ++j;  // i and j differ, and no pair is likelier than another.
    EndpointState* a = version.ready[i];
    EndpointState* b = version.ready[j];
    if (now < a->slow_until || now < b->slow_until) [[unlikely]] {
        if (passed_over(*a, now)) return b;
        if (passed_over(*b, now)) return a;
    }
    const bool a_stalls = shunned(*a, now);
    const bool b_stalls = shunned(*b, now);
    if (a_stalls && b_stalls) [[unlikely]] {
        for (EndpointState* e : version.ready)
            if (!shunned(*e, now)) return e;
    } else if (a_stalls != b_stalls) [[unlikely]] {
        return a_stalls ? b : a;
    }
    return b->load < a->load ? b : a;  // A tie goes to a, which is random.
}

EndpointState* ServicePolicy::in_turn(Version& version, Tick now) {
    const std::size_t n = version.ready.size();
    for (std::size_t i = 0; i < 2 * n; ++i) {  // Bound: twice around, for credit to build up.
        if (++version.cursor >= n) version.cursor = 0;
        EndpointState* e = version.ready[version.cursor];
        if (shunned(*e, now)) continue;
        if (now < e->slow_until) [[unlikely]] {
            e->turn_credit += slow_start_share(e->slow_since, e->slow_until, now);
            if (e->turn_credit < 1) continue;
            e->turn_credit -= 1;
        }
        return e;
    }
    return least_of_two(version, now);
}

EndpointState* ServicePolicy::by_hash(Version& version, const ChooseInput& input) {
    const double average = static_cast<double>(load_) / static_cast<double>(ready_count_);
    const auto most = load_always + static_cast<std::uint32_t>(load_bound * average);
    const double place = static_cast<double>(input.hash & 0xFFFF) * 0x1p-16;
    const int found = version.ring.find(input.hash, [&](int member) {
        const EndpointState& e = *version.all[static_cast<std::size_t>(member)];
        if (!may_get_requests(e) || e.load >= most || shunned(e, input.now)) return false;
        return input.now >= e.slow_until ||
               place < slow_start_share(e.slow_since, e.slow_until, input.now);
    });
    if (found < 0) return least_of_two(version, input.now);
    return version.all[static_cast<std::size_t>(found)];
}

// --- trying again
// ----------------------------------------------------------------------------------

bool ServicePolicy::known_to_fail(const EndpointState& endpoint) const {
    return endpoint.ejection.active || endpoint.ejection.failures >= outlier_.consecutive_failures;
}

Choice ServicePolicy::retry(const ChooseInput& input, RetryCause cause) {
    CHECK(!input.tried.empty());
    Choice none;
    EndpointState* last = input.tried.back();
    Elsewhere found;
    // The same version first: a retry should not change what the client gets.
    if (!last->leaving) look_elsewhere(versions_[last->version], input, cause, found);
    for (std::size_t i = 0; i < versions_.size() && found.best == nullptr; ++i)
        if (versions_[i].turn.weight > 0) look_elsewhere(versions_[i], input, cause, found);

    Reason reason = panic_ ? Reason::panic : Reason::balanced;
    if (found.best == nullptr && !found.any_untried && cause == RetryCause::failed &&
        may_get_requests(*last) && !known_to_fail(*last)) {
        found.best = last;
        reason = Reason::again;
    }
    if (found.best == nullptr) {
        none.reason = Reason::nothing_better;
        return none;
    }
    if (!budget_.try_spend(input.now)) {
        none.reason = Reason::budget_spent;
        return none;
    }
    return begin(found.best, reason, input);
}

// The least loaded endpoint that has not been tried and is not known to fail. Linear: retries are
// rare.
void ServicePolicy::look_elsewhere(const Version& version, const ChooseInput& input,
                                   RetryCause cause, Elsewhere& found) {
    const auto good = [&](const EndpointState& e) {
        if (tried(input, &e)) return false;
        found.any_untried = true;
        if (known_to_fail(e)) return false;
        // Where everybody is slow, another will be slow, too.
        return cause != RetryCause::slow || e.silent == 0 ||
               input.now - e.silence_since <= suspect_after_;
    };
    if (balance_ == config::Balance::consistent_hash && input.hash != 0) {
        const int next = version.ring.find(input.hash, [&](int member) {
            const EndpointState& e = *version.all[static_cast<std::size_t>(member)];
            return may_get_requests(e) && !shunned(e, input.now) && good(e);
        });
        if (next >= 0) {
            found.best = version.all[static_cast<std::size_t>(next)];
            return;
        }
    }
    const std::size_t n = version.ready.size();
    const std::size_t from = n > 0 ? random() % n : 0;  // So that ties are random.
    bool best_stalls = false;
    for (std::size_t i = 0; i < n; ++i) {
        EndpointState* e = version.ready[(from + i) % n];
        if (!good(*e)) continue;
        const bool stalls = shunned(*e, input.now);
        if (found.best != nullptr && (stalls != best_stalls ? stalls : e->load >= found.best->load))
            continue;
        found.best = e;
        best_stalls = stalls;
    }
}

}  // namespace sg::gateway::upstream
