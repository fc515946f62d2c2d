// OpenSLO v1, in and out. Source: the OpenSLO specification, version openslo/v1.
//
// What we write, we read back as the same objectives; what others wrote is read as far as our four
// kinds of objective can say it, and refused by name where they cannot.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ops/detect/slo/model.h"

namespace sg::slo {

// One SLO document a call, with its indicator inline; documents are separated by `---`.
std::string to_openslo(std::span<const Slo> slos);

// The SLOs of a file of any number of documents. Services, indicators that are referred to, alert
// policies, conditions and targets are understood and checked; only SLOs come back. Error: all
// mistakes, a line each.
Result<std::vector<Slo>> from_openslo(std::string_view text);

// What is odd in a file that is otherwise in order, for people: a condition whose `op` says the
// opposite of what a burn rate means.
std::vector<std::string> lint_openslo(std::string_view text);

// `5m`, `1h`, `28d`, `4w`, `1M` (30 days), `1Q` (90), `1Y` (365): a rolling window has no calendar.
Result<Duration> parse_openslo_duration(std::string_view text);

// What a promise about slices allows.
struct SliceBudget {
    std::int64_t slices = 0;  // In the window.
    Duration lost{};          // That may be lost.
};
SliceBudget slice_budget(Duration window, Duration slice, double target);

}  // namespace sg::slo
