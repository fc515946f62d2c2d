#include "platform/local/act.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/address.h"
#include "platform/local/protocol.h"

namespace sg::platform::local {

namespace {

using ports::Act;

constexpr Duration look_every = 200ms;

std::string value(const Act& act, const char* name) {
    const auto at = act.with.find(name);
    return at == act.with.end() ? std::string() : at->second;
}

Result<Json> ask(const Layout& layout, const Json& request, Tick deadline) {
    auto caller = Caller::reach(layout);
    if (!caller)
        return fail(Errc::unavailable, "no supervisor runs here: " + caller.error().message(),
                    "only what `streamgate up` runs can be scaled and restarted");
    return caller->ask(request, std::max<Duration>(deadline - steady_now(), 1ms));
}

// What the supervisor says of a version.
Result<Json> version_of(const Layout& layout, const Act& act, Tick deadline) {
    TRY(const auto status, ask(layout, {{"verb", "ps"}}, deadline));
    for (const auto& service : status.value("services", Json::array())) {
        if (service.value("name", "") != value(act, "service")) continue;
        for (const auto& version : service.value("versions", Json::array()))
            if (version.value("version", "") == value(act, "version")) return version;
    }
    return fail(Errc::not_found,
                fmt::format("{} {} is not run here", value(act, "service"), value(act, "version")));
}

std::uint16_t port_of(const Act& act) {
    const auto endpoint = parse_host_port(value(act, "endpoint"));
    return endpoint ? endpoint->port : std::uint16_t{0};
}

std::uint32_t number(const std::string& text) {
    std::uint32_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

bool runs_at(const Json& version, std::uint16_t port) {
    const auto& instances = version.value("instances", Json::array());
    return std::ranges::any_of(instances,
                               [&](const Json& i) { return i.value("port", 0) == port; });
}

// Old and new together, as the supervisor goes from one to the other.
struct Progress {
    std::size_t old = 0;
    std::size_t healthy = 0;
    std::uint64_t wanted = 0;
    std::string trouble;
    bool done() const { return old == 0 && healthy >= wanted; }
};

Progress progress_of(const Json& version) {
    Progress progress{.wanted = version.value("wanted", std::uint64_t{0})};
    for (const auto& instance : version.value("instances", Json::array())) {
        const bool outdated = instance.value("outdated", false);
        if (outdated) ++progress.old;
        else if (instance.value("phase", "") == "healthy") ++progress.healthy;
        if (!outdated && instance.value("crash_loop", false))
            progress.trouble =
                fmt::format("the new process ends at once: {}", instance.value("last_exit", ""));
    }
    return progress;
}

Result<std::string> wait_for_health(const Layout& layout, const Act& act, Tick deadline) {
    const auto name = fmt::format("{} {}", value(act, "service"), value(act, "version"));
    for (;;) {  // Bound: the deadline.
        TRY(const auto version, version_of(layout, act, deadline));
        const auto now = progress_of(version);
        if (!now.trouble.empty())
            return fail(Errc::unavailable, fmt::format("{}: {}", name, now.trouble),
                        fmt::format("streamgate logs {}", value(act, "service")));
        if (now.done()) return fmt::format("{} is restarted, {} healthy", name, now.healthy);
        if (steady_now() + look_every >= deadline)
            return fmt::format("{} is being restarted: {} healthy so far, {} to go", name,
                               now.healthy, now.old);
        // Rule Zero: the supervisor is asked again rather than told to call; a person would, too.
        std::this_thread::sleep_for(look_every);
    }
}

Result<void> scale(const Layout& layout, const Act& act, std::uint32_t replicas, Tick deadline) {
    TRY(const auto reply, ask(layout,
                              {{"verb", "scale"},
                               {"service", value(act, "service")},
                               {"version", value(act, "version")},
                               {"replicas", replicas}},
                              deadline));
    static_cast<void>(reply);
    return {};
}

}  // namespace

Result<std::string> before(const Layout& layout, const Act& act, Tick deadline) {
    TRY(const auto version, version_of(layout, act, deadline));
    if (act.verb == "restart" && act.with.contains("endpoint") && !runs_at(version, port_of(act)))
        return fail(Errc::not_found,
                    fmt::format("no process of {} {} listens at {}", value(act, "service"),
                                value(act, "version"), value(act, "endpoint")));
    return Json{{"replicas", version.value("wanted", std::uint64_t{0})}}.dump();
}

Result<std::string> carry_out(const Layout& layout, const ports::Order& order, Tick deadline) {
    const Act& act = order.act;
    if (act.verb == "scale") {
        TRY_VOID(scale(layout, act, number(value(act, "replicas")), deadline));
        return fmt::format("{} of {} {} are wanted", value(act, "replicas"), value(act, "service"),
                           value(act, "version"));
    }
    TRY(const auto reply, ask(layout,
                              {{"verb", "restart"},
                               {"service", value(act, "service")},
                               {"version", value(act, "version")},
                               {"port", port_of(act)},
                               {"order", order.id}},
                              deadline));
    static_cast<void>(reply);
    return wait_for_health(layout, act, deadline);
}

Result<std::string> take_back(const Layout& layout, const ports::Order& order,
                              const std::string& before, Tick deadline) {
    const auto found = Json::parse(before, nullptr, /*allow_exceptions=*/false);
    if (!found.is_object() || !found.contains("replicas") ||
        !found["replicas"].is_number_unsigned())
        return fail(Errc::invalid_argument, "it is not known how many ran before");
    const auto replicas = found["replicas"].get<std::uint32_t>();
    TRY_VOID(scale(layout, order.act, replicas, deadline));
    return fmt::format("{} of {} {} are wanted again", replicas, value(order.act, "service"),
                       value(order.act, "version"));
}

}  // namespace sg::platform::local
