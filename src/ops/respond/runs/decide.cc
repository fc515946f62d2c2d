#include "ops/respond/runs/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/units.h"
#include "ops/respond/runs/resolve.h"

namespace sg::runs {

namespace {

using ops::Decision;
using runbooks::Runbook;
using runbooks::Step;
using runbooks::StepKind;

constexpr std::string_view run_prefix = "run:";

// A run on its way: what is said is applied at once, so that it goes on from there.
class Walk {
  public:
    Walk(Run run, const Around& around, Instant now)
        : run_(std::move(run)), around_(&around), now_(now) {}

    template <class Payload>
    void say(Payload payload) {
        payload.run = run_.id;
        payload.incident = run_.incident;
        payload.runbook = run_.runbook;
        decision_.event(payload, subjects());
        const auto& event = decision_.events.back();
        auto applied = apply(run_, {.at = now_, .kind = event.kind, .payload = event.payload});
        CHECK(applied.has_value());  // Our own payload.
        run_ = std::move(*applied);
    }

    void begin(const Beginning& beginning) {
        run_.id = beginning.run;
        run_.incident = beginning.incident;
        run_.runbook = around_->runbook.name;
        run_.service = beginning.service;
        const auto& steps = around_->runbook.steps;
        say(RunbookStarted{.title = around_->runbook.title,
                           .service = beginning.service,
                           .by = beginning.by,
                           .mode = beginning.mode,
                           .first = steps.empty() ? "" : steps.front().name,
                           .text = around_->runbook.text});
        const auto& causes = around_->known.causes;
        if (!causes.empty())
            say(RunbookDiagnosed{.likely = line_of(causes.front()), .causes = causes});
    }

    void end(Outcome outcome, std::string why) {
        stop_clocks();
        say(RunbookEnded{
            .outcome = outcome, .why = std::move(why), .after = now_ - run_.started_at});
    }

    // As far as it gets without waiting.
    void go_on();

    void expect(std::string step, std::string outcome, std::string why, std::string then) {
        say(RunbookWentOn{.step = std::move(step),
                          .outcome = std::move(outcome),
                          .why = std::move(why),
                          .then = std::move(then)});
    }

    void stop_clocks() {
        decision_.stop(std::string(checks_clock), subject_of(run_.id));
        decision_.stop(std::string(answer_clock), subject_of(run_.id));
    }

    const Run& run() const { return run_; }
    Decision take() { return std::move(decision_); }

    // Consecutive checks from `at` on.
    std::vector<const Step*> checks_from(std::size_t at) const {
        std::vector<const Step*> checks;
        const auto& steps = around_->runbook.steps;
        for (; at < steps.size() && steps[at].kind == StepKind::check; ++at)
            checks.push_back(&steps[at]);
        return checks;
    }
    bool is_open(const Step& check) const {
        const auto* look = look_at(run_, check.name);
        if (look != nullptr && look->round == run_.round) return false;
        return !targets_of(check.check.target, run_, *around_).empty();
    }
    std::size_t position(std::string_view step) const {
        const auto& steps = around_->runbook.steps;
        return static_cast<std::size_t>(std::ranges::find(steps, step, &Step::name) -
                                        steps.begin());
    }

  private:
    enum class Leads : std::uint8_t { on, away };  // Away: elsewhere, or it waits.

    static std::string line_of(const Cause& cause) {
        return fmt::format("{} {}: {}", cause.kind, cause.name, cause.evidence);
    }

    std::vector<ops::Subject> subjects() const {
        std::vector<ops::Subject> list{subject_of(run_.id)};
        if (run_.incident != 0) list.push_back(fmt::format("incident:{}", run_.incident));
        if (!run_.service.empty()) list.push_back("service:" + run_.service);
        return list;
    }

    Leads look(const std::vector<const Step*>& checks);
    Leads decide(const Step& step);
    Leads ask(const Step& step);
    Leads act(const Step& step);
    RunbookReached reached(const Step& step, ports::Act act) const;
    // Why the branch is taken: what checks found that it asks for, or telemetry.
    Cause cause_of(const runbooks::Branch& branch) const;

    Run run_;
    const Around* around_;
    Instant now_;
    Decision decision_;
};

Walk::Leads Walk::look(const std::vector<const Step*>& checks) {
    Duration longest{};
    bool any_in = false;
    std::vector<ops::Action> actions;
    for (const auto* step : checks) {
        if (!is_open(*step)) {
            const auto* seen = look_at(run_, step->name);
            any_in = any_in || (seen != nullptr && seen->round == run_.round);
            continue;
        }
        LookOrder order{.run = run_.id,
                        .step = step->name,
                        .round = run_.round,
                        .inspect = step->check.inspect,
                        .targets = targets_of(step->check.target, run_, *around_),
                        .deadline = std::min(step->check.deadline, check_lasts_max)};
        for (const auto& [name, value] : step->check.with)
            if (auto known = resolve(value, run_, *around_)) order.with[name] = std::move(*known);
        longest = std::max(longest, order.deadline);
        actions.push_back({.kind = std::string(look_action),
                           .key = fmt::format("look.{}.{}.{}", run_.id, run_.round, step->name),
                           .body = to_json(order),
                           .deadline = order.deadline + queue_lasts_max,
                           .urgency = 2});
    }
    if (actions.empty()) {
        decision_.stop(std::string(checks_clock), subject_of(run_.id));
        return Leads::on;
    }
    if (any_in) return Leads::away;  // They are under way, and so is their clock.
    for (auto& action : actions) decision_.action(std::move(action));
    decision_.set(std::string(checks_clock), subject_of(run_.id), now_ + longest + queue_lasts_max);
    return Leads::away;
}

Cause Walk::cause_of(const runbooks::Branch& branch) const {
    for (const auto& name : branch.when.names()) {
        if (name.starts_with("diagnosis.") && !around_->known.causes.empty())
            return around_->known.causes.front();
        const auto* look = look_at(run_, name.substr(0, name.find('.')));
        if (look != nullptr && !look->title.empty())
            return {.kind = "check", .name = look->step, .evidence = look->title};
    }
    return {};
}

// The first that holds. What is not known does not hold.
Walk::Leads Walk::decide(const Step& step) {
    const auto facts = facts_of(run_, *around_);
    const auto holds = [&](const runbooks::Branch& branch) {
        return branch.when.text().empty() || branch.when.evaluate(facts) == runbooks::Verdict::yes;
    };
    const auto branch = std::ranges::find_if(step.decide.branches, holds);
    if (branch == step.decide.branches.end()) return Leads::on;
    RunbookDiagnosed diagnosed{.step = step.name, .then = branch->then};
    auto cause = cause_of(*branch);
    diagnosed.likely = cause.kind.empty()      ? branch->cause
                       : branch->cause.empty() ? line_of(cause)
                       : cause.kind == "check"
                           ? fmt::format("{}: {}", branch->cause, cause.evidence)
                           : fmt::format("{}: {}", branch->cause, line_of(cause));
    if (!cause.kind.empty()) diagnosed.causes.push_back(cause);
    for (const auto& other : around_->known.causes)
        if (!(other == cause)) diagnosed.causes.push_back(other);
    const auto likely = diagnosed.likely;
    say(std::move(diagnosed));
    if (branch->then.empty()) end(Outcome::handed_over, likely + "; a person goes on from here");
    return Leads::away;
}

Walk::Leads Walk::ask(const Step& step) {
    const Instant until = now_ + step.ask.expires;
    RunbookAsked asked{
        .step = step.name, .question = step.ask.question, .roles = step.ask.roles, .until = until};
    for (const auto& one : step.ask.answers) asked.answers.push_back(one.name);
    say(std::move(asked));
    decision_.set(std::string(answer_clock), subject_of(run_.id), until);
    return Leads::away;
}

RunbookReached Walk::reached(const Step& step, ports::Act act) const {
    RunbookReached reached{.service = run_.service,
                           .step = step.name,
                           .what = ports::sentence_of(act),
                           .likely = run_.likely,
                           .act = std::move(act),
                           .undo = step.act.undo,
                           .why_no_undo = step.act.why_no_undo,
                           .expires = step.act.expires};
    if (const auto* verify = find_step(around_->runbook, step.act.verify)) {
        const auto targets = targets_of(verify->verify.target, run_, *around_);
        reached.verify = {.step = verify->name,
                          .inspect = verify->verify.inspect,
                          .target = targets.empty() ? "" : targets.front(),
                          .when = verify->verify.when.text(),
                          .within = verify->verify.within,
                          .holds = verify->verify.holds,
                          .compare = verify->verify.compare};
    }
    return reached;
}

Walk::Leads Walk::act(const Step& step) {
    auto act = resolve(step.act.act, run_, *around_);
    auto undo = Result<ports::Act>{};
    const auto* undoing = find_step(around_->runbook, step.act.undo);
    if (act && undoing != nullptr) undo = resolve(undoing->undo.act, run_, *around_);
    if (!act || !undo) {
        const auto why =
            fmt::format("{} is not possible: {}", step.name, (act ? undo : act).error().what);
        if (step.act.next.empty()) end(Outcome::handed_over, why + "; a person goes on from here");
        else expect(step.name, "impossible", why, step.act.next);
        return Leads::away;
    }
    auto payload = reached(step, std::move(*act));
    if (undoing != nullptr) {
        payload.undo = "act";
        payload.undo_act = std::move(*undo);
    }
    if (run_.mode == Mode::observe) end(Outcome::observed, "it would now " + payload.what);
    else say(std::move(payload));
    return Leads::away;
}

void Walk::go_on() {
    const auto& steps = around_->runbook.steps;
    for (auto round = run_.round; run_.state == State::looking; round = run_.round) {
        if (round >= rounds_max) return end(Outcome::handed_over, "it was led on without an end");
        auto at = position(run_.at);
        for (auto leads = Leads::on; leads == Leads::on;) {
            if (at >= steps.size())
                return end(Outcome::handed_over, "nothing leads on; a person goes on from here");
            const auto& step = steps[at];
            // An act, a verification, an undo is passed by: only what leads to one runs it.
            const bool is_led_to = step.name == run_.at;
            ++at;
            switch (step.kind) {
                case StepKind::check: {
                    const auto checks = checks_from(at - 1);
                    at += checks.size() - 1;
                    leads = look(checks);
                    break;
                }
                case StepKind::decide: leads = decide(step); break;
                case StepKind::ask: leads = ask(step); break;
                case StepKind::act:
                    if (is_led_to) leads = act(step);
                    break;
                case StepKind::verify:
                case StepKind::undo: break;
            }
        }
        if (run_.round == round) return;  // It waits.
    }
}

// Cut where a character begins.
std::string cut(const std::string& text) {
    std::string out = text.substr(0, text_max);
    if (out.size() < text.size())
        while (!out.empty() && (static_cast<unsigned char>(text[out.size()]) & 0xc0U) == 0x80U)
            out.pop_back();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return out.size() < text.size() ? out + "…" : out;
}

Seen seen_of(const std::string& target, const ports::Finding& finding) {
    Seen seen{.target = target,
              .key = cut(finding.key),
              .standing = std::string(
                  WordsOf<ports::Standing>::words[static_cast<std::size_t>(finding.standing)]),
              .title = cut(finding.title),
              .value = finding.value,
              .unit = cut(finding.unit),
              .hint = cut(finding.hint)};
    for (const auto& row : finding.evidence.rows) {
        if (seen.evidence.size() == evidence_max) break;
        seen.evidence.push_back(cut(fmt::format("{}", fmt::join(row, " · "))));
    }
    return seen;
}

}  // namespace

void describe(Visitor& v, LookOrder& o) {
    v.field({.key = "run"}, o.run);
    v.field({.key = "step"}, o.step);
    v.field({.key = "round"}, o.round);
    v.field({.key = "inspect"}, o.inspect);
    v.field({.key = "targets"}, o.targets);
    v.field({.key = "with"}, o.with);
    v.field({.key = "deadline"}, o.deadline);
}

ops::Subject subject_of(std::int64_t run) { return fmt::format("{}{}", run_prefix, run); }

std::int64_t number_of(const ops::Subject& subject) {
    if (!subject.starts_with(run_prefix)) return 0;
    std::int64_t number = 0;
    const auto* const end = subject.data() + subject.size();
    const auto [at, error] = std::from_chars(subject.data() + run_prefix.size(), end, number);
    return error == std::errc{} && at == end ? number : 0;
}

Look look_of(const LookOrder& order, const std::vector<std::pair<std::string, ports::Finding>>& by,
             std::string gave_up) {
    Look look{.step = order.step,
              .round = order.round,
              .inspect = order.inspect,
              .targets = order.targets,
              .gave_up = cut(gave_up)};
    std::vector<ports::Finding> all;
    for (const auto& [target, finding] : by) all.push_back(finding);
    const auto worst = all.empty() ? ports::Standing::unknown : ports::worst(all);
    look.standing = WordsOf<ports::Standing>::words[static_cast<std::size_t>(worst)];
    look.title = look.gave_up;
    // The worst first: what is left out beyond the bound is what is fine.
    for (const auto standing : {ports::Standing::bad, ports::Standing::unknown,
                                ports::Standing::odd, ports::Standing::fine})
        for (const auto& [target, finding] : by) {
            if (finding.standing != standing || look.seen.size() == seen_max) continue;
            look.seen.push_back(seen_of(target, finding));
            if (look.title.empty()) look.title = look.seen.back().title;
        }
    return look;
}

Decision start(const Beginning& beginning, const Around& around, Instant now) {
    Walk walk({}, around, now);
    walk.begin(beginning);
    walk.go_on();
    return walk.take();
}

Decision take(const Run& run, const Around& around, const Look& look, Instant now) {
    Walk walk(run, around, now);
    const auto at = walk.position(look.step);
    const bool is_awaited = run.state == State::looking && look.round == run.round &&
                            at < around.runbook.steps.size() &&
                            walk.is_open(around.runbook.steps[at]);
    if (!is_awaited) return {};
    walk.say(RunbookChecked{.step = look.step, .title = look.title, .look = look});
    walk.go_on();
    return walk.take();
}

Decision give_up(const Run& run, const Around& around, Instant now) {
    Walk walk(run, around, now);
    if (run.state != State::looking) return {};
    bool has_begun = false;
    const auto& steps = around.runbook.steps;
    // The first stretch of checks, from where it stands, of which some are not in.
    for (auto at = walk.position(run.at); at < steps.size() && !has_begun; ++at) {
        if (steps[at].kind != StepKind::check) continue;
        for (const auto* step : walk.checks_from(at)) {
            if (!walk.is_open(*step)) continue;
            has_begun = true;
            Look look{
                .step = step->name,
                .round = run.round,
                .inspect = step->check.inspect,
                .targets = targets_of(step->check.target, run, around),
                .gave_up = fmt::format(
                    "no answer within {}, given up",
                    to_text(std::min(step->check.deadline, check_lasts_max) + queue_lasts_max))};
            look.title = look.gave_up;
            walk.say(RunbookChecked{.step = step->name, .title = look.title, .look = look});
        }
    }
    walk.go_on();
    return walk.take();
}

const Question* open_question(const Run& run) {
    if (run.state != State::asking || run.questions.empty()) return nullptr;
    return &run.questions.back();
}

std::string proposed(const Run& run) {
    if (const auto* question = open_question(run))
        return fmt::format("answer: {} ({})", question->text, fmt::join(question->answers, ", "));
    if (run.state == State::acting && !run.reached.empty()) return run.reached.back().what;
    return run.outcome == Outcome::observed ? run.why : std::string();
}

Result<Decision> answer(const Run& run, const Around& around, const Reply& reply, Instant now) {
    const auto* question = open_question(run);
    if (question == nullptr || (!reply.step.empty() && reply.step != question->step))
        return fail(Errc::conflict,
                    fmt::format("run {} asks nothing{}", run.id,
                                reply.step.empty() ? "" : " like that any more"),
                    fmt::format("streamgate runbook show-run {}", run.id));
    const auto* step = find_step(around.runbook, question->step);
    CHECK(step != nullptr && step->kind == StepKind::ask);
    const auto may = [&](const std::string& role) { return reply.roles.contains(role); };
    if (!question->roles.empty() && std::ranges::none_of(question->roles, may))
        return fail(Errc::permission_denied,
                    fmt::format("this is for {} to answer", fmt::join(question->roles, " or ")),
                    "take the role: streamgate incident role");
    const auto given = std::ranges::find(step->ask.answers, reply.answer, &runbooks::Answer::name);
    if (given == step->ask.answers.end())
        return fail(Errc::invalid_argument, fmt::format("`{}` is no answer to it", reply.answer),
                    fmt::format("one of: {}", fmt::join(question->answers, ", ")));
    Walk walk(run, around, now);
    walk.stop_clocks();
    walk.say(RunbookAnswered{.step = question->step,
                             .question = question->text,
                             .answer = given->name,
                             .then = given->then});
    if (given->then.empty())
        walk.end(Outcome::handed_over,
                 fmt::format("answered `{}`; a person goes on from here", given->name));
    else walk.go_on();
    return walk.take();
}

Decision unanswered(const Run& run, Instant now) {
    const auto* question = open_question(run);
    if (question == nullptr || question->until > now) return {};
    return overtake(run, "", now);
}

Decision follow(const Run& run, const Around& around, const Aftermath& aftermath, Instant now) {
    const bool is_awaited = run.state == State::acting && !run.reached.empty() &&
                            run.reached.back().step == aftermath.step;
    if (!is_awaited) return {};
    Walk walk(run, around, now);
    const auto* step = find_step(around.runbook, aftermath.step);
    const auto why = fmt::format("{}: {}", run.reached.back().what,
                                 aftermath.why.empty() ? aftermath.outcome : aftermath.why);
    if (aftermath.outcome == "verified") walk.end(Outcome::helped, why);
    // Where nobody answers, or users are well again, a heavier act is not asked for next.
    else if (step == nullptr || step->act.next.empty() || aftermath.outcome == "expired" ||
             aftermath.outcome == "overtaken")
        walk.end(Outcome::handed_over, why + "; a person goes on from here");
    else {
        walk.expect(aftermath.step, aftermath.outcome, why, step->act.next);
        walk.go_on();
    }
    return walk.take();
}

Decision overtake(const Run& run, const std::string& why, Instant now) {
    if (run.state == State::ended) return {};
    const Runbook none;
    const config::Config config;
    const Known known;
    const Around around{none, config, known};
    Walk walk(run, around, now);
    if (why.empty()) walk.end(Outcome::unanswered, "nobody answered; a person goes on from here");
    else walk.end(Outcome::overtaken, why);
    return walk.take();
}

}  // namespace sg::runs
