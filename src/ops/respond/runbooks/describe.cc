#include "ops/respond/runbooks/describe.h"

#include <fmt/format.h>

#include "config/describe.h"
#include "config/formats.h"

namespace sg {

const Type& TypeOf<runbooks::Expression>::type() {
    using runbooks::Expression;
    static const Type it = {
        .kind = Type::Kind::scalar,
        .name = "a condition",
        .parse = [](std::string_view text, void* value) -> Result<void> {
            auto parsed = Expression::parse(text);
            if (!parsed) return std::unexpected(parsed.error().error);
            *static_cast<Expression*>(value) = std::move(*parsed);
            return {};
        },
        .print = [](const void* value) { return static_cast<const Expression*>(value)->text(); },
        .make = [] { return std::shared_ptr<void>(std::make_shared<Expression>()); }};
    return it;
}

}  // namespace sg

namespace sg::runbooks {

namespace {

constexpr double day = 86400;
constexpr double seconds_max = 600;

// A list is its branches.
Node expand_decide(Node node) {
    if (!node.is_list()) return node;
    Node map = Node::map(node.place);
    map.add("branches", std::move(node));
    return map;
}

// `else: TEXT` is a branch without a condition.
Node expand_branch(Node node) {
    if (!node.is_map()) return node;
    for (auto& entry : node.entries)
        if (entry.key.text == "else") entry.key.text = "cause";
    return node;
}

Node expand_answer(Node node) {
    if (!node.is_scalar()) return node;
    Node map = Node::map(node.place);
    map.add("name", std::move(node));
    return map;
}

}  // namespace

void describe(Visitor& v, Head& head) {
    v.record({.name = "the head of a runbook"});
    v.field({.key = "title",
             .why = "As people say it.",
             .format = &config::formats::one_line,
             .required = true},
            head.title);
    v.field({.key = "severity", .why = "Of the incidents that it is usually for."}, head.severity);
    v.field({.key = "owner",
             .why = "The team or person who keeps it true.",
             .format = &config::formats::name,
             .required = true},
            head.owner);
    v.field({.key = "reviewed",
             .why = "When somebody last read it against reality.",
             .example = "reviewed: 2026-11-01",
             .format = &config::formats::date,
             .required = true},
            head.reviewed);
    v.field({.key = "review_every",
             .why = "It is stale after this.",
             .least = day,
             .most = 3 * 366 * day},
            head.review_every);
    v.field({.key = "triggers", .why = "Which incidents it is for."}, head.triggers);
}

void describe(Visitor& v, Trigger& trigger) {
    v.record({.name = "a trigger"});
    v.place(trigger.place);
    v.field({.key = "alert", .why = "Name of an alert.", .format = &config::formats::name},
            trigger.alert);
    v.field({.key = "objective", .why = "Kind of an objective.", .format = &config::formats::name},
            trigger.objective);
    v.field({.key = "need",
             .why = "Kind of a dependency that fails.",
             .format = &config::formats::name},
            trigger.need);
}

void describe(Visitor& v, Check& check) {
    v.record({.name = "a check"});
    v.field({.key = "inspect",
             .why = "Name of an inspection: `streamgate inspect` lists them.",
             .example = "inspect: postgres.locks",
             .format = &config::formats::name,
             .required = true},
            check.inspect);
    v.field({.key = "target",
             .why = "What is looked at.",
             .example = "target: ${service}, needs postgres, host, or gateway",
             .format = &config::formats::one_line},
            check.target);
    v.field({.key = "with", .why = "Parameters of the inspection."}, check.with);
    v.field({.key = "deadline",
             .why = "A look that takes longer is cut off.",
             .least = 0.1,
             .most = 30},
            check.deadline);
}

void describe(Visitor& v, Decide& decide) {
    v.record({.name = "a decision", .expand = expand_decide});
    v.field({.key = "branches", .why = "The first whose condition holds.", .required = true},
            decide.branches);
}

void describe(Visitor& v, Branch& branch) {
    v.record({.name = "a branch", .expand = expand_branch});
    v.place(branch.place);
    v.field({.key = "if", .why = "Of what checks found; left out: otherwise."}, branch.when);
    v.field({.key = "cause", .why = "What it means.", .format = &config::formats::one_line},
            branch.cause);
    v.field({.key = "then",
             .why = "The step to go on with; left out: a person goes on.",
             .format = &config::formats::name},
            branch.then);
}

void describe(Visitor& v, Acting& act) {
    v.record({.name = "an act"});
    v.field(
        {.key = "verb", .why = "What is done.", .format = &config::formats::name, .required = true},
        act.act.verb);
    v.field({.key = "with", .why = "Its parameters."}, act.act.with);
    v.field({.key = "verify",
             .why = "The step that says whether it helped.",
             .format = &config::formats::name,
             .required = true},
            act.verify);
    v.field({.key = "undo",
             .why = "The step that takes it back; `restore`; or `none`.",
             .format = &config::formats::name,
             .required = true},
            act.undo);
    v.field({.key = "why_no_undo",
             .why = "Why it cannot be taken back, and why that is all right.",
             .format = &config::formats::one_line},
            act.why_no_undo);
    v.field({.key = "expires",
             .why = "It is taken back by itself after this.",
             .least = 0,
             .most = 30 * day},
            act.expires);
    v.field({.key = "next",
             .why = "The step to go on with if it did not help.",
             .format = &config::formats::name},
            act.next);
}

void describe(Visitor& v, Verify& verify) {
    v.record({.name = "a verification"});
    v.field({.key = "inspect",
             .why = "Name of an inspection; left out: the signals that fired.",
             .format = &config::formats::name},
            verify.inspect);
    v.field({.key = "target", .why = "What is looked at.", .format = &config::formats::one_line},
            verify.target);
    v.field({.key = "if", .why = "Of what it finds."}, verify.when);
    v.field(
        {.key = "within", .why = "By when it must begin to hold.", .least = 1, .most = seconds_max},
        verify.within);
    v.field(
        {.key = "holds", .why = "For so long without a break.", .least = 1, .most = seconds_max},
        verify.holds);
    v.field({.key = "compare", .why = "With traffic that was not touched, where there is some."},
            verify.compare);
}

void describe(Visitor& v, Undo& undo) {
    v.record({.name = "an undo"});
    v.field(
        {.key = "verb", .why = "What is done.", .format = &config::formats::name, .required = true},
        undo.act.verb);
    v.field({.key = "with", .why = "Its parameters."}, undo.act.with);
}

void describe(Visitor& v, Ask& ask) {
    v.record({.name = "a question"});
    v.field({.key = "question",
             .why = "For the person who responds.",
             .format = &config::formats::one_line,
             .required = true},
            ask.question);
    v.field(
        {.key = "answers", .why = "What can be answered, and where it leads.", .required = true},
        ask.answers);
    v.field({.key = "roles",
             .why = "Who may answer; left out: whoever responds.",
             .format = &config::formats::name},
            ask.roles);
    v.field({.key = "expires",
             .why = "Without an answer until then a person goes on.",
             .least = 10,
             .most = day},
            ask.expires);
}

void describe(Visitor& v, Answer& answer) {
    v.record({.name = "an answer", .expand = expand_answer});
    v.field({.key = "name",
             .why = "As it is answered.",
             .format = &config::formats::one_line,
             .required = true},
            answer.name);
    v.field({.key = "then", .why = "The step to go on with.", .format = &config::formats::name},
            answer.then);
}

}  // namespace sg::runbooks
