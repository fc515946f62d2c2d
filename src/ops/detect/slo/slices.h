// What a minute was worth: the reading of availability and throughput.
#pragma once

#include "ops/detect/signals/model.h"
#include "ops/detect/slo/model.h"

namespace sg::slo {

enum class Verdict : std::uint8_t {
    unknown,  // Neither traffic nor probes: it does not count.
    good,
    bad,         // By the requests in it.
    bad_probed,  // At least half of its probes failed.
};

struct Minute {
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    int probes = 0;
    int probes_well = 0;
};

// With a probe that passed, fewer failures than this make no minute bad: at a request a second one
// burst of two seconds would, at a request a minute every single failure.
inline constexpr std::int64_t slice_failures_least = 10;

Verdict availability_of(const Minute& minute, Share slice_target);

// Offered at least `rate`, and less was served. Less offered is no breach: nobody asked for more.
Verdict throughput_of(const Minute& minute, Rate rate);

// How an objective that counts minutes sees one.
Verdict verdict_of(const config::Objective& objective, const Minute& minute);

}  // namespace sg::slo
