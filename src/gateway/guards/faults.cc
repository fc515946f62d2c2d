// Compiling InjectFault directives, and drawing lots.
#include "gateway/guards/faults.h"

#include <algorithm>

namespace sg::gateway::guards {

std::optional<Faults::Entry> Faults::entry_of(const directive::InjectFault& inject,
                                              const IndexOf& route, const IndexOf& service) {
    if (inject.route.empty() && inject.service.empty()) return {};  // Everything is never meant.
    Entry entry;
    entry.share = inject.share.of_one;
    entry.version = inject.version;
    entry.endpoint = inject.endpoint;
    if (!inject.route.empty()) {
        const auto index = route(inject.route);
        if (!index) return {};
        entry.route = *index;
    }
    if (!inject.service.empty()) {
        const auto index = service(inject.service);
        if (!index) return {};
        entry.service = *index;
    }
    return entry;
}

Faults Faults::compile(std::span<const directive::Directive> directives, const IndexOf& route,
                       const IndexOf& service, Moment now) {
    Faults compiled;
    for (const directive::Directive& said : directives) {
        const auto* inject = std::get_if<directive::InjectFault>(&said.what);
        if (inject == nullptr || said.expires_at == Instant::never() || said.expires_at <= now.wall)
            continue;
        auto entry = entry_of(*inject, route, service);
        if (!entry) continue;
        entry->fault = {said.id,
                        inject->delay,
                        inject->abort,
                        inject->reset,
                        inject->bytes_per_second,
                        now.steady + (said.expires_at - now.wall)};
        const bool narrow = !entry->version.empty() || !entry->endpoint.empty();
        auto& list = narrow ? compiled.narrow_ : compiled.faults_;
        const auto at =
            entry->route == any ? list.end() : std::ranges::find(list, any, &Entry::route);
        list.insert(at, std::move(*entry));
    }
    return compiled;
}

std::vector<Ended> ended_certificates(std::span<const directive::Directive> directives,
                                      Moment now) {
    std::vector<Ended> list;
    for (const auto& said : directives) {
        const auto* const shown = std::get_if<directive::ShowExpired>(&said.what);
        if (shown == nullptr || said.expires_at == Instant::never() || said.expires_at <= now.wall)
            continue;
        list.push_back({shown->listener, now.steady + (said.expires_at - now.wall)});
    }
    return list;
}

const Fault* Faults::pick_narrow(const Request& request, std::uint64_t random, Tick now) const {
    double lot = static_cast<double>(random >> 11) * 0x1p-53;  // [0, 1)
    for (const Entry& entry : narrow_) {
        const auto& to = request.to;
        const bool matches =
            (entry.route == any || entry.route == request.route) &&
            (entry.service == any || entry.service == request.service) &&
            (entry.version.empty() || entry.version == to.version) &&
            (entry.endpoint.empty() || entry.endpoint == to.address || entry.endpoint == to.name);
        if (!matches || now >= entry.fault.expires) continue;
        if (lot < entry.share) return &entry.fault;
        lot -= entry.share;
    }
    return nullptr;
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
