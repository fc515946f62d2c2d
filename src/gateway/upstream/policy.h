// Which endpoint gets a request, whether it is tried again elsewhere, and what each attempt says of
// the endpoint.
//
// One per worker and service; no sockets, no clock, no thread, no allocation per request. The
// caller asks choose() or retry(), reports alive()/answered(), and owes exactly one end() for each
// attempt it was given. docs/upstreams.md says in words what this does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/model.h"
#include "gateway/upstream/balance_hash.h"
#include "gateway/upstream/budget.h"
#include "gateway/upstream/endpoints.h"
#include "gateway/upstream/outlier_latency.h"
#include "gateway/upstream/weights.h"

namespace sg::gateway::upstream {

struct PolicyContext {
    HashKey key;             // The same for all workers, restarts and gateways of an installation.
    std::uint64_t seed = 1;  // Different for each worker.
    std::uint32_t workers = 1;  // The floor of the retry budget is divided by it.
};

struct ChooseInput {
    Tick now;
    std::uint64_t hash =
        0;  // policy.hash_of(what `hash_on` names); 0: the request has no such thing.
    std::string_view sticky;                // Value of the service's sticky cookie; empty: none.
    std::span<EndpointState* const> tried;  // In this request, first to last. Empty for choose().
    Replay replay = Replay::impossible;     // Of the attempt that is about to begin.
};

// Why an attempt is to be followed by another.
enum class RetryCause : std::uint8_t {
    failed,  // It has failed, or its endpoint was given up.
    slow,    // try_timeout() has passed. A retry makes sense only where somebody else does answer.
};

struct TryLimits {
    Duration per_try = no_timeout;  // Retry::per_try_timeout of the route or service.
    Duration first_byte = 30s;      // Timeouts::first_byte of the route or service.
};

class ServicePolicy {
  public:
    ServicePolicy(const config::Service& service, const PolicyContext& context);
    ServicePolicy(const ServicePolicy&) = delete;
    ServicePolicy& operator=(const ServicePolicy&) = delete;

    // --- what is there: configuration, names, orchestrators, directives, checks
    // -----------------------

    // A reload. Endpoints of versions that remain keep their state; those of others leave.
    void configure(const config::Service& service);

    // The endpoints of a version, all of them. Those that are there already keep their state; those
    // no longer named get nothing new and are freed by tick() once nothing is in flight. Unknown
    // versions: ignored.
    void set_endpoints(std::string_view version, std::span<const EndpointAddress> list, Tick now);

    // Directive SetWeights: instead of the configured weights; versions not named keep theirs.
    // Empty lifts it.
    void set_weights(const std::map<std::string, std::uint32_t>& weights);

    // Directive DrainEndpoint: all endpoints that are drained now, by text or name.
    void set_drained(std::span<const std::string> endpoints);
    // Directive OpenBreaker: likewise. What waits there without a byte of response goes elsewhere.
    void set_breakers(std::span<const std::string> endpoints, Tick now);

    // An active check has ended: what HealthState now says, and how this check itself went.
    void set_health(EndpointState& endpoint, Health health, bool last_check_passed, Tick now);

    // --- a request
    // ------------------------------------------------------------------------------------

    // The first attempt of a request. Without an endpoint: Reason::none.
    Choice choose(const ChooseInput& input);

    // Another attempt, elsewhere if there is an elsewhere, paid from the retry budget. Without an
    // endpoint the reason says why not; then a failed attempt's ending stands, and a slow one is
    // waited for.
    Choice retry(const ChooseInput& input, RetryCause cause);

    // How long to wait for the first byte, from `started`, before asking retry(…, slow).
    // no_timeout: as long as the configuration says.
    Duration try_timeout(const Choice& attempt, const TryLimits& limits) const;

    void alive(Choice& attempt, Tick now);                 // An informational response came.
    void answered(Choice& attempt, int status, Tick now);  // The head of the final response came.
    void end(Choice& attempt, Outcome outcome, Tick now);

    // --- now and then
    // ---------------------------------------------------------------------------------

    // About every 100 ms: notices lost requests, frees endpoints that have left.
    void tick(Tick now);

    // Calls visit(EndpointState&) for each endpoint that an active check should look at now:
    // suspected of a stall, failing, or ejected.
    template <class Visit>
    void suspects(Tick now, Visit&& visit) {
        for (const auto& endpoint : endpoints_)
            if (!endpoint->leaving &&
                (suspected(*endpoint, now) || endpoint->ejection.failures > 0 ||
                 endpoint->ejection.active))
                visit(*endpoint);
    }

    // Called whenever an endpoint's abandon_generation grows, so that waiting requests can be
    // woken. It must not call back into the policy: schedule, do not resume.
    std::function<void(EndpointState&)> on_abandon;

    // --- for others to see
    // ----------------------------------------------------------------------------

    std::uint64_t hash_of(std::string_view text) const {
        const std::uint64_t hash = siphash(key_, text);
        return hash == 0 ? 1 : hash;
    }
    static constexpr std::size_t cookie_size = 16;
    // What the sticky cookie of this endpoint says: 16 hexadecimal digits.
    void write_cookie(const EndpointState& endpoint, std::span<char, cookie_size> out) const;

    std::span<const std::unique_ptr<EndpointState>> endpoints() const { return endpoints_; }
    std::string_view version_name(std::uint16_t version) const { return versions_[version].name; }
    bool suspected(const EndpointState& endpoint, Tick now) const {
        return endpoint.waiting >= 2 && now - endpoint.silence_since > suspect_after_ &&
               last_byte_at_ >
                   endpoint.silence_since;  // Its own last byte was before that: a sibling's.
    }
    bool panic() const { return panic_; }
    RetryBudget& budget() { return budget_; }

  private:
    struct Version {
        std::string name;
        std::uint32_t configured_weight = 0;
        Weighted turn;
        std::vector<EndpointState*> all;
        std::vector<EndpointState*> ready;  // That may get requests now. Capacity: all.
        std::size_t cursor = 0;             // Of round robin, in ready.
        HashRing ring;                      // Over `all`; consistent hash only.
        std::uint64_t name_hash = 0;
        Tick trial_due = Tick::never();  // The earliest of its ejected endpoints.
    };

    // policy_choose.cc
    Version* version_for(const ChooseInput& input);
    EndpointState* named_by_cookie(std::string_view cookie) const;
    EndpointState* take_trial(Version& version, const ChooseInput& input);
    EndpointState* balance(Version& version, const ChooseInput& input);
    EndpointState* least_of_two(Version& version, Tick now);
    EndpointState* in_turn(Version& version, Tick now);
    EndpointState* by_hash(Version& version, const ChooseInput& input);
    struct Elsewhere {
        EndpointState* best = nullptr;
        bool any_untried = false;
    };
    void look_elsewhere(const Version& version, const ChooseInput& input, RetryCause cause,
                        Elsewhere& found);
    // Suspected, and not so idle compared with the others that a request more would tell us
    // something: without that, a service that becomes slow would starve, by chance, the endpoint
    // that is silent first.
    bool shunned(const EndpointState& e, Tick now) const {
        return suspected(e, now) && 4 * e.load + 8 > load_ / ready_count_;
    }
    bool may_get_requests(const EndpointState& e) const {
        return e.available() || (panic_ && !e.drained && !e.leaving);
    }
    bool known_to_fail(const EndpointState& endpoint) const;
    bool passed_over(const EndpointState& endpoint, Tick now);
    bool may_be_tried(const EndpointState& endpoint) const;
    bool trial_due_for(const Version& version, const ChooseInput& input) const;
    Choice begin(EndpointState* endpoint, Reason reason, const ChooseInput& input);
    std::uint64_t random();

    // policy_judge.cc
    enum class Evidence : std::uint8_t { bad_answer, no_connection, silence };
    void judge_success(Choice& attempt, Tick now);
    void judge_failure(Choice& attempt, Evidence evidence, Tick now);
    bool alone_in_silence(const Choice& attempt) const;
    void eject(EndpointState& endpoint, Tick now);
    void bring_back(EndpointState& endpoint, Tick now);
    void abandon(EndpointState& endpoint, Tick before);
    void want_trial_of_the_silent(EndpointState& endpoint, Tick now);
    std::optional<Duration> far_too_long() const;
    void first_byte(Choice& attempt, Tick now);
    std::size_t ejections_allowed() const;

    // policy.cc
    void refresh();  // Recomputes everything that follows from availability.
    void refresh_trials();
    EndpointState* find(const EndpointAddress& id, std::uint16_t version) const;
    void rebuild_ring(Version& version);
    void begin_slow_start(EndpointState& endpoint, Tick now);
    void leave(EndpointState& endpoint);

    // Copied from the configuration, so that a reload can drop it.
    config::Balance balance_ = config::Balance::least_requests;
    config::Outlier outlier_;
    Duration slow_start_ = 0ns;
    bool sticky_ = false;

    HashKey key_;
    std::uint64_t random_;
    std::uint32_t workers_;
    std::string name_;

    std::vector<Version> versions_;
    std::vector<std::unique_ptr<EndpointState>> endpoints_;  // Leaving ones too.
    std::map<std::string, std::uint32_t> weights_said_;
    std::vector<std::string> drained_said_;
    std::vector<std::string> breakers_said_;
    int only_version_ = -1;  // The only one that can be chosen now, or -1.
    bool panic_ = false;
    std::size_t ready_count_ = 0;
    std::uint32_t load_ = 0;  // Sum over the endpoints.

    RetryBudget budget_;
    FirstByteTimes first_bytes_;
    Duration suspect_after_ = 500ms;
    Tick last_byte_at_{INT64_MIN};  // From any endpoint.
    Tick lost_due_ = Tick::never();
};

}  // namespace sg::gateway::upstream
