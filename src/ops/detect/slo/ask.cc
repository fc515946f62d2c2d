#include "ops/detect/slo/ask.h"

#include <algorithm>

#include "ops/detect/slo/decide.h"
#include "ops/detect/slo/store.h"

namespace sg::slo {

Result<std::vector<Standing>> not_well(const store::Tx& tx) {
    TRY(const auto all, load(tx));
    std::vector<Standing> standings;
    for (const auto& [id, standing] : all) standings.push_back(standing);
    return standings;
}

Result<std::vector<Standing>> not_well(const store::Tx& tx, const std::string& service) {
    return of_service(tx, service);
}

Result<std::optional<Standing>> standing_of(const store::Tx& tx, const std::string& id) {
    return find(tx, id);
}

Result<bool> is_burning(const store::Tx& tx, const std::string& service) {
    TRY(const auto standings, of_service(tx, service));
    return std::ranges::any_of(standings, [](const Standing& s) { return s.level == Level::page; });
}

Result<std::vector<Standing>> budgets_spent(const store::Tx& tx, const std::string& service) {
    TRY(auto standings, of_service(tx, service));
    std::erase_if(standings, [](const Standing& s) { return !s.spent; });
    return standings;
}

std::string runbook_of(const config::Config& config, const std::string& id) {
    std::map<std::string, Duration> services;
    if (const auto found = config.services.find(id.substr(0, id.find('/')));
        found != config.services.end())
        services[found->first] = found->second.latency_objective;
    for (const auto& slo : objectives_of(config.operations, services))
        if (slo.id == id) return slo.objective.runbook;
    return {};
}

}  // namespace sg::slo
