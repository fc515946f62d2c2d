#include "ops/engine.h"

#include <algorithm>

#include "store/ledger.h"

namespace sg::ops {

void describe(Visitor& v, ReactionSetAside& e) {
    v.field({.key = "reaction"}, e.reaction);
    v.field({.key = "record"}, e.record);
    v.field({.key = "error"}, e.error);
}

void describe(Visitor& v, ActionFailed& e) {
    v.field({.key = "action"}, e.action);
    v.field({.key = "key"}, e.key);
    v.field({.key = "attempts"}, e.attempts);
    v.field({.key = "error"}, e.error);
}

namespace {

constexpr std::int64_t batch = 64;
constexpr Duration ended_kept_for = 90 * 24h;  // Of actions; the ledger keeps what came of them.
// Bound: of steps in one settle(); a cycle that no clock breaks would end here, loudly.
constexpr int steps_max = 100'000;

Recorded recorded_of(const store::Entry& entry, Kind kind) {
    return {.seq = entry.seq,
            .at = entry.recorded_at,
            .kind = kind,
            .version = static_cast<int>(entry.version),
            .actor = {entry.who, entry.origin},
            .cause = entry.cause,
            .subjects = entry.subjects,
            .payload = entry.payload};
}

// The database cannot be used at the moment: no fault of the reaction.
bool is_of_the_database(const Error& error) { return error.code == Errc::unavailable; }

}  // namespace

Engine::Engine(store::Session& session, const Spine& spine, config::Snapshot config)
    : session_(session), spine_(spine), config_(std::move(config)) {}

Turn Engine::turn(const store::Tx& tx, Instant now, std::optional<std::int64_t> cause) const {
    return {tx, now, *config_, spine_.folds, cause};
}

Result<void> Engine::run(Instant now, const Command& command) {
    TRY(auto tx, store::Tx::begin(session_));
    TRY_VOID(command(turn(tx, now, std::nullopt)));
    return tx.commit();
}

Result<void> Engine::settle(Instant now) {
    TRY_VOID(note_ended(now));
    TRY_VOID(load_cursors());
    for (int step = 0; step < steps_max; ++step) {
        bool anything = false;
        TRY(const auto head, store::head(session_));
        if (head.seq > settled_to_) {
            for (const Reaction& reaction : spine_.reactions) {
                TRY(const bool reacted, react(reaction, now));
                anything |= reacted;
            }
            if (!anything) settled_to_ = head.seq;
        }
        if (!anything) {
            TRY(anything, ring_one(now));
        }
        if (!anything) return {};
    }
    CHECK(false);  // Reactions follow from each other without end.
    return {};
}

Result<void> Engine::load_cursors() {
    if (cursors_) return {};
    TRY(auto list, store::cursors(session_));
    cursors_.emplace();
    for (auto& cursor : list) {
        auto name = cursor.reaction;
        cursors_->emplace(std::move(name), std::move(cursor));
    }
    for (const Reaction& reaction : spine_.reactions)
        cursors_->try_emplace(std::string(reaction.name),
                              store::Cursor{std::string(reaction.name), 0, 0, 0});
    return {};
}

Result<bool> Engine::react(const Reaction& reaction, Instant now) {
    store::Cursor& cursor = cursors_->find(reaction.name)->second;
    const auto kind = std::string(row_of(reaction.kind).name);
    TRY(const auto list,
        store::entries(session_, {.after = cursor.seq, .limit = batch, .kind = kind}));
    for (const auto& entry : list) {
        const Recorded event = recorded_of(entry, reaction.kind);
        store::Cursor moved{cursor.reaction, entry.seq, 0, 0};
        const auto done = [&]() -> Result<void> {
            TRY(auto tx, store::Tx::begin(session_));
            TRY_VOID(reaction.react(turn(tx, now, entry.seq), event, senses_));
            TRY_VOID(store::move_cursor(tx, moved));
            return tx.commit();
        }();
        if (!done) {
            if (is_of_the_database(done.error())) return std::unexpected(done.error());
            TRY_VOID(set_aside(reaction, event, done.error(), now));
            return true;
        }
        cursor = moved;
    }
    return !list.empty();
}

// Counts the failure; the third moves on, and says so in the ledger, where a reaction pages.
Result<void> Engine::set_aside(const Reaction& reaction, const Recorded& event, const Error& error,
                               Instant now) {
    store::Cursor next = cursors_->find(reaction.name)->second;
    next.failures = next.failing == event.seq ? next.failures + 1 : 1;
    next.failing = event.seq;
    const bool given_up = next.failures >= failures_max;
    TRY(auto tx, store::Tx::begin(session_));
    if (given_up) {
        next = {next.reaction, event.seq, 0, 0};
        Decision decision;
        decision.event(ReactionSetAside{std::string(reaction.name), event.seq, error.message()},
                       event.subjects);
        TRY([[maybe_unused]] const auto done, record(turn(tx, now, event.seq), {}, decision));
    }
    TRY_VOID(store::move_cursor(tx, next));
    TRY_VOID(tx.commit());
    cursors_->find(reaction.name)->second = next;
    return {};
}

Result<bool> Engine::ring_one(Instant now) {
    TRY(const auto due, store::due_wakeups(session_, now, 1));
    if (due.empty()) return false;
    const store::Wakeup& wakeup = due.front();
    const auto rung = ring(wakeup, now);
    if (rung) return true;
    if (is_of_the_database(rung.error())) return std::unexpected(rung.error());
    const auto name = wakeup.name + " " + wakeup.subject;
    if (++ring_failures_[name] < failures_max) return true;
    ring_failures_.erase(name);
    TRY_VOID(silence(wakeup, rung.error(), now));
    return true;
}

Result<void> Engine::ring(const store::Wakeup& wakeup, Instant now) {
    const auto alarm = std::ranges::find(spine_.alarms, wakeup.name, &Alarm::name);
    TRY(auto tx, store::Tx::begin(session_));
    // Stopped first: what it sets anew must stay.
    TRY_VOID(store::stop_wakeup(tx, wakeup.name, wakeup.subject));
    if (alarm != spine_.alarms.end())
        TRY_VOID(alarm->ring(turn(tx, now, wakeup.cause), wakeup, senses_));
    return tx.commit();
}

// A clock that nobody can answer must not stop the others.
Result<void> Engine::silence(const store::Wakeup& wakeup, const Error& error, Instant now) {
    TRY(auto tx, store::Tx::begin(session_));
    TRY_VOID(store::stop_wakeup(tx, wakeup.name, wakeup.subject));
    Decision decision;
    decision.event(
        ReactionSetAside{"clock " + wakeup.name, wakeup.cause.value_or(0), error.message()},
        {wakeup.subject});
    TRY([[maybe_unused]] const auto done, record(turn(tx, now, wakeup.cause), {}, decision));
    return tx.commit();
}

Result<Instant> Engine::next_due() {
    TRY(const auto wakeup, store::next_wakeup_at(session_));
    TRY(const auto job, store::next_job_at(session_));
    return std::min(wakeup.value_or(Instant::never()), job.value_or(Instant::never()));
}

// --- actions -------------------------------------------------------------------------------------

Result<std::vector<store::Job>> Engine::begin_actions(Instant now, Duration patience) {
    TRY(auto jobs, store::due_jobs(session_, now, batch));
    if (jobs.empty()) return jobs;
    TRY(auto tx, store::Tx::begin(session_));
    for (auto& job : jobs) {
        ++job.attempts;
        TRY_VOID(store::start_job(tx, job.id, now + patience));
    }
    TRY_VOID(tx.commit());
    return jobs;
}

void Engine::keep(Ended ended) {
    if (unnoted_.size() < unnoted_max) unnoted_.push_back(std::move(ended));
}

Result<void> Engine::end_action(Instant now, Ended ended) {
    keep(std::move(ended));
    return note_ended(now);
}

Result<void> Engine::take_over(Instant now) {
    TRY_VOID(note_ended(now));
    return run(now, [](const Turn& turn) { return store::resume_jobs(turn.tx, turn.now); });
}

// In the order in which they ended.
Result<void> Engine::note_ended(Instant now) {
    for (; !unnoted_.empty(); unnoted_.pop_front()) {
        const Ended& ended = unnoted_.front();
        const auto noted = run(now, [&](const Turn& turn) { return note_ended(turn, ended); });
        if (noted) continue;
        if (is_of_the_database(noted.error())) return noted;
        // Who should learn of it cannot: it is over all the same, or it would be done for ever.
        TRY_VOID(run(now, [&](const Turn& turn) {
            return abandon_action(turn, ended.job, noted.error().message());
        }));
    }
    return {};
}

Result<void> Engine::note_ended(const Turn& turn, const Ended& ended) const {
    const auto& [job, performed] = ended;
    const Turn here{turn.tx, turn.now, turn.config, turn.folds, job.cause};
    // Noted already: by a commit of which only the answer was lost, or by who led meanwhile.
    TRY(const bool is_open, store::is_open(here.tx, job.id));
    if (!is_open) return {};
    const bool done = performed.how == Performed::How::done;
    TRY_VOID(store::drop_ended_jobs(here.tx, here.now - ended_kept_for));
    TRY_VOID(store::end_job(here.tx, job.id, done ? store::JobEnd::done : store::JobEnd::failed,
                            performed.detail, here.now));
    const auto outcome = std::ranges::find(spine_.outcomes, job.kind, &Outcome::action);
    if (outcome != spine_.outcomes.end()) return outcome->take(here, job, performed, senses_);
    return done ? Result<void>{} : abandon_action(here, job, performed.detail);
}

Result<void> Engine::abandon_action(const Turn& turn, const store::Job& job,
                                    const std::string& why) const {
    TRY_VOID(store::end_job(turn.tx, job.id, store::JobEnd::failed, why, turn.now));
    Decision decision;
    decision.event(ActionFailed{job.kind, job.key, job.attempts, why}, {});
    TRY([[maybe_unused]] const auto recorded, record(turn, {}, decision));
    return {};
}

}  // namespace sg::ops
