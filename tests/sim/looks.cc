#include "looks.h"

#include <fmt/format.h>

namespace sg::sim {

namespace {

using ports::Finding;
using ports::Standing;

constexpr double failed_share_bad = 0.05;

Finding of_need(const std::string& name, const std::map<std::string, signals::Health>& needs) {
    const auto at = needs.find(name);
    const bool is_ill = at != needs.end() && at->second == signals::Health::ill;
    return {.key = "answers",
            .standing = is_ill ? Standing::bad : Standing::fine,
            .title = fmt::format("{} {}", name, is_ill ? "refuses" : "answers")};
}

Finding of_service(const std::string& name, const signals::Second& latest) {
    const auto at = latest.services.find(name);
    if (at == latest.services.end() || at->second.requests == 0)
        return {.key = "failed", .title = fmt::format("{} has no traffic", name)};
    const auto share =
        static_cast<double>(at->second.failed) / static_cast<double>(at->second.requests);
    return {.key = "failed",
            .standing = share > failed_share_bad ? Standing::bad : Standing::fine,
            .title = fmt::format("{:.0f} % of {} fail", share * 100, name),
            .value = share,
            .unit = "share"};
}

}  // namespace

runs::Look look(const runs::LookOrder& order, const Looking& looking) {
    std::vector<std::pair<std::string, Finding>> found;
    for (const auto& target : order.targets) {
        const auto name = target.substr(target.find(':') + 1);
        // Of processes and their logs nothing is simulated.
        if (looking.bad.contains(order.inspect))
            found.emplace_back(
                target, Finding{.key = "all",
                                .standing = Standing::bad,
                                .title = fmt::format("{} of {} is bad", order.inspect, name)});
        else if (target.starts_with("need:"))
            found.emplace_back(target, of_need(name, looking.needs));
        else if (order.inspect == "service.traffic")
            found.emplace_back(target, of_service(name, looking.latest));
        else
            found.emplace_back(target, Finding{.key = "all",
                                               .standing = Standing::fine,
                                               .title = "nothing out of the ordinary"});
        found.back().second.what = order.inspect;
    }
    return runs::look_of(order, found, "");
}

}  // namespace sg::sim
