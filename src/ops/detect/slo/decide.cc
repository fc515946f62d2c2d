// The rules of an objective. Pure: no clock, no database.
//
// One thing is true at a time: met, a ticket, or a page. Only the fastest tier that fires speaks; a
// slower one of the same objective adds nothing that somebody could act on.
#include "ops/detect/slo/decide.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "config/shipped.h"
#include "ops/detect/slo/burn.h"

namespace sg::slo {

namespace {

using config::Objective;

// What the objective says, as a person would.
std::string promise_text(const Objective& objective) {
    switch (objective.kind) {
        case Objective::Kind::availability: return "minutes are lost";
        case Objective::Kind::latency:
            return fmt::format("requests take over {}", to_text(objective.within));
        case Objective::Kind::errors: return "requests fail";
        case Objective::Kind::throughput: break;
    }
    return fmt::format("minutes are below {}", to_text(objective.rate));
}

// Two significant digits are what a person can use; history keeps no noise.
double rounded(double value) {
    if (value == 0 || !std::isfinite(value)) return value == 0 ? 0 : 1e9;
    const double scale = std::pow(10, 2 - std::floor(std::log10(std::abs(value))));
    return std::round(value * scale) / scale;
}

std::vector<ops::Subject> subjects_of(const std::string& objective, const std::string& service) {
    return {"objective:" + objective, "service:" + service};
}

Breached breach(const Slo& slo, const Tier& tier, const Reading& reading,
                const Measured& measured) {
    const auto& objective = slo.objective;
    Breached event;
    event.objective = slo.id;
    event.service = slo.service;
    event.tier = tier.name;
    event.page = tier.page;
    event.severity = severity_text(tier.page ? objective.page : objective.ticket);
    event.burn = rounded(burn_rate(reading.in_long, slo.budget()));
    event.budget_left = rounded(budget_left(slo, measured.period));
    event.bad = reading.in_long.bad;
    event.total = reading.in_long.total;
    event.window = tier.long_window;
    event.started_at = measured.bad_since;
    event.title = fmt::format("{}: {:.3g} % of {} in {} ({}): {:.3g} times what the budget allows",
                              slo.service, reading.in_long.ratio() * 100, promise_text(objective),
                              to_text(tier.long_window), kind_text(objective.kind), event.burn);
    return event;
}

void judge_level(const Slo& slo, std::span<const Tier> tiers, const Standing& standing,
                 const Measured& measured, ops::Decision& decision) {
    const auto firing = firing_tier(slo, tiers, measured.tiers, standing);
    const auto subjects = subjects_of(slo.id, slo.service);
    if (!firing) {
        if (standing.level != Level::met)
            decision.event(Recovered{slo.id, slo.service, standing.since,
                                     rounded(budget_left(slo, measured.period))},
                           subjects);
        return;
    }
    const Tier& tier = tiers[*firing];
    const Level level = tier.page ? Level::page : Level::ticket;
    const Reading& reading = measured.tiers[*firing];
    if (level > standing.level) decision.event(breach(slo, tier, reading, measured), subjects);
    else if (level < standing.level)
        decision.event(Eased{slo.id, slo.service, tier.name, severity_text(slo.objective.ticket),
                             rounded(burn_rate(reading.in_long, slo.budget())),
                             rounded(budget_left(slo, measured.period))},
                       subjects);
}

void judge_budget(const Slo& slo, const Standing& standing, const Measured& measured,
                  ops::Decision& decision) {
    // A budget that comes back by a hair would be spent again by the next failure.
    constexpr double restored_at = 0.01;
    const double left = budget_left(slo, measured.period);
    const auto subjects = subjects_of(slo.id, slo.service);
    const bool is_enough = slo.counts_minutes() || measured.period.total >= requests_least ||
                           measured.period.bad >= failures_least;
    if (!standing.spent && left < 0 && is_enough)
        decision.event(BudgetSpent{slo.id, slo.service, rounded(left), slo.objective.over},
                       subjects);
    if (standing.spent && left >= restored_at)
        decision.event(BudgetRestored{slo.id, slo.service, rounded(left)}, subjects);
}

const std::vector<Objective>& configured_for(const config::Operations& operations,
                                             const std::string& service, bool& is_shipped) {
    is_shipped = false;
    if (const auto own = operations.objectives.find(service); own != operations.objectives.end())
        return own->second;
    if (const auto all = operations.objectives.find("all"); all != operations.objectives.end())
        return all->second;
    is_shipped = true;
    return config::shipped_objectives();
}

}  // namespace

std::vector<Slo> objectives_of(const config::Operations& operations,
                               const std::map<std::string, Duration>& latency_objectives) {
    std::vector<Slo> slos;
    for (const auto& [service, latency_objective] : latency_objectives) {
        std::map<Objective::Kind, int> seen;
        bool is_shipped = false;
        for (const auto& objective : configured_for(operations, service, is_shipped)) {
            const int nth = ++seen[objective.kind];
            Slo slo{fmt::format("{}/{}", service, kind_text(objective.kind)), service, objective};
            if (nth > 1) slo.id += fmt::format("-{}", nth);
            // What the gateway counts exactly is what a service is held to unless it says
            // otherwise.
            if (is_shipped) slo.objective.within = latency_objective;
            slos.push_back(std::move(slo));
        }
    }
    return slos;
}

ops::Decision judge(const Slo& slo, std::span<const Tier> tiers, const Standing& standing,
                    const Measured& measured) {
    ops::Decision decision;
    judge_level(slo, tiers, standing, measured, decision);
    judge_budget(slo, standing, measured, decision);
    const auto subjects = subjects_of(slo.id, slo.service);
    if (measured.unseen_since && !standing.unseen)
        decision.event(Unseen{slo.id, slo.service, *measured.unseen_since}, subjects);
    if (!measured.unseen_since && standing.unseen)
        decision.event(Seen{slo.id, slo.service}, subjects);
    return decision;
}

ops::Decision dismiss(const Standing& standing) {
    ops::Decision decision;
    const auto subjects = subjects_of(standing.id, standing.service);
    if (standing.level != Level::met)
        decision.event(Recovered{standing.id, standing.service, standing.since, 1}, subjects);
    if (standing.spent) decision.event(BudgetRestored{standing.id, standing.service, 1}, subjects);
    if (standing.unseen) decision.event(Seen{standing.id, standing.service}, subjects);
    return decision;
}

Result<Standing> apply(Standing standing, const ops::Recorded& event) {
    const auto whose = [&](const auto& payload) {
        standing.id = payload.objective;
        standing.service = payload.service;
    };
    const auto level = [&](Level is, const auto& payload) {
        whose(payload);
        standing.level = is;
        standing.tier = payload.tier;
        standing.severity = payload.severity;
        standing.burn = payload.burn;
        standing.budget_left = payload.budget_left;
        standing.since = event.at;
    };
    if (event.kind == ops::Kind::objective_breached) {
        TRY(const auto payload, from_json<Breached>(event.payload));
        level(payload.page ? Level::page : Level::ticket, payload);
        standing.started_at = payload.started_at;
    } else if (event.kind == ops::Kind::objective_eased) {
        TRY(const auto payload, from_json<Eased>(event.payload));
        level(Level::ticket, payload);
    } else if (event.kind == ops::Kind::objective_recovered) {
        TRY(const auto payload, from_json<Recovered>(event.payload));
        const Standing before = standing;
        standing = {};
        whose(payload);
        standing.spent = before.spent;
        standing.unseen = before.unseen;
        standing.budget_left = payload.budget_left;
        standing.since = event.at;
    } else if (event.kind == ops::Kind::objective_budget_spent) {
        TRY(const auto payload, from_json<BudgetSpent>(event.payload));
        whose(payload);
        standing.spent = true;
        standing.budget_left = payload.budget_left;
    } else if (event.kind == ops::Kind::objective_budget_restored) {
        TRY(const auto payload, from_json<BudgetRestored>(event.payload));
        whose(payload);
        standing.spent = false;
        standing.budget_left = payload.budget_left;
    } else if (event.kind == ops::Kind::objective_unseen ||
               event.kind == ops::Kind::objective_seen) {
        TRY(const auto payload, from_json<Unseen>(event.payload));
        whose(payload);
        standing.unseen = event.kind == ops::Kind::objective_unseen;
    }
    return standing;
}

}  // namespace sg::slo
