// What every inspector of this folder gets and gives: one target of one kind, the inspections that
// are wanted of it, a deadline for all of them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ports/inspector.h"

namespace sg::platform::inspect {

using ports::Evidence;
using ports::Finding;
using ports::Standing;
using Findings = std::vector<Finding>;

struct Order {
    std::vector<std::string> what;
    std::string target;  // Connection string, URL, host:port or name. May hold a password.
    ports::Extent extent;
    Tick deadline;
    Instant now;
    Duration expires_within = 14 * 24h;  // A certificate that ends sooner is odd.
    std::string ca;                      // Whom to trust; empty: the system's.

    bool wants(std::string_view name) const;
};

// What cannot be looked at: `unknown`, with the error and its hint.
Finding unseen(std::string what, const Error& error);

// fine below `odd_from`, bad from `bad_from`.
struct Bounds {
    double odd_from;
    double bad_from;
};
Standing standing_of(double value, Bounds bounds);

// A bounded table: rows past `most` are counted only.
void add_row(Evidence& evidence, std::vector<std::string> row, std::uint32_t most);

}  // namespace sg::platform::inspect
