// What is promised: severities, clocks, objectives and how fast their budgets may burn.
#include "config/describe_operations.h"
#include "config/expand.h"
#include "config/formats.h"
#include "config/shipped.h"

namespace sg::config {

namespace {

using ServiceObjectives = std::vector<Objective>;
using ObjectiveKind = Objective::Kind;

constexpr double hour = 3600;
constexpr double day = 86400;

// A duration that may be written `now`.
const Type& wait_type() {
    static const Type it = [] {
        Type type = duration_type();
        type.name = "a duration, or `now`";
        type.schema = R"({"type":["string","integer"],)"
                      R"("pattern":"^(now|0|([0-9]+([.][0-9]+)?(ns|us|ms|s|m|min|h|d))+)$"})";
        type.parse = [](std::string_view text, void* value) {
            return duration_type().parse(text == "now" ? "0" : text, value);
        };
        type.print = [](const void* value) {
            const auto wait = *static_cast<const Duration*>(value);
            return wait == 0s ? std::string("now") : to_text(wait);
        };
        return type;
    }();
    return it;
}

void describe_policy(Visitor& v, SeverityPolicy& policy, std::string_view name) {
    v.record({.name = name});
    v.field({.key = "respond",
             .why = "Somebody must have acknowledged within this time.",
             .least = 1,
             .most = 30 * day},
            policy.respond);
    v.visit({.key = "escalate",
             .why = "An incident that is not mitigated after this time goes one level up; `now` "
                    "pages primary and secondary at once.",
             .least = 0,
             .most = 30 * day},
            wait_type(), &policy.escalate);
    v.field({.key = "communicate",
             .why = "How often those who wait are told how it stands; the clock begins anew with "
                    "each update.",
             .least = 1,
             .most = 30 * day},
            policy.communicate);
}

// One type each, because each has defaults of its own.
template <std::size_t severity>
const Type& policy_type() {
    static constexpr std::string_view names[] = {"a policy of sev1", "a policy of sev2",
                                                 "a policy of sev3", "a policy of sev4"};
    static const Type it = {
        .kind = Type::Kind::record,
        .describe =
            [](Visitor& v, void* p) {
                describe_policy(v, *static_cast<SeverityPolicy*>(p), names[severity]);
            },
        .make =
            [] {
                return std::shared_ptr<void>(
                    std::make_shared<SeverityPolicy>(Operations{}.severities[severity]));
            }};
    return it;
}

void describe_share(Visitor& v, Objective& objective) {
    constexpr std::string_view whys[] = {
        "Share of the minutes that must be good; the rest is the error budget. 99.9% over 30 days "
        "leaves 43 minutes.",
        "Share of the requests that must be fast enough. 95% under 200ms is a P95 of 200 ms, as a "
        "count instead of an estimate.",
        "Share of the requests that must not fail; the rest is the error budget.",
        "Share of the minutes in which all that was asked for, up to `rate`, must be served."};
    v.field({.key = "target",
             .why = whys[static_cast<std::size_t>(objective.kind)],
             .least = 0.01,
             .most = 1},
            objective.target);
}

void describe_objective(Visitor& v, Objective& objective, std::string_view name,
                        std::string_view example) {
    v.record({.name = name,
              .expand = expand::objective,
              .short_schema = R"({"type":["string","number"]})",
              .short_words = example});
    v.place(objective.place);
    if (objective.kind == ObjectiveKind::throughput)
        v.field({.key = "rate",
                 .why = "Requests a second that must be served if so many are asked for; with "
                        "less demand, serving all of it is enough.",
                 .least = 0.001,
                 .most = 1e9},
                objective.rate);
    describe_share(v, objective);
    if (objective.kind == ObjectiveKind::latency)
        v.field({.key = "within",
                 .why = "What counts as fast enough, from the first byte of a request to the last "
                        "of its response. The gateway counts at exactly this time.",
                 .least = 0.001,
                 .most = 600},
                objective.within);
    if (objective.kind == ObjectiveKind::availability)
        v.field({.key = "slice_target",
                 .why = "A minute in which fewer of the requests were good is a bad minute, as is "
                        "one whose probes failed.",
                 .least = 0.01,
                 .most = 1},
                objective.slice_target);
    v.field({.key = "over",
             .why = "Window of the error budget; it slides.",
             .least = hour,
             .most = 366 * day},
            objective.over);
    v.field({.key = "page",
             .why = "Severity of the incident when the budget burns so fast that it pages."},
            objective.page);
    v.field({.key = "ticket", .why = "Severity of the incident when it burns slowly but for long."},
            objective.ticket);
    v.field({.key = "runbook",
             .why = "What to do about it: a URL, or the name by which people know it.",
             .unset = "that of the service",
             .format = &formats::one_line},
            objective.runbook);
}

// Objectives of one kind: their own defaults, their own settings.
template <ObjectiveKind kind>
const Type& objective_type() {
    static constexpr std::string_view names[] = {"an availability objective", "a latency objective",
                                                 "an error objective", "a throughput objective"};
    static constexpr std::string_view examples[] = {
        "99.9% over 30d, or off", "95% under 200ms over 30d, or off", "99.9% over 30d, or off",
        "1000/s over 30d, or off"};
    static const Type it = {
        .kind = Type::Kind::record,
        .describe =
            [](Visitor& v, void* p) {
                constexpr auto index = static_cast<std::size_t>(kind);
                describe_objective(v, *static_cast<Objective*>(p), names[index], examples[index]);
            },
        .make =
            [] {
                return std::shared_ptr<void>(std::make_shared<Objective>(shipped_objective(kind)));
            }};
    return it;
}

// The objectives of one kind among all those of a service.
template <ObjectiveKind kind>
const Type& kind_type() {
    static const Type it = {
        .kind = Type::Kind::list,
        .element = &objective_type<kind>,
        .add = [](void* p, std::string_view) -> void* {
            return &static_cast<ServiceObjectives*>(p)->emplace_back(shipped_objective(kind));
        },
        .each =
            [](const void* p, void* context, Type::Each each) {
                for (const Objective& objective : *static_cast<const ServiceObjectives*>(p))
                    if (objective.kind == kind) each(context, {}, &objective);
            },
        .clear =
            [](void* p) {
                std::erase_if(*static_cast<ServiceObjectives*>(p),
                              [](const Objective& objective) { return objective.kind == kind; });
            },
        .make = [] { return std::shared_ptr<void>(std::make_shared<ServiceObjectives>()); }};
    return it;
}

void describe_kinds(Visitor& v, ServiceObjectives& objectives) {
    v.record({.name = "a set of objectives", .expand = expand::objectives});
    v.visit({.key = "availability",
             .why = "Share of the minutes in which the service works: `99.9% over 30d`. `off` "
                    "promises nothing."},
            kind_type<ObjectiveKind::availability>(), &objectives);
    v.visit({.key = "latency",
             .why = "Share of the requests that are fast enough: `95% under 200ms over 30d`."},
            kind_type<ObjectiveKind::latency>(), &objectives);
    v.visit({.key = "errors",
             .why = "Share of the requests that do not fail through us: `99.9% over 30d`."},
            kind_type<ObjectiveKind::errors>(), &objectives);
    v.visit(
        {.key = "throughput", .why = "What must be served if it is asked for: `1000/s over 30d`."},
        kind_type<ObjectiveKind::throughput>(), &objectives);
}

const Type& service_objectives_type() {
    static const Type it = {
        .kind = Type::Kind::record,
        .describe = [](Visitor& v,
                       void* p) { describe_kinds(v, *static_cast<ServiceObjectives*>(p)); },
        .make = [] { return std::shared_ptr<void>(std::make_shared<ServiceObjectives>()); }};
    return it;
}

}  // namespace

const Type& objectives_type() {
    static const Type it = [] {
        Type type = {.kind = Type::Kind::map, .element = &service_objectives_type};
        using Map = std::map<std::string, ServiceObjectives>;
        type.add = [](void* p, std::string_view key) -> void* {
            return &(*static_cast<Map*>(p))[std::string(key)];
        };
        type.each = [](const void* p, void* context, Type::Each each) {
            for (const auto& [key, e] : *static_cast<const Map*>(p)) each(context, key, &e);
        };
        type.clear = [](void* p) { static_cast<Map*>(p)->clear(); };
        type.make = [] { return std::shared_ptr<void>(std::make_shared<Map>()); };
        return type;
    }();
    return it;
}

void describe(Visitor& v, std::array<SeverityPolicy, 4>& severities) {
    v.record({.name = "a table of severities"});
    v.visit({.key = "sev1", .why = "Everybody is hurt, or data is at risk."}, policy_type<0>(),
            severities.data());
    v.visit({.key = "sev2", .why = "Many are hurt, or something essential is slow."},
            policy_type<1>(), &severities[1]);
    v.visit({.key = "sev3", .why = "Some are hurt, or a spare is lost."}, policy_type<2>(),
            &severities[2]);
    v.visit({.key = "sev4", .why = "Nobody is hurt yet; it waits for the working day."},
            policy_type<3>(), &severities[3]);
}

void describe(Visitor& v, IncidentClocks& clocks) {
    v.record({.name = "a set of clocks"});
    v.field({.key = "declare",
             .why = "From the first sign to a declared incident.",
             .least = 1,
             .most = day},
            clocks.declare);
    v.field({.key = "assess",
             .why = "From there to who is affected and how badly.",
             .least = 1,
             .most = day},
            clocks.assess);
    v.field({.key = "mitigate",
             .why = "From the declaration until users are no longer hurt.",
             .least = 1,
             .most = 7 * day},
            clocks.mitigate);
    v.field({.key = "postmortem",
             .why = "From the end of the incident to its written post-mortem.",
             .least = 60,
             .most = 60 * day},
            clocks.postmortem);
    v.field({.key = "observe",
             .why = "How long a mitigation must hold before it counts as verified. Longer is "
                    "surer, shorter stops the clock earlier.",
             .least = 1,
             .most = day},
            clocks.observe);
}

void describe(Visitor& v, Postmortems& postmortems) {
    v.record({.name = "a policy for post-mortems"});
    v.field({.key = "required",
             .why = "The severities whose incidents need a post-mortem. Of the others one is "
                    "drafted when somebody asks: `streamgate postmortem draft INC-204`.",
             .unset = "sev1 and sev2; `[]` is none"},
            postmortems.required);
    v.field({.key = "before_close",
             .why = "Whether an incident that needs a post-mortem can only be closed once that is "
                    "reviewed."},
            postmortems.before_close);
    v.field({.key = "remind",
             .why = "How often its owner is told again that a post-mortem, or an action item, is "
                    "late.",
             .least = 60 * 60,
             .most = 30 * day},
            postmortems.remind);
}

void describe(Visitor& v, Kpis& kpis) {
    v.record({.name = "a set of targets"});
    v.field({.key = "over",
             .why = "The period that is looked at when none is asked for.",
             .least = 60 * 60,
             .most = 2 * 366 * day},
            kpis.over);
    v.field({.key = "failure",
             .why = "An incident of this severity or worse is a failure: it counts for the time "
                    "between failures and as downtime."},
            kpis.failure);
    v.field({.key = "incidents_least",
             .why = "With fewer incidents than this a duration is shown, and nothing is concluded "
                    "from it: such figures move without any real change.",
             .least = 1,
             .most = 10'000},
            kpis.incidents_least);
    v.field({.key = "recover",
             .why = "Mean time to recover (MTTR), at most: from the first bad second until users "
                    "no longer hurt, verified by the signal.",
             .least = 1,
             .most = 30 * day},
            kpis.recover);
    v.field({.key = "between_failures",
             .why = "Mean time between failures (MTBF), at least.",
             .least = 60,
             .most = 10 * 366 * day},
            kpis.between_failures);
    v.field({.key = "uptime",
             .why = "Of the minutes of the period, at least.",
             .least = 0.5,
             .most = 1},
            kpis.uptime);
    v.field({.key = "latency_p95",
             .why = "The time that 95 % of requests stay below.",
             .least = 0.001,
             .most = 600},
            kpis.latency_p95);
    v.field({.key = "errors", .why = "Of all requests, at most.", .least = 0, .most = 1},
            kpis.errors);
    v.field({.key = "throughput",
             .why = "Requests per second that are served when so many are asked for.",
             .least = 0,
             .most = 1e9},
            kpis.throughput);
}

void describe(Visitor& v, BurnTier& tier) {
    v.record({.name = "a burn rate"});
    v.field({.key = "name",
             .why = "What the tier is called in alerts.",
             .example = "name: page quick",
             .format = &formats::one_line,
             .required = true},
            tier.name);
    v.field({.key = "window",
             .why = "The longer window that is looked at; the shorter one, which lets the alert "
                    "end soon after the fault, is a twelfth of it.",
             .least = 60,
             .most = 90 * day,
             .example = "window: 1h",
             .required = true},
            tier.window);
    v.field({.key = "spend",
             .why = "It fires when this much of the whole budget is spent within the window, both "
                    "windows agreeing.",
             .least = 0.0001,
             .most = 1,
             .example = "spend: 2%",
             .required = true},
            tier.spend);
    v.field({.key = "page", .why = "Whether it pages somebody at once or waits for the day."},
            tier.page);
}

}  // namespace sg::config
