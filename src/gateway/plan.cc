#include "gateway/plan.h"

namespace sg::gateway {

ServiceState::ServiceState(const ServiceSpec& s, const upstream::PolicyContext& context)
    : name(s.config->name), spec(s), circuit(s.config->circuit), policy(*s.config, context) {}

ServiceState::~ServiceState() = default;

std::uint16_t ServiceState::version_telemetry(std::uint16_t version) const {
    const auto it = spec.versions.find(std::string(policy.version_name(version)));
    return it == spec.versions.end() ? Account::none : it->second;
}

}  // namespace sg::gateway
