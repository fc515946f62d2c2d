// What there is to choose from: versions, endpoints and their availability.
#include "gateway/upstream/policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace sg::gateway::upstream {

std::string_view name_of(Health health) {
    constexpr std::string_view names[] = {"unknown", "healthy", "unhealthy"};
    return names[static_cast<std::size_t>(health)];
}

std::string_view name_of(Reason reason) {
    constexpr std::string_view names[] = {"none",  "balanced", "sticky",         "trial",
                                          "panic", "again",    "nothing_better", "budget_spent"};
    return names[static_cast<std::size_t>(reason)];
}

namespace {

bool is_said(std::span<const std::string> said, const EndpointAddress& id) {
    return std::ranges::any_of(
        said, [&](const std::string& one) { return one == id.text || one == id.name; });
}

}  // namespace

ServicePolicy::ServicePolicy(const config::Service& service, const PolicyContext& context)
    : key_(context.key),
      random_(context.seed * 0x9E3779B97F4A7C15ull | 1),
      workers_(std::max(context.workers, 1u)),
      name_(service.name) {
    configure(service);
}

void ServicePolicy::configure(const config::Service& service) {
    balance_ = service.balance;
    outlier_ = service.outlier;
    slow_start_ = service.slow_start;
    sticky_ = !service.sticky.name.empty();
    budget_.configure(service.retry.budget, {service.retry.budget_floor.per_second / workers_});

    std::vector<Version> before = std::move(versions_);
    versions_.clear();
    for (const auto& [name, version] : service.versions) {
        const auto known = std::ranges::find(before, name, &Version::name);
        Version& now =
            versions_.emplace_back(known != before.end() ? std::move(*known) : Version{});
        now.name = name;
        now.name_hash = siphash(key_, name);
        now.configured_weight = version.weight;
        for (EndpointState* e : now.all)
            e->version = static_cast<std::uint16_t>(versions_.size() - 1);
    }
    // A version that was moved from has an empty name and no endpoints.
    for (Version& gone : before)
        for (EndpointState* e : gone.all) leave(*e);
    for (Version& version : versions_) {
        if (balance_ != config::Balance::consistent_hash) version.ring = {};
        else rebuild_ring(version);
    }
    set_weights(std::map<std::string, std::uint32_t>(weights_said_));
}

void ServicePolicy::rebuild_ring(Version& version) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(version.all.size());
    for (const EndpointState* e : version.all) hashes.push_back(siphash(key_, e->id.text));
    version.ring.build(hashes);
}

void ServicePolicy::set_endpoints(std::string_view name, std::span<const EndpointAddress> list,
                                  Tick now) {
    const auto version = std::ranges::find(versions_, name, &Version::name);
    if (version == versions_.end()) return;
    const auto index = static_cast<std::uint16_t>(version - versions_.begin());
    const bool first_list = version->all.empty();

    std::vector<EndpointState*> before = std::move(version->all);
    version->all.clear();
    for (const EndpointAddress& id : list) {
        EndpointState* e = find(id, index);
        if (e == nullptr) {
            e = endpoints_.emplace_back(std::make_unique<EndpointState>()).get();
            // Those of the first list share the traffic at once: there is nobody to shield them.
            if (!first_list) begin_slow_start(*e, now);
        }
        if (std::ranges::find(version->all, e) != version->all.end()) continue;  // Named twice.
        e->id = id;
        e->version = index;
        e->leaving = false;
        e->token = siphash(key_, name_ + '\n' + version->name + '\n' + id.text);
        version->all.push_back(e);
    }
    for (EndpointState* e : before)
        if (std::ranges::find(version->all, e) == version->all.end()) leave(*e);

    version->ready.reserve(version->all.size());
    if (balance_ == config::Balance::consistent_hash) rebuild_ring(*version);
    set_breakers(std::vector<std::string>(breakers_said_), now);
    set_drained(std::vector<std::string>(drained_said_));
}

EndpointState* ServicePolicy::find(const EndpointAddress& id, std::uint16_t version) const {
    for (const auto& e : endpoints_)
        if (e->id.text == id.text && e->id.scheme == id.scheme &&
            (e->leaving || e->version == version))
            return e.get();
    return nullptr;
}

// What is in flight goes on; nothing new. Its reputation starts anew should it return.
void ServicePolicy::leave(EndpointState& endpoint) {
    endpoint.leaving = true;
    endpoint.ejection = {};
    endpoint.health = Health::unknown;
}

void ServicePolicy::begin_slow_start(EndpointState& endpoint, Tick now) {
    endpoint.slow_since = now;
    endpoint.slow_until = now + slow_start_;
    endpoint.turn_credit = 0;
}

void ServicePolicy::set_weights(const std::map<std::string, std::uint32_t>& weights) {
    weights_said_ = weights;
    bool is_changed = false;
    for (Version& version : versions_) {
        const auto said = weights_said_.find(version.name);
        const auto weight = said != weights_said_.end() ? said->second : version.configured_weight;
        is_changed |= std::exchange(version.turn.weight, weight) != weight;
    }
    // What one owes the others is in units of the weights: 500 of 1,000 would be 500 turns of 1:9.
    for (Version& version : versions_)
        if (is_changed) version.turn.current = 0;
    refresh();
}

void ServicePolicy::set_drained(std::span<const std::string> endpoints) {
    drained_said_.assign(endpoints.begin(), endpoints.end());
    for (const auto& e : endpoints_) e->drained = is_said(drained_said_, e->id);
    refresh();
}

void ServicePolicy::set_breakers(std::span<const std::string> endpoints, Tick now) {
    breakers_said_.assign(endpoints.begin(), endpoints.end());
    std::vector<EndpointState*> opened;
    for (const auto& e : endpoints_) {
        const bool open = is_said(breakers_said_, e->id);
        if (open && !e->breaker_open) opened.push_back(e.get());
        // Back in service, it is given time to fill its caches again.
        if (!open && e->breaker_open) begin_slow_start(*e, now);
        e->breaker_open = open;
    }
    refresh();
    if (panic_) return;  // There is nowhere else to go.
    for (EndpointState* e : opened) abandon(*e, now);
}

void ServicePolicy::set_health(EndpointState& endpoint, Health health, bool last_check_passed,
                               Tick now) {
    const Health before = endpoint.health;
    Ejection& ejection = endpoint.ejection;
    endpoint.health = health;
    ejection.check_failing = !last_check_passed;
    if (health == Health::unhealthy) {
        if (before != Health::unhealthy) abandon(endpoint, now);
    } else if (before == Health::unhealthy) {
        bring_back(endpoint, now);
    } else if (last_check_passed && ejection.active && !ejection.by_check) {
        // Once on the word of a check; if requests then disagree, only a request brings it back.
        ejection.by_check = true;
        bring_back(endpoint, now);
    }
    refresh();
}

void ServicePolicy::tick(Tick now) {
    for (const auto& e : endpoints_) want_trial_of_the_silent(*e, now);
    if (now >= lost_due_) {
        lost_due_ = Tick::never();
        for (const auto& e : endpoints_) {
            if (now >= e->lost_at) {
                e->lost_at = Tick::never();
                abandon(*e, e->lost_before);
            }
            lost_due_ = std::min(lost_due_, e->lost_at);
        }
    }
    std::erase_if(endpoints_,
                  [](const auto& e) { return e->leaving && e->in_flight == 0 && e->pins == 0; });
}

void ServicePolicy::refresh() {
    ready_count_ = 0;
    for (Version& version : versions_) {
        version.ready.clear();
        for (EndpointState* e : version.all)
            if (e->available()) version.ready.push_back(e);
        if (version.turn.weight > 0) ready_count_ += version.ready.size();
    }
    panic_ = ready_count_ == 0;
    if (panic_) {
        for (Version& version : versions_) {
            for (EndpointState* e : version.all)
                if (!e->drained) version.ready.push_back(e);
            if (version.turn.weight > 0) ready_count_ += version.ready.size();
        }
    }
    only_version_ = -1;
    std::size_t weighted = 0;
    for (std::size_t i = 0; i < versions_.size(); ++i) {
        if (versions_[i].turn.weight == 0) continue;
        ++weighted;
        only_version_ = static_cast<int>(i);
    }
    if (weighted != 1) only_version_ = -1;
    refresh_trials();
}

void ServicePolicy::refresh_trials() {
    for (Version& version : versions_) {
        version.trial_due = Tick::never();
        if (panic_) continue;  // Every request is a trial then.
        for (const EndpointState* e : version.all)
            if (may_be_tried(*e))
                version.trial_due = std::min(version.trial_due, e->ejection.until);
    }
}

void ServicePolicy::write_cookie(const EndpointState& endpoint,
                                 std::span<char, cookie_size> out) const {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < cookie_size; ++i)
        out[i] = digits[(endpoint.token >> (60 - 4 * i)) & 15];
}

}  // namespace sg::gateway::upstream
