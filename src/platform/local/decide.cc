// How each input changes the state. What follows from the new state is in settle.cc.
#include "platform/local/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "platform/local/show.h"
#include "platform/local/turn.h"

namespace sg::platform::local {

namespace {

void take(Turn& turn, const Desired& desired) {
    auto& services = turn.state.services;
    std::map<std::string, std::map<std::string, const Spec*>> wanted_specs;
    for (const auto& spec : desired.specs) wanted_specs[spec.service][spec.version] = &spec;

    for (auto& [name, service] : services)
        for (auto& [version, group] : service.groups)
            if (group.configured && !wanted_specs[name].contains(version)) {
                group.configured = false;
                service.returning |= service.roll.has_value();
                service.roll.reset();
                turn.note(group, Happening::removed, "");
            }
    for (const auto& spec : desired.specs) {
        auto& service = services[spec.service];
        service.name = spec.service;
        const bool is_new = !service.groups.contains(spec.version);
        auto& group = service.groups[spec.version];
        if (!is_new && group.configured) {
            const bool resized = group.spec.run.replicas != spec.run.replicas;
            if (resized) group.scaled.reset();
            if (group.spec.digest() != spec.digest()) turn.note(group, Happening::changed, "");
            if (service.roll && (resized || group.spec.weight != spec.weight)) {
                service.roll.reset();  // The file now says something else than it did at the roll.
                service.returning = true;
            }
        }
        group.spec = spec;
        group.configured = true;
        group.forgotten = false;
    }
}

void take(Turn& turn, const Spawned& spawned) {
    auto* instance = find(turn.state, spawned.id);
    if (instance == nullptr || instance->phase != Phase::starting) {
        turn.act(Signal{spawned.id, SIGKILL});  // Nobody wants it any more.
        return;
    }
    const auto& group = *group_of(turn.state, spawned.id);
    instance->pid = spawned.pid;
    instance->pid_started = spawned.pid_started;
    instance->port = spawned.port;
    instance->started_at = spawned.at;
    instance->next_probe = turn.now;
    turn.note(group, *instance, Happening::started,
              group.spec.serves ? fmt::format("pid {}, port {}", spawned.pid, spawned.port)
                                : fmt::format("pid {}", spawned.pid));
}

// A process is gone that should be there: it is withdrawn at once (it no longer counts as published
// in settle) and gets a successor, later and later while its successors end as soon.
void crash(Turn& turn, Group& group, Instance& instance, std::string how) {
    const bool was_steady =
        instance.healthy_since.ns != 0 && turn.now - instance.healthy_since >= Pace::steady;
    if (was_steady) instance.failures = 0;
    ++instance.failures;
    ++instance.restarts;
    const auto delay = restart_delay(instance.failures);
    instance.last_exit = std::move(how);
    instance.pid = 0;
    instance.port = 0;
    instance.healthy_since = {};
    instance.next_probe = Tick::never();
    instance.probes_ok = instance.probes_failed = 0;
    turn.enter(instance, Phase::waiting, turn.now + delay);
    const auto when = delay == 0s ? std::string("at once") : "in " + show_duration(delay);
    if (instance.failures < Pace::loop_at) turn.note(group, instance, Happening::restarting, when);
    else
        turn.note(group, instance, Happening::crash_loop,
                  fmt::format("{} times in a row, next start {}", instance.failures, when));
}

void take(Turn& turn, const SpawnFailed& failed) {
    auto* instance = find(turn.state, failed.id);
    if (instance == nullptr) return;
    auto& group = *group_of(turn.state, failed.id);
    turn.note(group, *instance, Happening::start_failed, failed.why);
    crash(turn, group, *instance, failed.why);
}

void take(Turn& turn, const Exited& exited) {
    auto* instance = find(turn.state, exited.id);
    if (instance == nullptr) return;
    auto& group = *group_of(turn.state, exited.id);
    const auto how = exited.exit.text();
    if (instance->phase == Phase::stopping || instance->phase == Phase::killing) {
        turn.note(group, *instance, Happening::stopped, how);
        std::erase_if(group.instances, [&](const Instance& i) { return i.id == exited.id; });
        return;
    }
    const auto age = show_duration(turn.now - instance->since);
    turn.note(group, *instance,
              exited.exit.out_of_memory ? Happening::out_of_memory : Happening::crashed,
              fmt::format("{}, {} for {}", how, name_of(instance->phase), age));
    if (instance->phase == Phase::draining) {
        std::erase_if(group.instances, [&](const Instance& i) { return i.id == exited.id; });
        return;
    }
    crash(turn, group, *instance, how);
}

void pass_gate(Turn& turn, const Group& group, Instance& instance) {
    const bool first = instance.phase == Phase::starting;
    const auto after = show_duration(turn.now - instance.since);
    turn.enter(instance, Phase::healthy);
    instance.healthy_since = turn.now;
    instance.why_unwell.clear();
    turn.note(group, instance, first ? Happening::healthy : Happening::recovered, "after " + after);
}

void take(Turn& turn, const Probed& probed) {
    auto* instance = find(turn.state, probed.id);
    if (instance == nullptr || instance->pid != probed.pid || instance->leaving()) return;
    const auto& group = *group_of(turn.state, probed.id);
    const auto& health = group.spec.health;
    const bool checked = health.kind != config::HealthCheck::Kind::none;
    instance->probes_ok = probed.ok ? instance->probes_ok + 1 : 0;
    instance->probes_failed = probed.ok ? 0 : instance->probes_failed + 1;
    if (!probed.ok) instance->why_unwell = probed.why;

    const bool well = instance->phase == Phase::healthy;
    if (!well && instance->probes_ok >= (checked ? std::max(1U, health.healthy_after) : 1U))
        pass_gate(turn, group, *instance);
    if (well && instance->probes_failed >= std::max(1U, health.unhealthy_after)) {
        turn.enter(*instance, Phase::unwell);
        turn.note(group, *instance, Happening::unwell, probed.why);
    }
    if (instance->phase == Phase::starting) instance->next_probe = turn.now + Pace::gate_every;
    else instance->next_probe = checked ? turn.now + health.every : Tick::never();
}

void take(Turn& turn, const Acknowledged& seen) {
    auto* group = find(turn.state, seen.service, seen.version);
    if (group == nullptr || seen.revision <= group->acknowledged) return;
    group->acknowledged = seen.revision;
    group->acknowledged_at = turn.now;
}

void take(Turn& turn, const InFlight& counted) {
    for (auto& [name, service] : turn.state.services)
        for (auto& [version, group] : service.groups)
            for (auto& instance : group.instances) {
                if (instance.phase != Phase::draining) continue;
                const auto at = counted.requests.find(fmt::format("127.0.0.1:{}", instance.port));
                instance.in_flight = at == counted.requests.end() ? 0 : at->second;
                const bool counts = group.acknowledged >= instance.withdrawn_in &&
                                    counted.asked_at >= group.acknowledged_at;
                if (!counts) continue;
                instance.idle_polls = instance.in_flight == 0 ? instance.idle_polls + 1 : 0;
            }
}

void take(Turn& turn, const Scale& scale) {
    auto* group = find(turn.state, scale.service, scale.version);
    if (group == nullptr) return;
    auto& service = turn.state.services[scale.service];
    const auto before = wanted(turn.state, service, *group);
    group->held = false;
    if (service.roll && service.roll->to == scale.version) service.roll->replicas = scale.replicas;
    else group->scaled = scale.replicas;
    turn.note(*group, Happening::scaled, fmt::format("from {} to {}", before, scale.replicas));
}

template <class Change>
void each_named(Turn& turn, const std::string& service, const std::string& version, Change change) {
    const auto at = turn.state.services.find(service);
    if (at == turn.state.services.end()) return;
    for (auto& [name, group] : at->second.groups)
        if (version.empty() || name == version) change(group);
}

void take(Turn& turn, const Restart& restart) {
    each_named(turn, restart.service, restart.version, [&](Group& group) {
        if (!restart.order.empty() && group.restarted_by == restart.order) return;
        group.restarted_by = restart.order;
        if (restart.port != 0) {
            const auto at = std::ranges::find(group.instances, restart.port, &Instance::port);
            if (at == group.instances.end()) return;
            at->epoch = group.epoch - 1;  // Outdated: it is replaced like any other such.
            turn.note(group, Happening::restarting,
                      fmt::format("the one at port {}, by command", restart.port));
            return;
        }
        ++group.epoch;
        turn.note(group, Happening::restarting, "one after the other, by command");
    });
}

void take(Turn& turn, const Hold& hold) {
    each_named(turn, hold.service, hold.version, [&](Group& group) {
        if (group.held == hold.held) return;
        group.held = hold.held;
        turn.note(group, hold.held ? Happening::held : Happening::resumed, "");
    });
}

void take(Turn& turn, const RollTo& roll) {
    const auto at = turn.state.services.find(roll.service);
    if (at == turn.state.services.end()) return;
    auto& service = at->second;
    if (roll.version.empty()) {
        service.returning = service.roll.has_value();
        service.roll.reset();
        turn.act(Note{roll.service, "", 0, Happening::rolling, "back to what the file says"});
        return;
    }
    const auto* group = find(turn.state, roll.service, roll.version);
    if (group == nullptr) return;
    std::uint32_t total = 0;  // As many as serve together now, so that no capacity is lost.
    for (const auto& [name, other] : service.groups) total += wanted(turn.state, service, other);
    service.groups[roll.version].held = false;
    service.roll = Roll{roll.version, std::max({total, group->spec.run.replicas, 1U}), false};
    service.returning = false;
    turn.act(Note{roll.service, roll.version, 0, Happening::rolling,
                  fmt::format("to {} with {} instances", roll.version, service.roll->replicas)});
}

void take(Turn& turn, const StopAll& stop) {
    turn.state.stopping = true;
    for (auto& [name, service] : turn.state.services)
        for (auto& [version, group] : service.groups) {
            std::erase_if(group.instances, [](const Instance& i) { return i.pid == 0; });
            for (auto& instance : group.instances) {
                if (stop.at_once) {
                    turn.act(Signal{instance.id, SIGKILL});
                    turn.enter(instance, Phase::killing);
                } else if (instance.phase < Phase::stopping) {
                    turn.act(Signal{instance.id, SIGTERM});
                    turn.enter(instance, Phase::stopping, turn.now + group.spec.run.stop_timeout);
                }
            }
        }
}

void take(Turn&, const TimePassed&) {}

// Asks for the requests in flight while something drains that the gateway no longer sends anything
// to.
void poll(Turn& turn) {
    bool anything = false;
    for (const auto& [name, service] : turn.state.services)
        for (const auto& [version, group] : service.groups)
            for (const auto& instance : group.instances)
                anything |= instance.phase == Phase::draining &&
                            group.acknowledged >= instance.withdrawn_in;
    auto& next = turn.state.next_poll;
    if (!anything) {
        next = Tick::never();
    } else if (next == Tick::never() || next <= turn.now) {
        turn.act(AskInFlight{});
        next = turn.now + Pace::poll_every;
    }
}

}  // namespace

namespace {

// Each version that should run has somebody who answers, and the gateway knows. What was stopped by
// command is not waited for: it would not come.
bool is_there(const State& state, const Service& service) {
    return std::ranges::all_of(service.groups, [&](const auto& entry) {
        const Group& group = entry.second;
        return wanted(state, service, group) == 0 ||
               (group.acknowledged >= group.revision &&
                std::ranges::count(group.instances, Phase::healthy, &Instance::phase) > 0);
    });
}

}  // namespace

Actions decide(State& state, const Input& input, Tick now) {
    Turn turn{state, now};
    std::visit([&](const auto& in) { take(turn, in); }, input);
    for (auto& [name, service] : state.services) settle(turn, service);
    // When all have settled: what starts after another sees what has become of it.
    for (auto& [name, service] : state.services) start_due(turn, service);
    for (auto& [name, service] : state.services)
        std::erase_if(service.groups, [](const auto& entry) {
            return !entry.second.configured && entry.second.instances.empty();
        });
    std::erase_if(state.services, [](const auto& entry) {
        return entry.second.groups.empty() && entry.second.weights.empty();
    });
    poll(turn);
    return std::move(turn.actions);
}

Tick wake_at(const State& state) {
    Tick at = state.next_poll;
    for (const auto& [name, service] : state.services)
        for (const auto& [version, group] : service.groups)
            for (const auto& instance : group.instances) {
                at = std::min(at, instance.deadline);
                const bool probed = instance.pid != 0 && !instance.leaving();
                if (probed) at = std::min(at, instance.next_probe);
            }
    return at;
}

Duration restart_delay(std::uint32_t failures) {
    if (failures <= 1) return 0s;
    const auto doublings = std::min(failures - 2, 20U);
    return std::min<Duration>(Pace::restart_first * (1 << doublings), Pace::restart_most);
}

std::uint32_t wanted(const State& state, const Service& service, const Group& group) {
    if (state.stopping || !group.configured || group.held) return 0;
    if (service.roll) return service.roll->to == group.spec.version ? service.roll->replicas : 0;
    return group.scaled.value_or(group.spec.run.replicas);
}

std::vector<std::string> awaited(const State& state, const Service& service) {
    std::vector<std::string> names;
    for (const auto& [version, group] : service.groups) {
        if (std::ranges::any_of(group.instances, &Instance::pid)) return {};
        for (const auto& name : group.spec.after) {
            const auto at = state.services.find(name);
            if (at != state.services.end() && !is_there(state, at->second)) names.push_back(name);
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

bool outdated(const Group& group, const Instance& instance) {
    return instance.epoch != group.epoch || instance.digest != group.spec.digest();
}

Instance* find(State& state, std::uint64_t id) {
    auto* group = group_of(state, id);
    if (group == nullptr) return nullptr;
    return &*std::ranges::find(group->instances, id, &Instance::id);
}

Group* find(State& state, const std::string& service, const std::string& version) {
    const auto at = state.services.find(service);
    if (at == state.services.end()) return nullptr;
    const auto group = at->second.groups.find(version);
    return group == at->second.groups.end() ? nullptr : &group->second;
}

Group* group_of(State& state, std::uint64_t id) {
    for (auto& [name, service] : state.services)
        for (auto& [version, group] : service.groups)
            if (std::ranges::find(group.instances, id, &Instance::id) != group.instances.end())
                return &group;
    return nullptr;
}

}  // namespace sg::platform::local
