#include "ops/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "store/ledger.h"

namespace sg::ops {

namespace {

constexpr Duration look_again = 1s;    // After the database failed.
constexpr Duration try_again = 500ms;  // For the lock, while another leads.
constexpr Duration nap_max = 30s;      // Bound: a clock that jumps is noticed within this.
// Bound: a leader that has lost its connection notices within this, and one whose server waits for
// a sign of life gives one. A fraction of store::Session::leader_silence_max.
constexpr Duration leader_nap_max = 1s;
constexpr Duration behind_max = 5s;  // Of the system's clock, before it is trouble.

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(const Spine& spine, Options options) {
    std::unique_ptr<Writer> writer(new Writer(spine, std::move(options)));
    TRY_VOID(writer->try_to_lead());
    return writer;
}

Writer::Writer(const Spine& spine, Options options)
    : spine_(spine), options_(std::move(options)), config_(options_.config) {}

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
    // What was performed meanwhile is recorded: forgotten, it would be performed again.
    if (engine_) note_ended(std::exchange(ended_, {}));
    if (engine_) run_tasks(std::exchange(tasks_, {}));
    for (Task& task : tasks_) task.done(fail(Errc::cancelled, "operations are stopping"));
}

Result<void> Writer::run(Engine::Command command) {
    CHECK(std::this_thread::get_id() != writer_.get_id());
    std::promise<Result<void>> promise;
    auto done = promise.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return fail(Errc::cancelled, "operations are stopping");
        if (!standing_.leads) return std::unexpected(refusal());
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

bool Writer::leads() const {
    const std::lock_guard lock(mutex_);
    return standing_.leads;
}

Writer::Standing Writer::standing() const {
    const Duration behind = options_.clock.behind();
    const std::lock_guard lock(mutex_);
    Standing standing = standing_;
    if (standing.trouble.empty() && behind > behind_max)
        standing.trouble = fmt::format(
            "the clock of this machine is {} s behind what is recorded: it was set back, and the "
            "ledger's time goes on without it",
            std::chrono::floor<std::chrono::seconds>(behind).count());
    return standing;
}

void Writer::note(const Result<void>& result) {
    const std::lock_guard lock(mutex_);
    standing_.trouble = result ? std::string() : result.error().message();
}

// --- who leads -----------------------------------------------------------------------------------

Error Writer::refusal() const {
    if (!standing_.trouble.empty())
        return {Errc::unavailable, "nobody is known to lead operations: " + standing_.trouble,
                "it is tried again every second"};
    const auto who = standing_.leader ? standing_.leader->name : "another process";
    return {Errc::unavailable, "standing by; the leader is " + who,
            "ask the leader; if it ends, another takes over within seconds"};
}

// While another leads. What fails is tried again, with a fresh connection.
Tick Writer::stand_by() {
    const auto tried = try_to_lead();
    note(tried);
    if (tried) return steady_now() + (engine_ ? 0ns : try_again);
    session_.reset();
    return steady_now() + look_again;
}

Result<void> Writer::try_to_lead() {
    if (!session_) {
        TRY(session_, store::Session::open(options_.store));
    }
    TRY(const bool ours, session_->lead());
    if (ours) {
        auto begun = begin_term();
        if (!begun) session_.reset();  // With it the lock: another may fare better.
        else if (options_.told) options_.told({});
        return begun;
    }
    // A new database has no such table until its leader has made it.
    auto leader = who_leads(*session_);
    const std::lock_guard lock(mutex_);
    standing_.leader = leader ? std::move(*leader) : std::nullopt;
    return {};
}

Result<void> Writer::begin_term() {
    TRY_VOID(store::migrate(*session_));
    TRY(const auto head, store::head(*session_));
    TRY(const auto last, store::find_entry(*session_, head.seq));
    if (last) options_.clock.not_before(last->recorded_at);
    auto engine = std::make_unique<Engine>(*session_, spine_, config_);
    engine->sense(options_.senses);
    {
        const std::lock_guard lock(mutex_);
        for (auto& ended : std::exchange(ended_, {})) engine->keep(std::move(ended));
    }
    auto begun = engine->take_over(options_.clock.wall());
    if (begun && options_.begin_term)
        begun = engine->run(options_.clock.wall(), options_.begin_term);
    auto leader = begun ? who_leads(*session_) : std::unexpected(begun.error());
    const std::lock_guard lock(mutex_);
    if (!leader) {
        std::ranges::move(engine->take_unnoted(), std::back_inserter(ended_));
        return std::unexpected(leader.error());
    }
    engine_ = std::move(engine);
    standing_ = {true, std::move(*leader), {}};
    return {};
}

// What was decided is in the database; what was begun outside is finished, and noted if this
// process comes to lead again before another has done the same: paging fails open.
void Writer::end_term(const Error& why) {
    std::deque<Task> tasks;
    Error refused;
    {
        const std::lock_guard lock(mutex_);
        standing_ = {false, std::nullopt, why.message()};
        jobs_.clear();
        std::ranges::move(engine_->take_unnoted(), std::back_inserter(ended_));
        tasks = std::exchange(tasks_, {});
        refused = refusal();
    }
    engine_.reset();
    session_.reset();
    for (Task& task : tasks) task.done(std::unexpected(refused));
    if (options_.told) options_.told(std::unexpected(why));
}

// --- writing -------------------------------------------------------------------------------------

void Writer::write_until_stopped() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const Tick until = engine_ ? lead() : stand_by();
        lock.lock();
        if (!tasks_.empty() || (engine_ && !ended_.empty()) || stopping_) continue;
        const Duration nap = std::clamp(until - steady_now(), Duration(0), nap_max);
        if (nap > 0s) wake_writer_.wait_for(lock, nap);
    }
}

Tick Writer::lead() {
    std::deque<Task> tasks;
    std::deque<Engine::Ended> ended;
    {
        const std::lock_guard lock(mutex_);
        tasks = std::exchange(tasks_, {});
        ended = std::exchange(ended_, {});
        engine_->use(config_);
    }
    note_ended(std::move(ended));
    run_tasks(std::move(tasks));
    note_step();
    const Tick until = step();
    if (session_->is_lost()) {
        end_term({Errc::unavailable, "the connection to the database was lost", ""});
        return steady_now();
    }
    const bool shared = session_->engine() == store::Engine::postgres;
    return shared ? std::min(until, steady_now() + leader_nap_max) : until;
}

void Writer::note_ended(std::deque<Engine::Ended> ended) {
    for (auto& one : ended) note(engine_->end_action(options_.clock.wall(), std::move(one)));
}

void Writer::run_tasks(std::deque<Task> tasks) {
    for (Task& task : tasks) {
        auto result = engine_->run(options_.clock.wall(), task.command);
        // What follows is part of what was asked: who waits for a command may rely on it.
        if (result) note(engine_->settle(options_.clock.wall()));
        task.done(std::move(result));
    }
}

void Writer::note_step() {
    const auto step = options_.clock.take_step();
    if (!step) return;
    note(engine_->run(options_.clock.wall(),
                      [&](const Turn& turn) { return ops::note_step(turn, *step); }));
}

Tick Writer::step() {
    const Instant now = options_.clock.wall();
    const auto settled = engine_->settle(now);
    note(settled);
    if (!settled) return steady_now() + look_again;
    hand_out(now);
    const auto due = engine_->next_due();
    if (!due) return steady_now() + look_again;
    return *due == Instant::never() ? Tick::never() - nap_max
                                    : steady_now() + (*due - options_.clock.wall());
}

void Writer::hand_out(Instant now) {
    auto jobs = engine_->begin_actions(now, options_.patience);
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
        wake_actors_.wait(lock, [this] { return stopping_ || next_job() != jobs_.end(); });
        if (stopping_) return;  // What was begun and not performed comes again at the next start.
        perform_one(lock);
    }
}

// A check that hangs must not keep a page waiting: some are kept free for pages.
bool Writer::may_take(const store::Job& job) const {
    const auto most = options_.actors - std::min(options_.actors_kept, options_.actors - 1);
    return job.urgency == 0 || unhurried_ < most;
}

std::deque<store::Job>::iterator Writer::next_job() {
    auto next = jobs_.end();
    for (auto at = jobs_.begin(); at != jobs_.end(); ++at)
        if (may_take(*at) && (next == jobs_.end() || at->urgency < next->urgency)) next = at;
    return next;
}

void Writer::perform_one(std::unique_lock<std::mutex>& lock) {
    const auto next = next_job();
    const store::Job job = std::move(*next);
    jobs_.erase(next);
    unhurried_ += job.urgency == 0 ? 0 : 1;
    const auto config = config_;
    lock.unlock();
    Performed performed = options_.perform(job, *config);
    lock.lock();
    unhurried_ -= job.urgency == 0 ? 0 : 1;
    if (!jobs_.empty()) wake_actors_.notify_one();
    ended_.push_back({job, std::move(performed)});
    wake_writer_.notify_one();
}

}  // namespace sg::ops
