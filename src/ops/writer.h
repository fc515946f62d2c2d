// The one thread that writes: commands from anybody, facts, clocks, reactions, one transaction
// each; and the few that act, which perform what has been decided and bring back what came of it.
//
// A command returns when it is committed. When the database fails nothing is lost: what was not
// committed is told to who asked, what waits is tried again every second, and standing() says so.
//
// Of several processes on one PostgreSQL one leads, and only that one writes and acts. Its lock is
// of the session it writes on: when that ends so does its term, whatever it was about to do
// (docs/decisions/0003-leader.md). The others stand by and try for the lock.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/forward_clock.h"
#include "ops/engine.h"
#include "ops/leader.h"

namespace sg::ops {

class Writer {
  public:
    // Performs one action outside; on a thread of its own, so it may wait.
    using Perform = std::function<Performed(const store::Job& job, const config::Config& config)>;

    struct Standing {
        bool leads = false;
        std::optional<Leader> leader;  // As far as is known.
        std::string trouble;           // Empty: all is well.
    };

    struct Options {
        std::string store;    // store::Session::open
        ForwardClock& clock;  // What the ledger's time is told by. Outlives the writer.
        config::Snapshot config;
        Perform perform;
        Senses senses;
        std::size_t actors = 8;        // Bound: of what is performed at the same time...
        std::size_t actors_kept = 4;   // ...of which so many take nothing less urgent than a page.
        Duration patience = 60s;       // After which an action that a crash cut off is due again.
        std::size_t queue_max = 1000;  // Bound: of commands that wait; then `exhausted`.
        // What is recorded at the beginning of a term, before anything else is decided.
        Engine::Command begin_term = {};
        // A term has begun, or ended with an error. On the writer's thread.
        std::function<void(const Result<void>& leads)> told = {};
    };

    // Opens the database, and brings its schema up to date if this process is to lead.
    static Result<std::unique_ptr<Writer>> open(const Spine& spine, Options options);
    ~Writer();  // Ends what is under way; what is queued is told `cancelled`.
    Writer(const Writer&) = delete;

    void start();

    // From any thread but its own; waits. Error `unavailable`: this process stands by.
    Result<void> run(Engine::Command command);
    void use(config::Snapshot config);  // From the next transaction on.
    bool leads() const;
    Standing standing() const;

  private:
    struct Task {
        Engine::Command command;
        std::function<void(Result<void>)> done;
    };

    Writer(const Spine& spine, Options options);
    void write_until_stopped();
    void act_until_stopped();
    bool may_take(const store::Job& job) const;   // With the lock held.
    std::deque<store::Job>::iterator next_job();  // With the lock held.
    void perform_one(std::unique_lock<std::mutex>& lock);

    // The writer's thread, or before it begins. A Tick is until when there is nothing to do.
    Tick stand_by();
    Result<void> try_to_lead();
    Result<void> begin_term();
    void end_term(const Error& why);
    Tick lead();
    void note_ended(std::deque<Engine::Ended> ended);
    void run_tasks(std::deque<Task> tasks);
    Tick step();
    void note_step();
    void hand_out(Instant now);
    void note(const Result<void>& result);
    Error refusal() const;  // With the lock held.

    const Spine& spine_;
    const Options options_;
    std::unique_ptr<store::Session> session_;
    std::unique_ptr<Engine> engine_;  // While it leads.

    mutable std::mutex mutex_;
    std::condition_variable wake_writer_;
    std::condition_variable wake_actors_;
    std::deque<Task> tasks_;
    std::deque<store::Job> jobs_;
    std::size_t unhurried_ = 0;        // Of what is being performed, what nobody is paged by.
    std::deque<Engine::Ended> ended_;  // Performed, not yet noted. It outlives a term.
    config::Snapshot config_;
    Standing standing_;
    bool stopping_ = false;
    std::thread writer_;
    std::vector<std::thread> actors_;
};

}  // namespace sg::ops
