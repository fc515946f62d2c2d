// One call of decide: the state that it changes, the time it happens at, and the actions it has
// come to.
#pragma once

#include <utility>

#include "platform/local/decide.h"

namespace sg::platform::local {

struct Turn {
    State& state;
    Tick now;
    Actions actions = {};

    void act(Action action) { actions.push_back(std::move(action)); }
    void note(const Group& group, const Instance& instance, Happening what, std::string detail) {
        act(Note{group.spec.service, group.spec.version, instance.replica, what,
                 std::move(detail)});
    }
    void note(const Group& group, Happening what, std::string detail) {
        act(Note{group.spec.service, group.spec.version, 0, what, std::move(detail)});
    }
    void enter(Instance& instance, Phase phase, Tick deadline = Tick::never()) const {
        instance.phase = phase;
        instance.since = now;
        instance.deadline = deadline;
    }
};

// Brings a service closer to what it should be: deadlines, starts, drains, what the gateway is
// told.
void settle(Turn& turn, Service& service);

// Starts whose time has come, and whose turn.
void start_due(Turn& turn, Service& service);

}  // namespace sg::platform::local
