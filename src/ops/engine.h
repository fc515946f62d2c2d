// Runs the spine: reactions to what is in the ledger, clocks that come due, results of actions. One
// writer thread; each step in a transaction of its own, so that a crash between any two loses
// nothing.
//
// Time is an argument: the same engine runs a month of operations in seconds (stories, simulation).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "ops/reaction.h"

namespace sg::ops {

class Engine {
  public:
    // The session is the engine's while it lives. The configuration may be replaced between calls.
    Engine(store::Session& session, const Spine& spine, config::Snapshot config);

    void use(config::Snapshot config) { config_ = std::move(config); }
    const config::Config& config() const { return *config_; }
    store::Session& session() { return session_; }
    const Senses& senses() const { return senses_; }
    void sense(const Senses& senses) { senses_ = senses; }

    // One command, one transaction.
    using Command = std::function<Result<void>(const Turn&)>;
    Result<void> run(Instant now, const Command& command);

    // Clocks that are due at `now` and everything that follows, until nothing is left to do.
    // Error: the database failed; nothing is lost, call again.
    Result<void> settle(Instant now);

    // When something next comes due by itself: a clock or an action; never() if nothing will.
    Result<Instant> next_due();

    // Actions that are due, pages first, each marked as begun: after a crash it is due again at
    // `now` + `patience`.
    Result<std::vector<store::Job>> begin_actions(Instant now, Duration patience);
    // In the transaction of `turn`: what came of it, and what follows.
    Result<void> end_action(const Turn& turn, const store::Job& job, const Performed& performed);
    // When that failed: the action is over all the same, or it would be performed again and again.
    Result<void> abandon_action(const Turn& turn, const store::Job& job, const std::string& why);

    // Bound: how often a reaction may fail on a record before it is set aside.
    static constexpr int failures_max = 3;

  private:
    Result<void> load_cursors();
    Result<bool> react(const Reaction& reaction, Instant now);  // Whether there was anything.
    Result<bool> ring_one(Instant now);
    Result<void> ring(const store::Wakeup& wakeup, Instant now);
    Result<void> silence(const store::Wakeup& wakeup, const Error& error, Instant now);
    Result<void> set_aside(const Reaction& reaction, const Recorded& event, const Error& error,
                           Instant now);
    Turn turn(const store::Tx& tx, Instant now, std::optional<std::int64_t> cause) const;

    store::Session& session_;
    const Spine& spine_;
    config::Snapshot config_;
    Senses senses_;
    std::optional<std::map<std::string, store::Cursor, std::less<>>> cursors_;
    std::map<std::string, int> ring_failures_;
    std::int64_t settled_to_ = 0;  // Every reaction has dealt with the records up to here.
};

}  // namespace sg::ops
