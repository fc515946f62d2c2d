// What can be asked of the orchestrator, and what it says to what cannot.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "platform/local/decide.h"

namespace sg::platform::local {

namespace {

constexpr std::uint32_t replicas_most =
    1000;  // A slip of the finger should not start a million processes.

template <class Map>
std::vector<std::string> keys(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
}

std::unexpected<Error> unknown(std::string_view kind, const std::string& name,
                               const std::vector<std::string>& known) {
    auto hint = known.empty() ? std::string("no service has `run:` in the configuration")
                              : fmt::format("there are {}", fmt::join(known, ", "));
    if (const auto meant = nearest(name, known); !meant.empty())
        hint += fmt::format("; did you mean `{}`?", meant);
    return fail(Errc::not_found, fmt::format("no {} `{}` is run here", kind, name), hint);
}

Result<const Service*> named(const State& state, const std::string& service,
                             const std::string& version) {
    const auto at = state.services.find(service);
    if (at == state.services.end()) return unknown("service", service, keys(state.services));
    const auto& groups = at->second.groups;
    if (!version.empty() && !groups.contains(version))
        return unknown("version", service + "/" + version, keys(groups));
    return &at->second;
}

struct Check {
    const State& state;

    Result<void> operator()(const Scale& scale) const {
        TRY(const Service* service, named(state, scale.service, scale.version));
        if (scale.version.empty())
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` has several versions", scale.service),
                        fmt::format("say which: streamgate scale {}/{} {}", scale.service,
                                    service->groups.begin()->first, scale.replicas));
        if (scale.replicas > replicas_most)
            return fail(Errc::invalid_argument, fmt::format("{} replicas", scale.replicas),
                        fmt::format("at most {}", replicas_most));
        if (service->roll && service->roll->to != scale.version)
            return fail(Errc::conflict,
                        fmt::format("`{}` is rolled to {}", scale.service, service->roll->to),
                        fmt::format("streamgate roll {} --configured goes back to the file",
                                    scale.service));
        return {};
    }
    Result<void> operator()(const Restart& restart) const {
        TRY(const Service* service, named(state, restart.service, restart.version));
        if (restart.port == 0) return {};
        for (const auto& [version, group] : service->groups) {
            if (!restart.version.empty() && version != restart.version) continue;
            // Done already: the one that listened there is gone.
            if (!restart.order.empty() && group.restarted_by == restart.order) return {};
            if (std::ranges::find(group.instances, restart.port, &Instance::port) !=
                group.instances.end())
                return {};
        }
        return fail(Errc::not_found, fmt::format("no process of `{}` listens on port {}",
                                                 restart.service, restart.port));
    }
    Result<void> operator()(const Hold& hold) const {
        TRY_VOID(named(state, hold.service, hold.version));
        return {};
    }
    Result<void> operator()(const RollTo& roll) const {
        TRY(const Service* service, named(state, roll.service, roll.version));
        if (!roll.version.empty() && !service->groups.at(roll.version).configured)
            return fail(Errc::conflict,
                        fmt::format("`{}` is no longer in the configuration", roll.version));
        return {};
    }
    template <class Other>
    Result<void> operator()(const Other&) const {
        return {};
    }
};

}  // namespace

Result<void> check(const State& state, const Input& command) {
    if (state.stopping) return fail(Errc::conflict, "everything is being stopped");
    return std::visit(Check{state}, command);
}

}  // namespace sg::platform::local
