// Performs what decide.cc decides: starts, probes and signals processes, and reports back what came
// of it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "platform/local/decide.h"
#include "platform/local/directives.h"
#include "platform/local/files.h"
#include "platform/local/journal.h"
#include "platform/local/loop.h"
#include "platform/local/process.h"

namespace sg::platform::local {

class Orchestra {
  public:
    struct Options {
        Layout layout;
        std::string
            programs;  // A folder where services find programs first, streamgate among them.
        std::function<std::vector<std::string>()> gateway_sockets;  // Of all that run.
        std::function<void(Note)> note;
    };
    Orchestra(Loop& loop, Directives& directives, Options options);

    // Takes over what a predecessor left: processes that still run are watched again.
    void restore(State state);

    void feed(Input input);
    void tell_everything();  // To a gateway that has just come.
    const State& state() const { return state_; }
    bool empty() const;  // Nothing runs.

  private:
    struct Process {
        Child child;
        Loop::Id watch = 0;
    };
    void perform(const Action& action);
    void perform(const Spawn& spawn);
    void perform(const Probe& probe);
    void perform(const Signal& signal);
    void perform(const Publish& publish);
    void perform(const SetWeights& weights) { directives_.say(weights); }
    void perform(const AskInFlight&);
    void perform(const Note& note) { note_(note); }
    Result<Child> start(const Spawn& spawn, std::uint16_t port);
    void watch(std::uint64_t id, Child child);
    void ended(std::uint64_t id);
    void set_timer();

    Loop& loop_;
    Directives& directives_;
    Layout layout_;
    std::string programs_;
    std::function<std::vector<std::string>()> gateway_sockets_;
    std::function<void(Note)> note_;
    State state_;
    std::map<std::uint64_t, Process> processes_;
    std::deque<Input> inputs_;  // Bound: each turn adds at most one per action of the turn before.
    bool feeding_ = false;
    Loop::Id timer_ = 0;
    std::uint64_t out_of_memory_seen_ = 0;
};

}  // namespace sg::platform::local
