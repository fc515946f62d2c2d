// From what is to what should be: which instances are surplus, which are missing, what may happen
// now.
//
// Make before break: while old and new serve side by side, a healthy one leaves only when the
// healthy ones are more than wanted. Not healthy ones that nobody wants leave at once.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <span>

#include "platform/local/show.h"
#include "platform/local/turn.h"

namespace sg::platform::local {

namespace {

// There is nothing to ask a worker: that it lives has to do.
void look_at_worker(Turn& turn, const Group& group, Instance& instance) {
    if (instance.phase != Phase::starting) return;
    const auto gate = instance.since + Pace::worker_gate;
    if (turn.now < gate) {
        instance.next_probe = gate;
        return;
    }
    turn.enter(instance, Phase::healthy);
    instance.healthy_since = turn.now;
    turn.note(group, instance, Happening::healthy, "runs");
}

void deadlines(Turn& turn, Group& group) {
    for (auto& instance : group.instances) {
        const bool due = turn.now >= instance.deadline;
        switch (instance.phase) {
            case Phase::starting:
                if (!due) break;
                turn.note(group, instance, Happening::start_late,
                          fmt::format("{}: {}", show_duration(group.spec.run.start_timeout),
                                      instance.why_unwell));
                turn.act(Signal{instance.id, SIGKILL});
                instance.deadline = Tick::never();  // Its exit counts as a crash.
                break;
            case Phase::draining:
                if (!due && instance.idle_polls < Pace::idle_polls) break;
                turn.note(group, instance, Happening::drained,
                          due ? fmt::format("time is up with {} in flight", instance.in_flight)
                              : fmt::format("after {}", show_duration(turn.now - instance.since)));
                turn.act(Signal{instance.id, SIGTERM});
                turn.enter(instance, Phase::stopping, turn.now + group.spec.run.stop_timeout);
                break;
            case Phase::stopping:
                if (!due) break;
                turn.note(group, instance, Happening::killed,
                          "after " + show_duration(group.spec.run.stop_timeout));
                turn.act(Signal{instance.id, SIGKILL});
                turn.enter(instance, Phase::killing);
                break;
            default: break;
        }
        const bool probed = instance.pid != 0 && !instance.leaving();
        if (!probed || instance.next_probe > turn.now) continue;
        instance.next_probe = Tick::never();
        if (group.spec.serves) turn.act(Probe{instance.id});
        else look_at_worker(turn, group, instance);
    }
}

bool serves(const Instance& instance) {
    return instance.phase == Phase::healthy || instance.phase == Phase::unwell;
}

// One version in the view of this turn: who should go, how many are missing.
struct Plan {
    Group& group;
    std::vector<std::uint64_t> surplus;
    std::uint32_t missing = 0;
};

Plan plan(const Turn& turn, const Service& service, Group& group) {
    const auto target = wanted(turn.state, service, group);
    std::vector<const Instance*> fresh;
    Plan result{group, {}, 0};
    for (const auto& instance : group.instances) {
        if (instance.leaving()) continue;
        if (outdated(group, instance)) result.surplus.push_back(instance.id);
        else fresh.push_back(&instance);
    }
    std::ranges::sort(fresh, [](const Instance* a, const Instance* b) {
        return std::tuple(a->phase != Phase::healthy, !serves(*a), a->replica) <
               std::tuple(b->phase != Phase::healthy, !serves(*b), b->replica);
    });
    for (std::size_t i = target; i < fresh.size(); ++i) result.surplus.push_back(fresh[i]->id);
    if (fresh.size() < target) result.missing = target - static_cast<std::uint32_t>(fresh.size());
    return result;
}

void leave(Turn& turn, Group& group, std::uint64_t id) {
    auto& instance = *std::ranges::find(group.instances, id, &Instance::id);
    if (group.spec.serves && serves(instance)) {
        turn.enter(instance, Phase::draining, turn.now + group.spec.run.stop_timeout);
        instance.withdrawn_in = 0;
        instance.idle_polls = 0;
        turn.note(group, instance, Happening::draining, "");
    } else if (instance.pid != 0) {
        turn.act(Signal{id, SIGTERM});
        turn.enter(instance, Phase::stopping, turn.now + group.spec.run.stop_timeout);
    } else {
        std::erase_if(group.instances, [&](const Instance& i) { return i.id == id; });
    }
}

void add(Turn& turn, Group& group) {
    Instance instance;
    instance.id = turn.state.next_id++;
    instance.digest = group.spec.digest();
    instance.epoch = group.epoch;
    instance.next_probe = Tick::never();
    const auto taken = [&](const Instance& other) { return other.replica == instance.replica; };
    while (std::ranges::any_of(group.instances, taken)) ++instance.replica;
    turn.enter(instance, Phase::waiting, turn.now);
    group.instances.push_back(std::move(instance));
}

// Groups that make room for each other: all versions of a service while it rolls, else each for
// itself.
void reconcile(Turn& turn, const Service& service, std::span<Group*> groups) {
    std::vector<Plan> plans;
    for (auto* group : groups) plans.push_back(plan(turn, service, *group));

    std::size_t alive = 0, healthy = 0, total = 0;
    for (auto& [group, surplus, missing] : plans) {
        total += wanted(turn.state, service, group);
        std::erase_if(surplus, [&](std::uint64_t id) {
            if (serves(*std::ranges::find(group.instances, id, &Instance::id))) return false;
            leave(turn, group, id);
            return true;
        });
        for (const auto& instance : group.instances) {
            alive += instance.leaving() ? 0 : 1;
            healthy += instance.phase == Phase::healthy ? 1 : 0;
        }
    }
    for (auto& [group, surplus, missing] : plans) {
        for (const auto id : surplus) {
            const auto& instance = *std::ranges::find(group.instances, id, &Instance::id);
            const bool is_healthy = instance.phase == Phase::healthy;
            // The last ones that serve stay until a better one does.
            if (is_healthy ? healthy <= total : healthy == 0 && total > 0) continue;
            healthy -= is_healthy ? 1 : 0;
            leave(turn, group, id);
            --alive;
        }
    }
    for (auto& [group, surplus, missing] : plans)
        for (; missing > 0 && alive < total + 1; --missing, ++alive) add(turn, group);
}

void start(Turn& turn, const Group& group, Instance& instance) {
    turn.enter(instance, Phase::starting, turn.now + group.spec.run.start_timeout);
    instance.why_unwell = "no answer yet";
    turn.act(Spawn{instance.id, group.spec.service, group.spec.version});
}

std::vector<std::string> endpoints_of(const Group& group) {
    const bool any_healthy = std::ranges::any_of(
        group.instances, [](const Instance& i) { return i.phase == Phase::healthy; });
    std::vector<std::string> endpoints;
    if (!group.spec.serves) return endpoints;
    for (const auto& instance : group.instances) {
        // When all fail their check, the check may be what is wrong: better try than refuse.
        const bool last_resort = !any_healthy && instance.phase == Phase::unwell;
        if (instance.phase == Phase::healthy || last_resort)
            endpoints.push_back(fmt::format("127.0.0.1:{}", instance.port));
    }
    std::ranges::sort(endpoints);
    return endpoints;
}

// What the weights must be while a roll is on: traffic goes where the endpoints are. In the same
// measure as the configured ones, because versions that we do not run may stand beside them.
std::map<std::string, std::uint32_t> rolled_weights(const Service& service) {
    std::uint32_t measure = 0;
    std::size_t endpoints = 0;
    for (const auto& [version, group] : service.groups) {
        if (!group.configured) continue;
        measure += group.spec.weight;
        endpoints += group.published.size();
    }
    std::map<std::string, std::uint32_t> weights;
    if (endpoints == 0) return weights;
    for (const auto& [version, group] : service.groups) {
        if (!group.configured) continue;
        const auto share = std::max(measure, 100U) * group.published.size() / endpoints;
        const auto least = group.published.empty() ? 0U : 1U;
        weights[version] = std::max(static_cast<std::uint32_t>(share), least);
    }
    return weights;
}

void set_weights(Turn& turn, Service& service) {
    if (service.roll) {
        auto weights = rolled_weights(service);
        if (weights.empty() || weights == service.weights) return;
        service.weights = weights;
        turn.act(SetWeights{service.name, std::move(weights)});
        return;
    }
    if (service.weights.empty()) return;
    for (const auto& [version, group] : service.groups) {
        const bool needed = group.spec.weight > 0 && wanted(turn.state, service, group) > 0;
        if (needed && group.published.empty()) return;  // Not yet: it could not serve its share.
    }
    service.weights.clear();
    turn.act(SetWeights{service.name, {}});
}

// Endpoints that come are told before the weights that use them, those that go after the weights
// that spare them.
void publish(Turn& turn, Service& service) {
    std::vector<Publish> later;
    for (auto& [version, group] : service.groups) {
        auto endpoints = endpoints_of(group);
        const bool forget = !group.configured && !group.forgotten;
        if (endpoints == group.published && !forget) continue;
        group.forgotten = !group.configured;
        const bool grows = !std::ranges::includes(group.published, endpoints);
        group.published = std::move(endpoints);
        Publish change{service.name, version, group.published, ++group.revision, !group.configured};
        if (grows) turn.act(std::move(change));
        else later.push_back(std::move(change));
    }
    set_weights(turn, service);
    for (auto& change : later) turn.act(std::move(change));
    for (auto& [version, group] : service.groups)
        for (auto& instance : group.instances)
            if (instance.phase == Phase::draining && instance.withdrawn_in == 0)
                instance.withdrawn_in = group.revision;
}

bool is_settled(const Turn& turn, const Service& service) {
    for (const auto& [version, group] : service.groups) {
        if (group.instances.size() != wanted(turn.state, service, group)) return false;
        for (const auto& instance : group.instances)
            if (instance.phase != Phase::healthy || outdated(group, instance)) return false;
    }
    return true;
}

}  // namespace

void settle(Turn& turn, Service& service) {
    for (auto& [version, group] : service.groups) deadlines(turn, group);
    if (!turn.state.stopping) {
        std::vector<Group*> groups;
        for (auto& [version, group] : service.groups) groups.push_back(&group);
        if (service.roll || service.returning) reconcile(turn, service, groups);
        else
            for (auto& group : groups) reconcile(turn, service, std::span(&group, 1));
        publish(turn, service);
    }
    service.settled = is_settled(turn, service);
    if (!service.settled) return;
    service.returning = false;
    if (service.roll && !service.roll->done) {
        service.roll->done = true;
        turn.act(Note{service.name, service.roll->to, 0, Happening::rolled,
                      fmt::format("to {}", service.roll->to)});
    }
}

void start_due(Turn& turn, Service& service) {
    if (turn.state.stopping) return;
    const auto before = awaited(turn.state, service);
    for (auto& [version, group] : service.groups)
        for (auto& instance : group.instances) {
            if (instance.phase != Phase::waiting) continue;
            const bool waits_its_turn = instance.deadline == Tick::never();
            if (!before.empty() && instance.restarts == 0) {
                if (!waits_its_turn)
                    turn.note(group, instance, Happening::waits,
                              fmt::format("for {}", fmt::join(before, ", ")));
                instance.deadline = Tick::never();  // Until one of them changes.
                continue;
            }
            if (waits_its_turn || turn.now >= instance.deadline) start(turn, group, instance);
        }
}

}  // namespace sg::platform::local
