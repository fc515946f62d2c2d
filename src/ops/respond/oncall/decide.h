// The page: it walks from step to step until somebody acknowledges, and always ends in the
// fallback. Pure. Invariant: a page that is walking has its clock `page_step` set; one that is
// acknowledged, and may run out, has `page_reopen_due`; nobody is paged for an acknowledged or
// stopped page unless a person asks for it or the severity rises.
//
// A step with nobody behind it is noted and the next one taken at once, so that a hole in a
// schedule costs no time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/operations.h"
#include "ops/decision/decision.h"
#include "ops/respond/oncall/model.h"
#include "ops/respond/oncall/schedule.h"

namespace sg::oncall {

inline constexpr std::string_view clock_step = "page_step";
inline constexpr std::string_view clock_reopen = "page_reopen_due";

ops::Subject subject_of(const Page& page);  // `page:17`
ops::Subject incident_subject(std::int64_t incident);

// Who can be paged for a team now: only people who are known.
struct Crew {
    OnCall on_call;
    std::vector<std::string> everyone;
    std::vector<std::string> known;  // In the whole configuration.
};

// The team's policy, or the default: primary, secondary after 5 min, backup after 15 min, everyone
// after 30 min. SEV-1: the secondary at once. `team` null: nobody but the fallback, at once.
Policy policy_of(const config::Team* team, const Trouble& trouble, const Crew& crew);

// Requires: page has id, trouble's facts and policy, and nothing else yet.
ops::Decision begin(const Page& page, const Crew& crew, Instant now);

// The clock page_step: whatever is due by now. Early or late calls do no harm.
ops::Decision advance(const Page& page, const Crew& crew, Instant now);

// The clock page_reopen_due: the acknowledgement ran out and nobody stopped the page.
ops::Decision reopen(const Page& page, const Crew& crew, Instant now);

// Error: `conflict`, the page has stopped. Again by the same person: they have as much time again.
Result<ops::Decision> acknowledge(const Page& page, const std::string& person,
                                  const std::string& how, Instant now);

// A person sends it on: the next step at once, and nobody has acknowledged any more. After the last
// step, or the fallback: the first again. Error: `conflict`, the page has stopped.
struct Push {
    std::string by;
    std::string why;
};
Result<ops::Decision> escalate(const Page& page, const Crew& crew, const Push& push, Instant now);

// It is worse than it was. SEV-1: whoever is secondary is paged too, if they were not yet.
ops::Decision raise(const Page& page, std::int64_t severity, const Crew& crew, Instant now);

ops::Decision stop(const Page& page, const std::string& why);

// When the clock page_step must fire. Requires: the page is walking.
Instant due(const Page& page);

// row := apply(row, event).
Page apply(const PageBegun& event, Instant at);
void apply(Page& page, const PageSent& event, Instant at);
void apply(Page& page, const PageEscalated& event, Instant at);
void apply(Page& page, const PageStepEmpty& event, Instant at);
void apply(Page& page, const PageRepeated& event, Instant at);
void apply(Page& page, const PageRaised& event, Instant at);
void apply(Page& page, const PageAcknowledged& event, Instant at);
void apply(Page& page, const PageReopened& event, Instant at);
void apply(Page& page, const PageUnanswered& event, Instant at);
void apply(Page& page, const PageStopped& event, Instant at);

// The same from the ledger; events of other kinds change nothing.
Result<void> apply(Page& page, const ops::Recorded& event);
std::int64_t page_of(const ops::Recorded& event);  // Its page's id, from the subjects; 0: none.

}  // namespace sg::oncall
