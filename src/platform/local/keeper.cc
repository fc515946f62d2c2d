#include "platform/local/keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "platform/local/show.h"

namespace sg::platform::local {

namespace {

struct KeeperTurn {
    Keeper& keeper;
    Tick now;
    std::vector<KeeperAction> actions = {};

    void act(KeeperAction action) { actions.push_back(std::move(action)); }
    Gateway* find(int pid) const {
        const auto at = std::ranges::find(keeper.gateways, pid, &Gateway::pid);
        return at == keeper.gateways.end() ? nullptr : &*at;
    }
    void enter(Gateway& gateway, Role role, Tick deadline = Tick::never()) const {
        gateway.role = role;
        gateway.since = now;
        gateway.deadline = deadline;
    }
};

void failed_to_start(KeeperTurn& turn, Role role, const std::string& why) {
    if (role == Role::rising) {
        turn.act(Say{Happening::upgrade_failed, why + "; the old one goes on"});
        turn.act(UpgradeOver{false, why});
        return;
    }
    auto& keeper = turn.keeper;
    ++keeper.failures;
    const auto delay = retry_delay(keeper.failures);
    keeper.start_at = turn.now + delay;
    turn.act(
        Say{keeper.failures < KeeperPace::loop_at ? Happening::restarting : Happening::crash_loop,
            fmt::format("in {}", show_duration(delay))});
}

void take(KeeperTurn& turn, const GatewayStarted& started) {
    turn.keeper.starting = false;
    turn.keeper.gateways.push_back({started.pid, started.pid_started, started.role, false, turn.now,
                                    turn.now + KeeperPace::ready_within, started.at});
    turn.act(Say{Happening::started, fmt::format("pid {}", started.pid)});
    if (turn.keeper.stopping) turn.act(SignalGateway{started.pid, SIGKILL});
}

void take(KeeperTurn& turn, const GatewayNotStarted& failed) {
    turn.keeper.starting = false;
    turn.act(Say{Happening::start_failed, failed.why});
    failed_to_start(turn, failed.role, failed.why);
}

void take(KeeperTurn& turn, const GatewayReady& ready) {
    auto* gateway = turn.find(ready.pid);
    if (gateway == nullptr || gateway->ready) return;
    gateway->ready = true;
    const auto after = "after " + show_duration(turn.now - gateway->since);
    turn.keeper.failures = 0;
    if (gateway->role == Role::draining || turn.keeper.stopping) return;
    const bool rising = gateway->role == Role::rising;
    if (rising) {
        for (auto& other : turn.keeper.gateways) {
            if (other.role != Role::serving) continue;
            turn.enter(other, Role::draining);
            turn.act(SignalGateway{other.pid, SIGTERM});
        }
    }
    turn.enter(*gateway, Role::serving);
    turn.act(NowServing{ready.pid});
    turn.act(Say{rising ? Happening::upgraded : Happening::healthy,
                 fmt::format("pid {}, {}", ready.pid, after)});
    if (rising) turn.act(UpgradeOver{true, ""});
}

void take(KeeperTurn& turn, const GatewayExited& exited) {
    const auto* found = turn.find(exited.pid);
    if (found == nullptr) return;
    const Gateway gone = *found;
    auto& keeper = turn.keeper;
    std::erase_if(keeper.gateways, [&](const Gateway& g) { return g.pid == exited.pid; });
    const auto how = fmt::format("pid {}, {}", exited.pid, exited.exit.text());
    if (keeper.stopping || gone.role == Role::draining) {
        turn.act(Say{Happening::stopped, how});
        return;
    }
    turn.act(Say{exited.exit.out_of_memory ? Happening::out_of_memory : Happening::crashed,
                 gone.ready ? how : how + ", before it was ready"});
    if (gone.role == Role::rising) return failed_to_start(turn, Role::rising, how);
    ++keeper.restarts;
    // A successor that is already on its way takes the place.
    for (auto& other : keeper.gateways) {
        if (other.role != Role::rising) continue;
        other.role = Role::serving;
        turn.act(UpgradeOver{true, "the old one had crashed"});
        return;
    }
    if (!gone.ready) return failed_to_start(turn, Role::serving, how);
    keeper.start_at = turn.now;
}

void take(KeeperTurn& turn, const Upgrade&) {
    if (turn.keeper.stopping) return turn.act(UpgradeOver{false, "everything is being stopped"});
    if (turn.keeper.serving() == nullptr || !turn.keeper.serving()->ready)
        return turn.act(
            UpgradeOver{false, "no gateway serves at the moment; one is being started"});
    if (turn.keeper.with_role(Role::rising) != nullptr || turn.keeper.starting)
        return turn.act(UpgradeOver{false, "another upgrade is on its way"});
    turn.keeper.starting = true;
    turn.act(StartGateway{Role::rising});
}

void take(KeeperTurn& turn, const StopGateways& stop) {
    turn.keeper.stopping = true;
    for (auto& gateway : turn.keeper.gateways) {
        turn.act(SignalGateway{gateway.pid, stop.at_once ? SIGKILL : SIGTERM});
        gateway.deadline = stop.at_once ? Tick::never() : turn.now + KeeperPace::stop_within;
    }
}

void take(KeeperTurn&, const TimePassed&) {}

void deadlines(KeeperTurn& turn) {
    auto& keeper = turn.keeper;
    for (auto& gateway : keeper.gateways) {
        if (turn.now < gateway.deadline) continue;
        gateway.deadline = Tick::never();
        if (!keeper.stopping) {
            if (gateway.ready) continue;
            turn.act(Say{Happening::start_late, show_duration(KeeperPace::ready_within)});
            turn.act(SignalGateway{gateway.pid, SIGKILL});
        } else if (!keeper.interrupted) {
            turn.act(SignalGateway{gateway.pid, SIGINT});
            gateway.deadline = turn.now + KeeperPace::end_within;
        } else {
            turn.act(SignalGateway{gateway.pid, SIGKILL});
        }
    }
    if (!keeper.stopping) return;
    for (const auto& action : turn.actions)
        if (const auto* sent = std::get_if<SignalGateway>(&action))
            keeper.interrupted |= sent->signal == SIGINT;
}

void fill_the_place(KeeperTurn& turn) {
    auto& keeper = turn.keeper;
    if (keeper.stopping || keeper.starting || keeper.serving() != nullptr) return;
    if (turn.now < keeper.start_at) return;
    keeper.starting = true;
    turn.act(StartGateway{Role::serving});
}

}  // namespace

const Gateway* Keeper::with_role(Role role) const {
    const auto at = std::ranges::find(gateways, role, &Gateway::role);
    return at == gateways.end() ? nullptr : &*at;
}

const Gateway* Keeper::serving() const { return with_role(Role::serving); }

std::string_view name_of(Role role) {
    switch (role) {
        case Role::serving: return "serving";
        case Role::rising: return "rising";
        case Role::draining: return "draining";
    }
    return "unknown";
}

std::vector<KeeperAction> decide(Keeper& keeper, const KeeperInput& input, Tick now) {
    KeeperTurn turn{keeper, now};
    std::visit([&](const auto& in) { take(turn, in); }, input);
    deadlines(turn);
    fill_the_place(turn);
    return std::move(turn.actions);
}

Tick wake_at(const Keeper& keeper) {
    Tick at = Tick::never();
    for (const auto& gateway : keeper.gateways) at = std::min(at, gateway.deadline);
    const bool waits = !keeper.stopping && !keeper.starting && keeper.serving() == nullptr;
    return waits ? std::min(at, keeper.start_at) : at;
}

Duration retry_delay(std::uint32_t failures) {
    if (failures == 0) return 0s;
    const auto doublings = std::min(failures - 1, 20U);
    return std::min<Duration>(KeeperPace::retry_first * (1 << doublings), KeeperPace::retry_most);
}

}  // namespace sg::platform::local
