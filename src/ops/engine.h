// Runs the spine: reactions to what is in the ledger, clocks that come due, results of actions. One
// writer thread; each step in a transaction of its own, so that a crash between any two loses
// nothing.
//
// Time is an argument: the same engine runs a month of operations in seconds (stories, simulation).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
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
    // What came of one, and what follows. Error: the database failed; it is kept and noted by the
    // next settle() or take_over(), or the message would go out once more.
    struct Ended {
        store::Job job;
        Performed performed;
    };
    Result<void> end_action(Instant now, Ended ended);

    // At the beginning of a term, before anything else: what is known to have come of actions is
    // noted, and what else was begun by a process that is no more is due at once.
    Result<void> take_over(Instant now);
    // What could not be noted yet: for the engine of the next term.
    std::deque<Ended> take_unnoted() { return std::exchange(unnoted_, {}); }
    void keep(Ended ended);

    // Bound: how often a reaction may fail on a record before it is set aside.
    static constexpr int failures_max = 3;
    // Bound: of results that wait for the database. Beyond, an action comes due again.
    static constexpr std::size_t unnoted_max = 10'000;

  private:
    Result<void> note_ended(Instant now);
    Result<void> note_ended(const Turn& turn, const Ended& ended) const;
    Result<void> abandon_action(const Turn& turn, const store::Job& job,
                                const std::string& why) const;
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
    std::deque<Ended> unnoted_;
    std::int64_t settled_to_ = 0;  // Every reaction has dealt with the records up to here.
};

}  // namespace sg::ops
