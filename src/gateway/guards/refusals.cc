// Compiling Shed and BlockClient directives, and drawing lots.
#include "gateway/guards/refusals.h"

namespace sg::gateway::guards {

namespace {

Tick end_of(const directive::Directive& said, Moment now) {
    return said.expires_at == Instant::never() ? Tick::never()
                                               : now.steady + (said.expires_at - now.wall);
}

}  // namespace

Refusals Refusals::compile(std::span<const directive::Directive> directives, const IndexOf& service,
                           Moment now) {
    Refusals compiled;
    for (const directive::Directive& said : directives) {
        if (said.expires_at <= now.wall) continue;
        if (const auto* const block = std::get_if<directive::BlockClient>(&said.what)) {
            const auto clients = parse_cidr(block->client);
            const auto index = block->service.empty() ? any : service(block->service);
            if (!clients || !index) continue;
            compiled.blocked_.push_back({.clients = *clients,
                                         .service = *index,
                                         .expires = end_of(said, now),
                                         .refusal = {said.id, Ending::client_blocked}});
        } else if (const auto* const shed = std::get_if<directive::Shed>(&said.what)) {
            const auto index = service(shed->service);
            if (!index) continue;
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(shed->retry_after).count();
            compiled.shed_.insert(
                compiled.shed_.begin(),
                {.service = *index,
                 .share = shed->share.of_one,
                 .expires = end_of(said, now),
                 .refusal = {said.id, Ending::shed, static_cast<std::uint32_t>(seconds)}});
        }
    }
    return compiled;
}

const Refusal* Refusals::pick(const Asked& asked) const {
    for (const Blocked& blocked : blocked_) {
        const bool here = blocked.service == any || blocked.service == asked.service;
        if (here && asked.now < blocked.expires && blocked.clients.contains(asked.client))
            return &blocked.refusal;
    }
    if (asked.service == any) return nullptr;
    const double lot = static_cast<double>(asked.random >> 11) * 0x1p-53;  // [0, 1)
    for (const Shedding& shed : shed_) {
        if (shed.service != asked.service || asked.now >= shed.expires) continue;
        return lot < shed.share ? &shed.refusal : nullptr;
    }
    return nullptr;
}

}  // namespace sg::gateway::guards
