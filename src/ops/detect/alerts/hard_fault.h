// The hard-fault detector: something broke now. Looks at the last seconds of one service.
//
// Two questions at once: do the counts look like the threshold or worse, and could a burst be all
// there is? Up to `burst_most` requests that fail in a row within two seconds are no fault. On a
// busy service (90 requests a second) one second of them can say more than that; on a slower one it
// takes five seconds in a row that are bad. Below four requests a second it says nothing: probes
// do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "config/operations.h"

namespace sg::alerts {

struct SecondCount {
    std::int64_t requests = 0;
    std::int64_t failed = 0;
};

inline constexpr std::size_t hard_fault_seconds = 10;  // As many are looked at.
inline constexpr std::int64_t burst_most = 30;

struct HardFaultFinding {
    config::Severity severity = config::Severity::sev2;
    std::int64_t requests = 0;  // In the seconds that prove it.
    std::int64_t failures = 0;
    int bad_seconds = 0;  // Up to now, without a pause: how long it lasts at least.

    double share() const {
        return requests == 0 ? 0 : static_cast<double>(failures) / static_cast<double>(requests);
    }
};

// Newest last; more than `hard_fault_seconds` are not looked at.
std::optional<HardFaultFinding> find_hard_fault(std::span<const SecondCount> recent,
                                                const config::HardFault& fault);

// Whether a fault that fires is still there: at least half of the lower threshold in five seconds.
bool is_fault_still_there(std::span<const SecondCount> recent, const config::HardFault& fault);

}  // namespace sg::alerts
