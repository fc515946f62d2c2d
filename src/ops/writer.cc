#include "ops/writer.h"

#include <algorithm>
#include <future>

namespace sg::ops {

namespace {

constexpr Duration look_again = 1s;  // After the database failed.
constexpr Duration nap_max = 30s;    // Bound: a clock that jumps is noticed within this.

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(const Spine& spine, Options options) {
    TRY(auto session, store::Session::open(options.store));
    TRY_VOID(store::migrate(*session));
    return std::unique_ptr<Writer>(new Writer(spine, std::move(options), std::move(session)));
}

Writer::Writer(const Spine& spine, Options options, std::unique_ptr<store::Session> session)
    : options_(std::move(options)),
      session_(std::move(session)),
      engine_(*session_, spine, options_.config),
      config_(options_.config) {
    engine_.sense(options_.senses);
}

void Writer::start() {
    writer_ = std::thread([this] { write_until_stopped(); });
    for (std::size_t i = 0; i < options_.actors; ++i)
        actors_.emplace_back([this] { act_until_stopped(); });
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_writer_.notify_all();
    wake_actors_.notify_all();
    for (auto& actor : actors_) actor.join();
    if (writer_.joinable()) writer_.join();
    for (Task& task : tasks_) task.done(fail(Errc::cancelled, "operations are stopping"));
}

Result<void> Writer::run(Engine::Command command) {
    CHECK(std::this_thread::get_id() != writer_.get_id());
    std::promise<Result<void>> promise;
    auto done = promise.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return fail(Errc::cancelled, "operations are stopping");
        if (tasks_.size() >= options_.queue_max)
            return fail(Errc::exhausted, "too many commands wait for the database");
        tasks_.push_back({std::move(command), [&promise](Result<void> result) {
                              promise.set_value(std::move(result));
                          }});
    }
    wake_writer_.notify_one();
    return done.get();
}

void Writer::use(config::Snapshot config) {
    const std::lock_guard lock(mutex_);
    config_ = std::move(config);
}

std::string Writer::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

void Writer::note(const Result<void>& result) {
    const std::lock_guard lock(mutex_);
    trouble_ = result ? std::string() : result.error().message();
}

// --- writing -------------------------------------------------------------------------------------

void Writer::write_until_stopped() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        auto tasks = std::exchange(tasks_, {});
        engine_.use(config_);
        lock.unlock();
        run_tasks(std::move(tasks));
        const Tick until = step();
        lock.lock();
        if (!tasks_.empty() || stopping_) continue;
        const Duration nap = std::clamp(until - steady_now(), Duration(0), nap_max);
        if (nap > 0s) wake_writer_.wait_for(lock, nap);
    }
}

void Writer::run_tasks(std::deque<Task> tasks) {
    for (Task& task : tasks) {
        auto result = engine_.run(wall_now(), task.command);
        // What follows is part of what was asked: who waits for a command may rely on it.
        if (result) note(engine_.settle(wall_now()));
        task.done(std::move(result));
    }
}

Tick Writer::step() {
    const Instant now = wall_now();
    const auto settled = engine_.settle(now);
    note(settled);
    if (!settled) return steady_now() + look_again;
    hand_out(now);
    const auto due = engine_.next_due();
    if (!due) return steady_now() + look_again;
    return *due == Instant::never() ? Tick::never() - nap_max : steady_now() + (*due - wall_now());
}

void Writer::hand_out(Instant now) {
    auto jobs = engine_.begin_actions(now, options_.patience);
    if (!jobs) return note(std::unexpected(jobs.error()));
    if (jobs->empty()) return;
    {
        const std::lock_guard lock(mutex_);
        std::ranges::move(*jobs, std::back_inserter(jobs_));
    }
    wake_actors_.notify_all();
}

// --- acting --------------------------------------------------------------------------------------

void Writer::act_until_stopped() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_actors_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;  // What was begun and not performed comes again at the next start.
        const store::Job job = std::move(jobs_.front());
        jobs_.pop_front();
        const auto config = config_;
        lock.unlock();
        const Performed performed = options_.perform(job, *config);
        lock.lock();
        tasks_.push_back({[this, job, performed](const Turn& turn) {
                              return engine_.end_action(turn, job, performed);
                          },
                          [this, job](const Result<void>& result) {
                              if (!result) give_up(job, result.error());
                          }});
        wake_writer_.notify_one();
    }
}

// On the writer's thread. When the database is the trouble the action comes due again.
void Writer::give_up(const store::Job& job, const Error& error) {
    if (error.code == Errc::unavailable) return;
    note(engine_.run(wall_now(), [&](const Turn& turn) {
        return engine_.abandon_action(turn, job, error.message());
    }));
}

}  // namespace sg::ops
