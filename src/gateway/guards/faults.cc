// Compiling InjectFault directives, and drawing lots.
#include "gateway/guards/faults.h"

#include <algorithm>

namespace sg::gateway::guards {

Faults Faults::compile(std::span<const directive::Directive> directives, const IndexOf& route,
                       const IndexOf& service, Moment now) {
    Faults compiled;
    for (const directive::Directive& said : directives) {
        const auto* inject = std::get_if<directive::InjectFault>(&said.what);
        if (inject == nullptr || said.expires_at == Instant::never() || said.expires_at <= now.wall)
            continue;
        Entry entry;
        entry.share = inject->share.of_one;
        if (!inject->route.empty()) {
            const auto index = route(inject->route);
            if (!index) continue;
            entry.route = *index;
        }
        if (!inject->service.empty()) {
            const auto index = service(inject->service);
            if (!index) continue;
            entry.service = *index;
        }
        if (inject->route.empty() && inject->service.empty())
            continue;  // Everything is never meant.
        entry.fault = {said.id,
                       inject->delay,
                       inject->abort,
                       inject->reset,
                       inject->bytes_per_second,
                       now.steady + (said.expires_at - now.wall)};
        const auto at = entry.route == any
                            ? compiled.faults_.end()
                            : std::ranges::find(compiled.faults_, any, &Entry::route);
        compiled.faults_.insert(at, std::move(entry));
    }
    return compiled;
}

const Fault* Faults::find(std::uint16_t route, std::uint16_t service, std::uint64_t random,
                          Tick now) const {
    double lot = static_cast<double>(random >> 11) * 0x1p-53;  // [0, 1)
    for (const Entry& entry : faults_) {
        const bool matches = (entry.route == any || entry.route == route) &&
                             (entry.service == any || entry.service == service);
        if (!matches || now >= entry.fault.expires) continue;
        if (lot < entry.share) return &entry.fault;
        lot -= entry.share;
    }
    return nullptr;
}

}  // namespace sg::gateway::guards
