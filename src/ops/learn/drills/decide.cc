#include "ops/learn/drills/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "ops/learn/drills/scenario.h"

namespace sg::drills {

namespace {

constexpr std::int64_t lifts_before_stuck = 3;
constexpr std::int64_t lifts_most = 100;
constexpr Duration lift_again = 10s;

std::vector<ops::Subject> subjects_of(const Drill& drill) {
    std::vector<ops::Subject> subjects{subject_of(drill.id)};
    if (!drill.target.service.empty()) subjects.push_back("service:" + drill.target.service);
    return subjects;
}

void look_again(ops::Decision& decision, const Drill& drill, Instant at) {
    decision.set(std::string(due_clock), subject_of(drill.id), at);
}

Work work_of(const Drill& drill, Instant expires_at) {
    return {.drill = drill.id,
            .faults = drill.faults,
            .undo = drill.undo,
            .reason = fmt::format("drill {}: {}", drill.id, drill.title),
            .expires_at = expires_at};
}

ops::Action action_of(std::string kind, const Work& work, Instant not_before) {
    return {.kind = kind,
            .key = fmt::format("{}.{}.{}", kind, work.drill, work.attempt),
            .body = to_json(work),
            .not_before = not_before,
            .deadline = kind == "drill.lift" ? Duration(24h) : Duration(begin_within),
            .urgency = 0};
}

// Each attempt has a key of its own: what was performed once is not performed again under it.
void lift(ops::Decision& decision, const Drill& drill, Instant not_before,
          std::int64_t attempt = 1) {
    auto work = work_of(drill, not_before + spare);
    work.attempt = attempt;
    decision.action(action_of("drill.lift", work, not_before));
}

Instant injected_until(const Drill& drill) { return drill.injected_at + drill.lasts; }

std::string seconds(Duration d) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(d).count());
}

void end(ops::Decision& decision, const Drill& drill) {
    const auto met = std::ranges::count(drill.expect, Outcome::met, &Expectation::outcome);
    const auto all = std::ssize(drill.expect);
    Verdict verdict = met == all ? Verdict::passed : Verdict::failed;
    if (!drill.why.empty()) verdict = Verdict::aborted;
    if (drill.mode == Mode::table_top) verdict = Verdict::passed;
    decision.event(DrillEnded{drill.id, verdict, met, all}, subjects_of(drill));
    decision.stop(std::string(due_clock), subject_of(drill.id));
}

}  // namespace

ops::Subject subject_of(std::int64_t drill) { return fmt::format("drill:{}", drill); }

std::int64_t number_of(const ops::Subject& subject) {
    const auto digits = std::string_view(subject).substr(subject.find(':') + 1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

bool is_active(const Drill& drill) { return drill.id != 0 && drill.state != State::ended; }

bool is_in_force(const Drill& drill) {
    return is_active(drill) && drill.mode != Mode::table_top && drill.state != State::preparing;
}

// --- its beginning -------------------------------------------------------------------------------

Result<void> may_begin(const Plan& plan, const Steady& steady, const Surroundings& around) {
    if (around.running != 0)
        return fail(Errc::conflict, fmt::format("drill {} is running", around.running),
                    "one at a time; `streamgate drill abort` ends it");
    if (plan.mode == Mode::table_top) return {};
    if (!around.permitted)
        return fail(Errc::permission_denied, "drills are not permitted here",
                    "`drills: { permitted: true }` in the configuration permits them");
    if (!around.is_time)
        return fail(Errc::conflict, "now is not a time for drills",
                    "`drills.during` in the configuration says when it is");
    if (!around.troubles.empty())
        return fail(
            Errc::conflict,
            fmt::format("no drill during a real incident: {}", fmt::join(around.troubles, ", ")),
            "a drill may begin when it is resolved");
    if (plan.target.service.empty()) return {};
    if (around.rate < steady.rate_least.per_second)
        return fail(Errc::conflict,
                    fmt::format("{} gets {:.1f} requests a second, {:.1f} are needed to prove "
                                "anything",
                                plan.target.service, around.rate, steady.rate_least.per_second));
    if (around.errors > steady.errors_most.of_one)
        return fail(Errc::conflict,
                    fmt::format("{} is not steady: {:.1f} % of its requests fail already",
                                plan.target.service, around.errors * 100),
                    "a drill may begin when it is well");
    return {};
}

ops::Decision begin(std::int64_t id, const Plan& plan, Instant now) {
    ops::Decision decision;
    Drill drill;
    static_cast<Plan&>(drill) = plan;
    drill.id = id;
    decision.event(DrillBegun{id, plan.title, plan}, subjects_of(drill));
    if (plan.mode == Mode::table_top) return decision;
    decision.action(action_of("drill.prepare", work_of(drill, now + plan.lasts + spare), now));
    look_again(decision, drill, now + begin_within);
    return decision;
}

ops::Decision prepared(const Drill& drill, const std::vector<std::string>& undo, Instant now) {
    ops::Decision decision;
    if (drill.state != State::preparing) return decision;
    decision.event(DrillPrepared{drill.id, fmt::format("{}", fmt::join(undo, "; ")), undo},
                   subjects_of(drill));
    Drill after = drill;
    after.undo = undo;
    decision.action(action_of("drill.inject", work_of(after, now + drill.lasts + spare), now));
    look_again(decision, drill, now + begin_within);
    return decision;
}

ops::Decision injected(const Drill& drill, const std::string& what, Instant now) {
    ops::Decision decision;
    if (drill.state != State::injecting) {
        // It was called off meanwhile: what came after that goes as well.
        constexpr std::int64_t for_what_came_late = 1000;
        lift(decision, drill, now, for_what_came_late);
        return decision;
    }
    decision.event(DrillInjected{drill.id, what}, subjects_of(drill));
    look_again(decision, drill, now + tick);
    return decision;
}

ops::Decision failed(const Drill& drill, const std::string& why, Instant now) {
    auto decision = abort(drill, why, now);
    return decision ? std::move(*decision) : ops::Decision{};
}

// --- its end -------------------------------------------------------------------------------------

Result<ops::Decision> abort(const Drill& drill, const std::string& why, Instant now) {
    if (!is_active(drill) || drill.state == State::settling)
        return fail(Errc::conflict, fmt::format("drill {} is over", drill.id));
    ops::Decision decision;
    if (drill.state == State::lifting) return decision;
    decision.event(DrillAborted{drill.id, why}, subjects_of(drill));
    Drill after = drill;
    after.why = why;
    // Nothing was injected, and nothing will be.
    if (drill.state == State::preparing || drill.mode == Mode::table_top) {
        end(decision, after);
        return decision;
    }
    lift(decision, after, now);
    look_again(decision, drill, now + lift_again);
    return decision;
}

ops::Decision lifted(const Drill& drill, Instant now) {
    ops::Decision decision;
    if (!is_active(drill) || drill.state == State::settling) return decision;
    const auto why = !drill.why.empty()             ? drill.why
                     : now >= injected_until(drill) ? std::string("its time is over")
                                                    : std::string("all was seen");
    decision.event(DrillLifted{drill.id, why}, subjects_of(drill));
    look_again(decision, drill, now + tick);
    return decision;
}

ops::Decision not_lifted(const Drill& drill, std::int64_t attempt, const std::string& error,
                         Instant now) {
    ops::Decision decision;
    if (attempt >= lifts_before_stuck && !drill.stuck)
        decision.event(DrillStuck{drill.id, error}, subjects_of(drill));
    if (attempt % lifts_most == 0) return decision;  // By then it has long expired.
    lift(decision, drill, now + lift_again, attempt + 1);
    return decision;
}

Result<ops::Decision> answer(const Drill& drill, const Answer& said, Instant) {
    if (!is_active(drill)) return fail(Errc::conflict, fmt::format("drill {} is over", drill.id));
    if (said.text.empty()) return fail(Errc::invalid_argument, "an answer needs a text");
    const auto known = [&](const Expectation& one) { return one.what == said.expectation; };
    if (!said.expectation.empty() && std::ranges::none_of(drill.expect, known))
        return fail(Errc::invalid_argument,
                    fmt::format("nobody expects `{}` of this drill", said.expectation),
                    "`streamgate drill report` lists what is expected");
    ops::Decision decision;
    decision.event(DrillAnswered{drill.id, said.expectation, said.text}, subjects_of(drill));
    return decision;
}

Result<ops::Decision> finish(const Drill& drill, Instant now) {
    if (!is_active(drill)) return fail(Errc::conflict, fmt::format("drill {} is over", drill.id));
    if (drill.mode != Mode::table_top) return abort(drill, "it was ended", now);
    ops::Decision decision;
    end(decision, drill);
    return decision;
}

// --- what is seen --------------------------------------------------------------------------------

namespace {

bool has_word(std::string_view list, std::string_view word) {
    const auto words = split(list, ' ');
    return std::ranges::find(words, word) != words.end();
}

class Judging {
  public:
    Judging(const Drill& drill, const Sight& sight, Instant now)
        : drill_(drill), sight_(sight), now_(now) {
        for (const auto& seen : sight.seen)
            if (seen.kind == "incident.declared" && seen.drill == drill.id)
                incidents_.push_back(seen.incident);
    }

    ops::Decision decide() {
        for (auto& one : drill_.expect)
            if (one.outcome == Outcome::open) judge(one);
        switch (drill_.state) {
            case State::injecting: give_up_waiting(); break;
            case State::running: run(); break;
            case State::settling: settle_down(); break;
            default: break;
        }
        if (is_active(drill_) && !ended_) look_again(decision_, drill_, now_ + tick);
        return std::move(decision_);
    }

  private:
    bool is_of_it(const Seen& seen) const {
        if (seen.kind.starts_with("drill.")) return seen.drill == drill_.id;
        if (seen.incident != 0)
            return std::ranges::find(incidents_, seen.incident) != incidents_.end();
        if (!seen.service.empty())
            return std::ranges::find(drill_.services, seen.service) != drill_.services.end();
        return drill_.services.empty();
    }

    const Seen* find(const Expectation& one) const {
        const auto* row = find_expectation(one.what);
        if (row == nullptr) return nullptr;
        for (const auto& seen : sight_.seen) {
            if (seen.at < drill_.injected_at || !has_word(row->kinds, seen.kind)) continue;
            if (!is_of_it(seen)) continue;
            // That it went away when the fault was lifted is nobody's doing.
            const bool by_itself = seen.kind == "incident.mitigated" && one.what != "recovered" &&
                                   drill_.lifted_at != Instant{} && seen.at >= drill_.lifted_at;
            if (by_itself) continue;
            if (one.severity != 0 && (seen.severity == 0 || seen.severity > one.severity)) continue;
            const bool named = one.names.empty() || seen.text.find(one.names) != std::string::npos;
            if (named) return &seen;
        }
        return nullptr;
    }

    void met(Expectation& one, Instant at, std::string what, std::int64_t incident) {
        one.outcome = Outcome::met;
        decision_.event(
            DrillMet{{drill_.id, one.what, at - drill_.injected_at, std::move(what), incident}},
            subjects_of(drill_));
    }
    void missed(Expectation& one, std::string what, std::int64_t incident = 0) {
        one.outcome = Outcome::missed;
        decision_.event(DrillMissed{{drill_.id, one.what, now_ - drill_.injected_at,
                                     std::move(what), incident}},
                        subjects_of(drill_));
    }

    void judge(Expectation& one) {
        if (drill_.injected_at == Instant{} || one.what == "told") return;
        const auto* seen = find(one);
        if (one.never) {
            if (seen != nullptr) missed(one, "it happened: " + seen->sentence, seen->incident);
            return;  // Whether it never did is known at the end.
        }
        const Instant by = due_of(one);
        if (seen != nullptr && seen->at <= by)
            return met(one, seen->at, seen->sentence, seen->incident);
        if (seen != nullptr)
            return missed(one,
                          fmt::format("only after {}: {}", seconds(seen->at - drill_.injected_at),
                                      seen->sentence),
                          seen->incident);
        if (now_ > by) missed(one, fmt::format("not within {}", to_text(one.within)));
    }

    // What follows the end of the fault is counted from there.
    Instant due_of(const Expectation& one) const {
        const bool after = one.what == "drafted" || one.what == "recovered";
        if (!after) return drill_.injected_at + one.within;
        if (drill_.lifted_at == Instant{}) return Instant::never();
        return drill_.lifted_at + one.within;
    }

    void give_up_waiting() {
        if (now_ < drill_.begun_at + 2 * begin_within) return;
        if (auto aborted = abort(drill_, "it was not injected in time", now_))
            decision_.add(std::move(*aborted));
        ended_ = true;  // The clock is set by abort().
    }

    static bool is_later(const Expectation& one) {
        return one.what == "told" || one.what == "drafted" || one.what == "recovered";
    }

    // Where all that is expected comes later, the fault stays for as long as the scenario says.
    bool waits_for_something() const {
        if (std::ranges::all_of(drill_.expect, is_later)) return true;
        return std::ranges::any_of(drill_.expect, [](const Expectation& one) {
            return one.outcome == Outcome::open && (one.never || !is_later(one));
        });
    }

    void run() {
        if (!sight_.troubles.empty()) {
            if (auto aborted = abort(drill_, "something real: " + sight_.troubles.front(), now_))
                decision_.add(std::move(*aborted));
            ended_ = true;
            return;
        }
        const bool is_over = now_ >= injected_until(drill_);
        const bool is_seen = drill_.mode == Mode::automatic && !waits_for_something();
        if (!is_over && !is_seen) return;
        lift(decision_, drill_, now_);
    }

    void settle_down() {
        const bool out_of_time = now_ >= drill_.lifted_at + settle;
        if (incidents_.empty() && now_ >= drill_.lifted_at + unhurt)
            for (auto& one : drill_.expect)
                if (one.what == "recovered" && one.outcome == Outcome::open && !one.never)
                    met(one, now_, "users never felt it", 0);
        const bool drafts = std::ranges::any_of(drill_.expect, [](const Expectation& one) {
            return one.outcome == Outcome::open && !one.never && one.what != "told";
        });
        const bool waits = sight_.hurts || (drill_.why.empty() && (sight_.open || drafts));
        if (!out_of_time && waits) return;
        for (auto& one : drill_.expect) {
            if (one.outcome != Outcome::open) continue;
            if (one.what == "told") judge_told(one);
            else if (one.never) met(one, now_, "it never happened", 0);
            else missed(one, "not seen until the end");
        }
        end(decision_, drill_);
        ended_ = true;
    }

    // The status page must not have said a word.
    void judge_told(Expectation& one) {
        for (const auto& seen : sight_.seen)
            if (seen.kind.starts_with("statuspage.") && seen.incident != 0 && is_of_it(seen))
                return missed(one, "the status page said: " + seen.sentence, seen.incident);
        met(one, now_, "status page: withheld, as it is a drill", 0);
    }

    Drill drill_;
    const Sight& sight_;
    const Instant now_;
    std::vector<std::int64_t> incidents_;
    ops::Decision decision_;
    bool ended_ = false;
};

}  // namespace

ops::Decision look(const Drill& drill, const Sight& sight, Instant now) {
    ops::Decision decision;
    if (!is_active(drill)) return decision;
    if (drill.state == State::preparing) {
        if (now >= drill.begun_at + begin_within)
            return failed(drill, "it was not prepared in time", now);
        look_again(decision, drill, drill.begun_at + begin_within);
        return decision;
    }
    return Judging(drill, sight, now).decide();
}

bool explains(const Drill& drill, const Signal& signal) {
    if (!is_in_force(drill)) return false;
    // What began only after the fault was gone is not its doing.
    if (drill.lifted_at != Instant{} && signal.since > drill.lifted_at) return false;
    if (!signal.service.empty())
        return std::ranges::find(drill.services, signal.service) != drill.services.end();
    if (!signal.need.empty()) return signal.need == drill.target.need;
    return std::ranges::any_of(drill.keys,
                               [&](const std::string& key) { return signal.key.starts_with(key); });
}

}  // namespace sg::drills
