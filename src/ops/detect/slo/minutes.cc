// How the minutes of a service went, for who shows a past to people.
#include "ops/catalog/ask.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/slo/ask.h"
#include "ops/detect/slo/slices.h"

namespace sg::slo {

namespace {

Share slice_target_of(const config::Config& config, const std::string& service) {
    for (const auto& objective : catalog::objectives_of(config, service))
        if (objective.kind == config::Objective::Kind::availability) return objective.slice_target;
    return config::Objective{}.slice_target;
}

}  // namespace

Minutes minutes_of(const config::Config& config, const signals::History& history,
                   const std::string& service, Instant from, Instant to) {
    const Share target = slice_target_of(config, service);
    const bool is_probed = !catalog::probes_of(config, service).empty();
    const auto buckets = history.buckets(service, from, to, 1min);
    auto bucket = buckets.begin();
    Minutes all;
    all.half_failed_lately = true;
    for (Instant at = from; at < to; at = at + 1min) {  // Bound: a day of minutes.
        Minute minute;
        for (; bucket != buckets.end() && bucket->from < at + 1min; ++bucket) {
            minute.requests += bucket->flow.requests;
            minute.failed += bucket->flow.failed;
        }
        if (is_probed)
            std::tie(minute.probes, minute.probes_well) = history.probes(service, at, at + 1min);
        const Verdict verdict = availability_of(minute, target);
        const bool bad = verdict == Verdict::bad || verdict == Verdict::bad_probed;
        all.known += verdict == Verdict::unknown ? 0 : 1;
        all.bad += bad ? 1 : 0;
        all.bad_lately = bad ? all.bad_lately + 1 : 0;
        const bool half = verdict == Verdict::bad_probed || 2 * minute.failed >= minute.requests;
        all.half_failed_lately = !bad || (half && all.half_failed_lately);
    }
    if (all.bad_lately == 0) all.half_failed_lately = false;
    return all;
}

}  // namespace sg::slo
