#include "gateway/plan.h"

namespace sg::gateway {

ServiceState::ServiceState(const ServiceSpec& s, const upstream::PolicyContext& context)
    : name(s.config->name), spec(s), circuit(s.config->circuit), policy(*s.config, context) {
    name_versions();
}

ServiceState::~ServiceState() = default;

void ServiceState::name_versions() {
    versions.clear();
    for (std::size_t i = 0; i < spec.config->versions.size(); ++i) {
        const auto name_of_it = policy.version_name(static_cast<std::uint16_t>(i));
        const auto it = spec.versions.find(std::string(name_of_it));
        versions.push_back(it == spec.versions.end() ? Account::none : it->second);
    }
}

}  // namespace sg::gateway
