// Nouns of the objectives: what is promised, what was counted, how fast a budget burns, what was
// decided.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "config/operations.h"
#include "ops/decision/kinds.h"

namespace sg::slo {

// One objective of one service.
struct Slo {
    std::string id;  // `catalog/latency`; the second of a kind is `catalog/latency-2`.
    std::string service;
    config::Objective objective;

    double budget() const { return 1 - objective.target.of_one; }  // A share of one.
    bool counts_minutes() const;  // Slices; the others count requests.
};

// Exact: of `total` requests or slices, how many broke the promise.
struct Counts {
    std::int64_t bad = 0;
    std::int64_t total = 0;

    Counts& operator+=(Counts other) {
        bad += other.bad;
        total += other.total;
        return *this;
    }
    Counts& operator-=(Counts other) {
        bad -= other.bad;
        total -= other.total;
        return *this;
    }
    bool operator==(const Counts&) const = default;
    double ratio() const;  // Of nothing: 0.
};

// One row of the burn-rate table, for one objective.
struct Tier {
    std::string name;
    Duration long_window{};
    Duration short_window{};
    double factor = 0;
    bool page = false;
};

// What the windows of a tier hold at one moment.
struct Reading {
    Counts in_long;
    Counts in_short;
    // Of the short window: failed requests and requests, the same for objectives that count
    // minutes; half of the probes failing stands for `failures_least`.
    Counts evidence;
    bool is_whole = true;  // As much is known as the short window is long.
};

struct Measured {
    std::vector<Reading> tiers;           // As the tiers of the objective.
    Counts period;                        // Over the window of the budget.
    Instant bad_since;                    // The first bad bucket of the fastest short window.
    std::optional<Instant> unseen_since;  // Nothing is known although something should be.
};

enum class Level : std::uint8_t { met, ticket, page };

// What was decided about an objective. The row; without one all is well.
struct Standing {
    std::string id;
    std::string service;
    Level level = Level::met;
    std::string tier;
    std::string severity;  // `sev1`; empty: met.
    double burn = 0;       // When it was decided.
    double budget_left = 1;
    Instant since;       // Of the level.
    Instant started_at;  // The first bad second.
    bool spent = false;  // The budget is.
    bool unseen = false;

    bool is_plain() const { return level == Level::met && !spent && !unseen; }
};

// --- events -------------------------------------------------------------------------------------

struct Breached {  // Begins, or becomes a matter of paging.
    static constexpr ops::Kind kind = ops::Kind::objective_breached;
    std::string objective;
    std::string service;
    std::string title;
    std::string tier;
    std::string severity;
    bool page = false;
    double burn = 0;         // How many times faster than the budget allows, over the long window.
    double budget_left = 0;  // A share of one; may be negative.
    std::int64_t bad = 0;    // In the long window.
    std::int64_t total = 0;
    Duration window{};
    Instant started_at;
};

struct Eased {  // From a page to a ticket.
    static constexpr ops::Kind kind = ops::Kind::objective_eased;
    std::string objective;
    std::string service;
    std::string tier;
    std::string severity;
    double burn = 0;
    double budget_left = 0;
};

struct Recovered {
    static constexpr ops::Kind kind = ops::Kind::objective_recovered;
    std::string objective;
    std::string service;
    Instant breached_at;
    double budget_left = 0;
};

struct BudgetSpent {
    static constexpr ops::Kind kind = ops::Kind::objective_budget_spent;
    std::string objective;
    std::string service;
    double budget_left = 0;
    Duration period{};
};

struct BudgetRestored {
    static constexpr ops::Kind kind = ops::Kind::objective_budget_restored;
    std::string objective;
    std::string service;
    double budget_left = 0;
};

struct Unseen {
    static constexpr ops::Kind kind = ops::Kind::objective_unseen;
    std::string objective;
    std::string service;
    Instant since;
};

struct Seen {
    static constexpr ops::Kind kind = ops::Kind::objective_seen;
    std::string objective;
    std::string service;
};

void describe(Visitor& v, Standing& standing);
void describe(Visitor& v, Breached& event);
void describe(Visitor& v, Eased& event);
void describe(Visitor& v, Recovered& event);
void describe(Visitor& v, BudgetSpent& event);
void describe(Visitor& v, BudgetRestored& event);
void describe(Visitor& v, Unseen& event);
void describe(Visitor& v, Seen& event);

std::string severity_text(config::Severity severity);  // `sev1`
std::string_view kind_text(config::Objective::Kind kind);

}  // namespace sg::slo

namespace sg {

template <>
struct WordsOf<slo::Level> {
    static constexpr std::string_view name = "a level";
    static constexpr std::string_view words[] = {"met", "ticket", "page"};
};

}  // namespace sg
