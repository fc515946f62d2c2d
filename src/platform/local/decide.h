// The rules of the local orchestrator. Pure: no process, no socket, no clock.
//
// Everything here serves one invariant: an endpoint is told to the gateway only while a process
// behind it has passed its health check, and a process that the gateway may still use is not told
// to stop.
#pragma once

#include "base/result.h"
#include "platform/local/model.h"

namespace sg::platform::local {

// How fast the orchestrator moves. Time-outs of a service stand in its configuration.
struct Pace {
    static constexpr Duration steady = 10s;  // Up this long: the next crash starts a new count.
    static constexpr Duration restart_first = 100ms;  // The second crash in a row; doubles...
    static constexpr Duration restart_most = 30s;     // ...up to this. The first restarts at once.
    static constexpr Duration gate_every = 50ms;      // Between probes of a process that starts.
    static constexpr Duration worker_gate = 1s;       // A worker that lives this long is healthy.
    static constexpr Duration poll_every = 100ms;     // Requests in flight, while something drains.
    static constexpr std::uint32_t idle_polls = 2;    // In a row, until it counts as drained.
    static constexpr std::uint32_t loop_at = 3;       // Crashes in a row that are called a loop.
};

// Takes in what happened and says what to do now. Every action whose outcome matters comes back as
// an input.
Actions decide(State& state, const Input& input, Tick now);

// When decide must be called (with TimePassed) if nothing happens before.
Tick wake_at(const State& state);

// Whether a command makes sense; the refusal says what would.
Result<void> check(const State& state, const Input& command);

// How many instances a version should have now.
std::uint32_t wanted(const State& state, const Service& service, const Group& group);

// Of the services that this one starts after, those that are not yet healthy and known to the
// gateway. None once a process of it runs: it is the order of a start, not a condition of life.
std::vector<std::string> awaited(const State& state, const Service& service);

// A process that no longer fits its spec.
bool outdated(const Group& group, const Instance& instance);

Duration restart_delay(
    std::uint32_t failures);  // Before the restart that follows the n-th crash in a row.

Instance* find(State& state, std::uint64_t id);
Group* find(State& state, const std::string& service, const std::string& version);
Group* group_of(State& state, std::uint64_t id);

}  // namespace sg::platform::local
