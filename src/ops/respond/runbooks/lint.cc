#include "ops/respond/runbooks/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "ports/inspector.h"

namespace sg::runbooks {

namespace {

// Guide 8.1: the template.
constexpr std::array<std::string_view, 6> sections_asked = {
    "Symptoms", "Causes", "Steps", "Verification", "Prevention", "Escalation"};
constexpr std::array<std::string_view, 3> symptoms_asked = {"Users", "Metrics", "Logs"};

// What a diagnosis says: names for parameters, and figures for conditions.
constexpr std::array<std::string_view, 16> diagnosis_facts = {
    "version",   "version_p",     "version_share", "endpoint",    "endpoint_p",   "endpoint_share",
    "route",     "route_p",       "route_share",   "client",      "client_share", "need",
    "need_kind", "replicas_more", "cache_larger",  "requests_fit"};

bool is_known(std::string_view reference) {
    constexpr std::string_view diagnosis = "diagnosis.";
    if (reference == "service" || reference == "incident") return true;
    return reference.starts_with(diagnosis) &&
           std::ranges::find(diagnosis_facts, reference.substr(diagnosis.size())) !=
               diagnosis_facts.end();
}

class Linting {
  public:
    Linting(const Runbook& runbook, const Surroundings& around)
        : runbook_(runbook), around_(around) {}

    Linted lint() {
        sections();
        triggers();
        for (const auto& step : runbook_.steps) look(step);
        reached();
        review();
        std::ranges::sort(linted_.mistakes, {}, &Problem::place);
        return std::move(linted_);
    }

  private:
    void mistake(Place place, std::string what, std::string hint) {
        linted_.mistakes.push_back({place, std::move(what), std::move(hint)});
    }
    void doubt(Place place, std::string what, std::string hint) {
        linted_.doubts.push_back({place, std::move(what), std::move(hint)});
    }

    void sections() {
        for (const auto title : sections_asked)
            if (find_section(runbook_, title) == nullptr)
                mistake({1, 1}, fmt::format("there is no section `{}`", title),
                        fmt::format("add `## {}`", title));
        const auto* symptoms = find_section(runbook_, "Symptoms");
        if (symptoms == nullptr) return;
        const auto text = to_lower(symptoms->text);
        for (const auto who : symptoms_asked)
            if (text.find(to_lower(who)) == std::string::npos)
                mistake(symptoms->place, fmt::format("no symptoms are said of {}", to_lower(who)),
                        fmt::format("add `- {}: …`", who));
    }

    void triggers() {
        for (const auto& trigger : runbook_.triggers) {
            const int said = int{!trigger.alert.empty()} + int{!trigger.objective.empty()} +
                             int{!trigger.need.empty()};
            if (said != 1)
                mistake(trigger.place, "a trigger is one of alert, objective, need",
                        "make several triggers of it");
        }
        if (runbook_.triggers.empty())
            doubt({1, 1}, "it has no triggers: only a configuration that names it brings it up",
                  "triggers: [{ alert: errors }]");
    }

    void look(const Step& step) {
        switch (step.kind) {
            case StepKind::check: look(step, step.check); break;
            case StepKind::decide: look(step, step.decide); break;
            case StepKind::act: look(step, step.act); break;
            case StepKind::verify: look(step, step.verify); break;
            case StepKind::undo: look(step.place, step.undo.act); break;
            case StepKind::ask: look(step, step.ask); break;
        }
    }

    void look(const Step& step, const Check& check) {
        inspection(step.place, check.inspect);
        references(step, check.target);
        for (const auto& [name, value] : check.with) references(step, value);
    }

    void look(const Step& step, const Decide& decide) {
        for (const auto& branch : decide.branches) {
            leads(branch.place, branch.then);
            for (const auto& name : branch.when.names()) fact(step, branch.place, name);
            const bool is_last = &branch == &decide.branches.back();
            if (branch.when.text().empty() && !is_last)
                mistake(branch.place, "what stands after `else` is never reached",
                        "`else` is the last branch");
            if (branch.cause.empty() && branch.then.empty())
                mistake(branch.place, "the branch says neither a cause nor what then", "cause: …");
        }
        if (decide.branches.empty()) mistake(step.place, "it decides nothing", "- if: …");
    }

    void look(const Step& step, const Acting& act) {
        look(step.place, act.act);
        for (const auto& [name, value] : act.act.with) references(step, value);
        leads(step.place, act.next);
        const auto* verify = find_step(runbook_, act.verify);
        if (!act.verify.empty() && (verify == nullptr || verify->kind != StepKind::verify))
            mistake(step.place, fmt::format("`{}` is no verification", act.verify),
                    "name a ```verify step: what is done without looking is not done");
        undo(step, act);
    }

    void undo(const Step& step, const Acting& act) {
        const auto* verb = ports::find_verb(act.act.verb);
        if (act.undo == "none") {
            if (act.why_no_undo.empty())
                mistake(step.place, "it says that it cannot be undone, and not why",
                        "why_no_undo: …");
            if (verb != nullptr && verb->undo == ports::Undo::restores)
                mistake(step.place, fmt::format("{} can be taken back", verb->name),
                        "undo: restore");
        } else if (act.undo == "restore") {
            if (verb != nullptr && verb->undo == ports::Undo::none)
                mistake(step.place, fmt::format("{} cannot be taken back", verb->name),
                        "undo: none, and why_no_undo: …; or name an ```undo step");
        } else if (!act.undo.empty()) {
            const auto* other = find_step(runbook_, act.undo);
            if (other == nullptr || other->kind != StepKind::undo)
                mistake(step.place, fmt::format("`{}` is no undo", act.undo),
                        "restore, none, or the name of an ```undo step");
            else reached_.insert(other->name);
        }
    }

    void look(const Step& step, const Verify& verify) {
        if (verify.inspect.empty()) {
            if (!verify.when.text().empty())
                mistake(step.place, "it has a condition, and no inspection to find it by",
                        "inspect: …, or leave `if` out: then the signals must clear");
            return;
        }
        inspection(step.place, verify.inspect);
        references(step, verify.target);
        if (verify.when.text().empty())
            mistake(step.place, "it inspects, and does not say what must hold", "if: …");
        for (const auto& name : verify.when.names())
            if (name.substr(0, name.find('.')) != step.name)
                mistake(step.place, fmt::format("`{}` is not of this step", name),
                        fmt::format("`{}.finding`: what it finds itself", step.name));
    }

    void look(const Step& step, const Ask& ask) {
        for (const auto& answer : ask.answers) leads(step.place, answer.then);
        if (ask.answers.size() < 2)
            mistake(step.place, "a question has at least two answers", "answers: [yes, no]");
    }

    // Values that are references are checked when they are known.
    void look(Place place, const ports::Act& act) {
        auto known = act;
        const auto* verb = ports::find_verb(act.verb);
        for (auto& [name, value] : known.with) {
            if (references_of(value).empty() || verb == nullptr) continue;
            const auto parameter =
                std::ranges::find(verb->parameters, name, &ports::Parameter::name);
            if (parameter != verb->parameters.end()) value = stand_in(parameter->kind);
        }
        if (const auto checked = ports::check(known); !checked)
            mistake(place, checked.error().what, checked.error().hint);
    }

    static std::string stand_in(ports::ParameterKind kind) {
        using enum ports::ParameterKind;
        switch (kind) {
            case endpoint: return "a:1";
            case client: return "192.0.2.1";
            case share: return "1%";
            default: return "1";
        }
    }

    void inspection(Place place, const std::string& name) {
        const auto& known = around_.inspections;
        if (known.empty() || std::ranges::find(known, name) != known.end()) return;
        const auto meant = nearest(name, known);
        mistake(place, fmt::format("`{}` is no inspection", name),
                meant.empty() ? "`streamgate inspect` lists them"
                              : fmt::format("did you mean `{}`?", meant));
    }

    void references(const Step& step, const std::string& text) {
        for (const auto& name : references_of(text)) {
            if (name.starts_with("${")) {
                mistake(step.place, fmt::format("`{}` is not closed", name), "`${service}`");
                continue;
            }
            fact(step, step.place, name);
        }
    }

    // What a check before it found.
    void fact(const Step& step, Place place, const std::string& name) {
        if (is_known(name)) return;
        const auto source = name.substr(0, name.find('.'));
        if (source == "diagnosis")
            return mistake(place, fmt::format("a diagnosis does not say `{}`", name),
                           fmt::format("it says {}", fmt::join(diagnosis_facts, ", ")));
        const auto* other = find_step(runbook_, source);
        if (other == nullptr || other->kind != StepKind::check)
            return mistake(place, fmt::format("`{}` is no check", source),
                           fmt::format("checks are: {}", checks()));
        if (other >= &step)
            mistake(place, fmt::format("`{}` has not been checked yet", source),
                    "put the check before it");
    }

    std::string checks() const {
        std::vector<std::string_view> names;
        for (const auto& step : runbook_.steps)
            if (step.kind == StepKind::check) names.push_back(step.name);
        return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
    }

    void leads(Place place, const std::string& name) {
        if (name.empty()) return;
        if (find_step(runbook_, name) == nullptr)
            mistake(place, fmt::format("there is no step `{}`", name), "name a step of it");
        reached_.insert(name);
    }

    // Checks, decisions and questions run in the order of the text; an act runs only when it is
    // named.
    void reached() {
        for (const auto& step : runbook_.steps) {
            const bool must = step.kind == StepKind::act || step.kind == StepKind::undo;
            if (must && !reached_.contains(step.name))
                mistake(step.place, fmt::format("nothing leads to `{}`", step.name),
                        step.kind == StepKind::act ? "name it after `then:` or `next:`"
                                                   : "name it after an act's `undo:`");
        }
    }

    void review() {
        const auto due = review_due(runbook_);
        if (around_.now > due)
            doubt({1, 1}, fmt::format("nobody has reviewed it since {}", runbook_.reviewed),
                  "read it against reality, mend it, and set `reviewed`");
        if (around_.knows_runs && !around_.last_run)
            doubt({1, 1}, "it has never been run",
                  fmt::format("try it: streamgate runbook run {} --observe", runbook_.name));
    }

    const Runbook& runbook_;
    const Surroundings& around_;
    std::set<std::string> reached_;
    Linted linted_;
};

}  // namespace

std::vector<std::string> references_of(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = text.find("${"); at != std::string_view::npos;) {
        const auto end = text.find('}', at);
        if (end == std::string_view::npos) {
            names.emplace_back(text.substr(at));
            break;
        }
        names.emplace_back(text.substr(at + 2, end - at - 2));
        at = text.find("${", end);
    }
    return names;
}

std::vector<std::string> known_inspections() {
    std::vector<std::string> names;
    for (const auto& inspection : ports::inspections()) names.emplace_back(inspection.name);
    return names;
}

Instant review_due(const Runbook& runbook) {
    const auto reviewed = parse_rfc3339(runbook.reviewed + "T00:00:00Z");
    return reviewed ? *reviewed + runbook.review_every : Instant{};
}

Linted lint(const Runbook& runbook, const Surroundings& around) {
    return Linting(runbook, around).lint();
}

}  // namespace sg::runbooks
