// The one thread that writes: commands from anybody, facts, clocks, reactions, one transaction
// each; and the few that act, which perform what has been decided and bring back what came of it.
//
// A command returns when it is committed. When the database fails nothing is lost: what was not
// committed is told to who asked, what waits is tried again every second, and trouble() says so.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ops/engine.h"

namespace sg::ops {

class Writer {
  public:
    // Performs one action outside; on a thread of its own, so it may wait.
    using Perform = std::function<Performed(const store::Job& job, const config::Config& config)>;

    struct Options {
        std::string store;  // store::Session::open
        config::Snapshot config;
        Perform perform;
        Senses senses;
        std::size_t actors = 4;        // Bound: of what is performed at the same time.
        Duration patience = 60s;       // After which an action that a crash cut off is due again.
        std::size_t queue_max = 1000;  // Bound: of commands that wait; then `exhausted`.
    };

    // Opens the database and brings its schema up to date.
    static Result<std::unique_ptr<Writer>> open(const Spine& spine, Options options);
    ~Writer();  // Ends what is under way; what is queued is told `cancelled`.
    Writer(const Writer&) = delete;

    void start();

    Result<void> run(Engine::Command command);  // From any thread but its own; waits.
    void use(config::Snapshot config);          // From the next transaction on.
    std::string trouble() const;                // Empty: all is well.

  private:
    struct Task {
        Engine::Command command;
        std::function<void(Result<void>)> done;
    };

    Writer(const Spine& spine, Options options, std::unique_ptr<store::Session> session);
    void write_until_stopped();
    void act_until_stopped();
    void run_tasks(std::deque<Task> tasks);
    Tick step();  // Until when there is nothing to do.
    void hand_out(Instant now);
    void note(const Result<void>& result);
    void give_up(const store::Job& job, const Error& error);

    const Options options_;
    std::unique_ptr<store::Session> session_;
    Engine engine_;

    mutable std::mutex mutex_;
    std::condition_variable wake_writer_;
    std::condition_variable wake_actors_;
    std::deque<Task> tasks_;
    std::deque<store::Job> jobs_;
    config::Snapshot config_;
    std::string trouble_;
    bool stopping_ = false;
    std::thread writer_;
    std::vector<std::thread> actors_;
};

}  // namespace sg::ops
