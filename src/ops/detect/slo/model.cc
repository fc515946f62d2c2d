// How the nouns are written.
#include "ops/detect/slo/model.h"

#include <fmt/format.h>

namespace sg::slo {

bool Slo::counts_minutes() const {
    return objective.kind == config::Objective::Kind::availability ||
           objective.kind == config::Objective::Kind::throughput;
}

double Counts::ratio() const {
    return total == 0 ? 0 : static_cast<double>(bad) / static_cast<double>(total);
}

std::string severity_text(config::Severity severity) {
    return fmt::format("sev{}", static_cast<int>(severity) + 1);
}

std::string_view kind_text(config::Objective::Kind kind) {
    static constexpr std::string_view words[] = {"availability", "latency", "errors", "throughput"};
    return words[static_cast<std::size_t>(kind)];
}

namespace {

template <class Event>
void describe_whose(Visitor& v, Event& event) {
    v.field({.key = "objective"}, event.objective);
    v.field({.key = "service"}, event.service);
}

}  // namespace

void describe(Visitor& v, Standing& standing) {
    v.record({.name = "the standing of an objective"});
    v.field({.key = "id"}, standing.id);
    v.field({.key = "service"}, standing.service);
    v.field({.key = "level"}, standing.level);
    v.field({.key = "tier"}, standing.tier);
    v.field({.key = "severity"}, standing.severity);
    v.field({.key = "burn"}, standing.burn);
    v.field({.key = "budget_left"}, standing.budget_left);
    v.field({.key = "since"}, standing.since);
    v.field({.key = "started_at"}, standing.started_at);
    v.field({.key = "spent"}, standing.spent);
    v.field({.key = "unseen"}, standing.unseen);
}

void describe(Visitor& v, Breached& event) {
    v.record({.name = "a breach"});
    describe_whose(v, event);
    v.field({.key = "title"}, event.title);
    v.field({.key = "tier"}, event.tier);
    v.field({.key = "severity"}, event.severity);
    v.field({.key = "page"}, event.page);
    v.field({.key = "burn"}, event.burn);
    v.field({.key = "budget_left"}, event.budget_left);
    v.field({.key = "bad"}, event.bad);
    v.field({.key = "total"}, event.total);
    v.field({.key = "window"}, event.window);
    v.field({.key = "started_at"}, event.started_at);
}

void describe(Visitor& v, Eased& event) {
    v.record({.name = "an easing"});
    describe_whose(v, event);
    v.field({.key = "tier"}, event.tier);
    v.field({.key = "severity"}, event.severity);
    v.field({.key = "burn"}, event.burn);
    v.field({.key = "budget_left"}, event.budget_left);
}

void describe(Visitor& v, Recovered& event) {
    v.record({.name = "a recovery"});
    describe_whose(v, event);
    v.field({.key = "breached_at"}, event.breached_at);
    v.field({.key = "budget_left"}, event.budget_left);
}

void describe(Visitor& v, BudgetSpent& event) {
    v.record({.name = "a spent budget"});
    describe_whose(v, event);
    v.field({.key = "budget_left"}, event.budget_left);
    v.field({.key = "period"}, event.period);
}

void describe(Visitor& v, BudgetRestored& event) {
    v.record({.name = "a restored budget"});
    describe_whose(v, event);
    v.field({.key = "budget_left"}, event.budget_left);
}

void describe(Visitor& v, Unseen& event) {
    v.record({.name = "an objective of which nothing is known"});
    describe_whose(v, event);
    v.field({.key = "since"}, event.since);
}

void describe(Visitor& v, Seen& event) {
    v.record({.name = "an objective of which something is known again"});
    describe_whose(v, event);
}

}  // namespace sg::slo
