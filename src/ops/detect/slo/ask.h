// What others may ask of the objectives.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "ops/detect/slo/model.h"
#include "store/session.h"

namespace sg::signals {
class History;
}

namespace sg::slo {

// Those that are not well: breached, their budget spent, or unseen.
Result<std::vector<Standing>> not_well(const store::Tx& tx);
Result<std::vector<Standing>> not_well(const store::Tx& tx, const std::string& service);
Result<std::optional<Standing>> standing_of(const store::Tx& tx, const std::string& id);

// Whether users of the service feel it now: one of its objectives burns at the pace of a page.
Result<bool> is_burning(const store::Tx& tx, const std::string& service);

// An objective whose budget is spent freezes changes of its service. Empty: none.
Result<std::vector<Standing>> budgets_spent(const store::Tx& tx, const std::string& service);

// What to do about an objective, by its id; empty: it does not say, or there is no such objective.
std::string runbook_of(const config::Config& config, const std::string& id);

// Whole minutes of a service, [from, to), at most a day of them: by its availability objective, or
// by the shipped one where it promises none.
struct Minutes {
    std::int64_t known = 0;
    std::int64_t bad = 0;
    int bad_lately = 0;               // The last ones, in a row.
    bool half_failed_lately = false;  // In each of those at least half of the requests did.
};
Minutes minutes_of(const config::Config& config, const signals::History& history,
                   const std::string& service, Instant from, Instant to);

}  // namespace sg::slo
