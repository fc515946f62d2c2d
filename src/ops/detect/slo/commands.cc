#include "ops/detect/slo/commands.h"

#include <algorithm>

#include "ops/detect/slo/decide.h"
#include "ops/detect/slo/store.h"

namespace sg::slo {

Result<void> judge(const ops::Turn& turn, const signals::History& history, Meter& meter) {
    meter.follow(turn.config, history);
    TRY(auto standings, load(turn.tx));
    ops::Decision decision;
    for (const auto& gauge : meter.gauges()) {
        const auto found = standings.find(gauge.slo.id);
        const Standing standing = found == standings.end() ? Standing{} : found->second;
        decision.add(judge(gauge.slo, gauge.tiers, standing, meter.measure(gauge)));
        if (found != standings.end()) standings.erase(found);
    }
    // What is left is not configured any more. Before the first pull nobody can tell.
    if (meter.at() != Instant{})
        for (const auto& [id, standing] : standings) decision.add(dismiss(standing));
    if (decision.empty()) return {};
    TRY(const auto recorded, ops::record(turn, {}, decision));
    return {};
}

}  // namespace sg::slo
