#include "ops/detect/slo/slices.h"

namespace sg::slo {

Verdict availability_of(const Minute& minute, Share slice_target) {
    const bool is_probed = minute.probes > 0;
    if (is_probed && 2 * minute.probes_well <= minute.probes) return Verdict::bad_probed;
    if (minute.requests == 0) return is_probed ? Verdict::good : Verdict::unknown;
    const auto good = static_cast<double>(minute.requests - minute.failed);
    if (good >= slice_target.of_one * static_cast<double>(minute.requests)) return Verdict::good;
    return is_probed && minute.failed < slice_failures_least ? Verdict::good : Verdict::bad;
}

Verdict throughput_of(const Minute& minute, Rate rate) {
    if (minute.requests == 0) return minute.probes > 0 ? Verdict::good : Verdict::unknown;
    const double wanted = rate.per_second * 60;
    const auto offered = static_cast<double>(minute.requests);
    const auto served = static_cast<double>(minute.requests - minute.failed);
    return offered >= wanted && served < wanted ? Verdict::bad : Verdict::good;
}

Verdict verdict_of(const config::Objective& objective, const Minute& minute) {
    return objective.kind == config::Objective::Kind::availability
               ? availability_of(minute, objective.slice_target)
               : throughput_of(minute, objective.rate);
}

}  // namespace sg::slo
