#include "injectors.h"

#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/units.h"
#include "config/load.h"
#include "directive/json.h"
#include "held_faults.h"
#include "platform/http/client.h"
#include "platform/local/protocol.h"

namespace sg::app {

using platform::local::Json;
using ports::Fault;
using ports::FaultOrder;

namespace {

std::string value(const Fault& fault, const std::string& name) {
    const auto found = fault.with.find(name);
    return found == fault.with.end() ? std::string() : found->second;
}

bool is_of(const Fault& fault, std::string_view system) { return fault.kind.starts_with(system); }

// --- the gateway ---------------------------------------------------------------------------------

Result<directive::What> weights_of(const Fault& fault, const config::Config& config) {
    const auto service = config.services.find(value(fault, "service"));
    if (service == config.services.end())
        return fail(Errc::not_found, "there is no service " + value(fault, "service"));
    TRY(const auto share, parse_share(value(fault, "share")));
    const auto version = value(fault, "version");
    double others = 0;
    for (const auto& [name, about] : service->second.versions)
        if (name != version) others += about.weight;
    directive::SetWeights weights{.service = service->first};
    constexpr double whole = 10'000;
    for (const auto& [name, about] : service->second.versions) {
        const double part = name == version ? share.of_one
                            : others > 0    ? (1 - share.of_one) * about.weight / others
                                            : 0;
        weights.weights[name] = static_cast<std::uint32_t>(std::lround(part * whole));
    }
    return weights;
}

Result<directive::What> directive_of(const Fault& fault, const config::Config& config) {
    if (fault.kind == "gateway.release") return weights_of(fault, config);
    if (fault.kind == "gateway.certificate") return directive::ShowExpired{};
    directive::InjectFault what{.route = value(fault, "route"),
                                .service = value(fault, "service"),
                                .version = value(fault, "version"),
                                .endpoint = value(fault, "endpoint")};
    TRY(what.share, parse_share(value(fault, "share")));
    if (fault.kind == "gateway.reset") what.reset = true;
    if (fault.kind == "gateway.answer")
        what.abort = static_cast<std::uint16_t>(std::atoi(value(fault, "status").c_str()));
    if (fault.kind == "gateway.delay") {
        TRY(what.delay, parse_duration(value(fault, "delay")));
    }
    if (fault.kind == "gateway.narrow") {
        TRY(what.bytes_per_second, parse_bytes(value(fault, "rate")));
    }
    return what;
}

Result<platform::http::Response> ask_gateway(const platform::local::Layout& layout,
                                             const std::string& method, const std::string& path,
                                             const std::string& body) {
    platform::http::Request request;
    request.method = method;
    request.url = "http://gateway" + path;
    request.body = body;
    request.unix_socket = layout.gateway_socket();
    request.timeout = 5s;
    request.connect_timeout = 2s;
    return platform::http::perform(request);
}

// --- services that run here ----------------------------------------------------------------------

Result<Json> ask_supervisor(const platform::local::Layout& layout) {
    TRY(auto caller, platform::local::Caller::reach(layout));
    return caller.ask({{"verb", "ps"}}, 5s);
}

// The pid of an instance that is healthy.
Result<int> instance_of(const platform::local::Layout& layout, const Fault& fault) {
    TRY(const auto status, ask_supervisor(layout));
    const auto wanted = value(fault, "version");
    for (const auto& service : status.value("services", Json::array())) {
        if (service.value("name", "") != value(fault, "service")) continue;
        for (const auto& version : service.value("versions", Json::array())) {
            if (!wanted.empty() && version.value("version", "") != wanted) continue;
            for (const auto& instance : version.value("instances", Json::array()))
                if (instance.value("phase", "") == "healthy" && instance.value("pid", 0) > 0)
                    return instance.value("pid", 0);
        }
    }
    return fail(Errc::unavailable,
                fmt::format("no healthy instance of {} runs here", value(fault, "service")));
}

}  // namespace

Injectors::~Injectors() = default;

// --- before --------------------------------------------------------------------------------------

Result<std::string> Injectors::prepare(const FaultOrder& order, Instant) const {
    const auto& fault = order.fault;
    TRY_VOID(ports::check(fault));
    const auto config = world_.config();
    if (is_of(fault, "gateway.")) {
        const bool has_service = fault.with.contains("service");
        if (has_service && !config->services.contains(value(fault, "service")))
            return fail(Errc::not_found, "there is no service " + value(fault, "service"));
        TRY([[maybe_unused]] const auto alive,
            ask_gateway(world_.layout, "GET", "/directives", ""));
        return fmt::format("lift directive {}", order.id);
    }
    if (is_of(fault, "service.")) {
        TRY(const int pid, instance_of(world_.layout, fault));
        if (fault.kind == "service.kill") return std::string("the orchestrator starts it again");
        TRY(const auto pids, processes_of(pid, value(fault, "process")));
        return "continue " + joined(pids);
    }
    if (is_of(fault, "postgres.") || is_of(fault, "redis.")) {
        if (!config->operations.needs.contains(value(fault, "need")))
            return fail(Errc::not_found, "there is no dependency " + value(fault, "need"));
        return fmt::format("end the sessions of {}", order.id);
    }
    if (fault.kind == "channel.break") {
        if (!config->operations.notify.contains(value(fault, "channel")))
            return fail(Errc::not_found, "there is no channel " + value(fault, "channel"));
        return fmt::format("mend channel {}", value(fault, "channel"));
    }
    return std::string("nothing is to be taken back");
}

// --- injecting -----------------------------------------------------------------------------------

Result<std::string> Injectors::inject(const FaultOrder& order, Instant now) const {
    if (order.expires_at <= now)
        return fail(Errc::cancelled, "its time was over before it was injected");
    const auto& fault = order.fault;
    if (is_of(fault, "gateway.")) return inject_into_gateway(order);
    if (is_of(fault, "service.")) return inject_into_service(order, now);
    if (is_of(fault, "postgres.") || is_of(fault, "redis.")) return inject_into_need(order, now);
    if (fault.kind == "config.candidate") return propose_configuration();
    if (fault.kind == "channel.break") {
        const std::lock_guard lock(mutex_);
        broken_[value(fault, "channel")] = order.expires_at;
    }
    return ports::sentence_of(fault);
}

Result<std::string> Injectors::inject_into_gateway(const FaultOrder& order) const {
    TRY(auto what, directive_of(order.fault, *world_.config()));
    const directive::Directive said{order.id,   "drill",          order.reason,
                                    wall_now(), order.expires_at, std::move(what)};
    TRY(const auto answer,
        ask_gateway(world_.layout, "POST", "/directives", directive::write(said)));
    if (answer.status < 300) return ports::sentence_of(order.fault);
    return fail(Errc::conflict,
                fmt::format("the gateway answers {}: {}", answer.status, answer.body));
}

Result<std::string> Injectors::inject_into_service(const FaultOrder& order, Instant now) const {
    TRY(const int pid, instance_of(world_.layout, order.fault));
    if (order.fault.kind == "service.kill") {
        if (::kill(pid, SIGKILL) != 0) return fail_system("kill");
        return fmt::format("{} (process {})", ports::sentence_of(order.fault), pid);
    }
    TRY(const auto pids, processes_of(pid, value(order.fault, "process")));
    TRY_VOID(freeze(pids, order.expires_at - now));
    return fmt::format("{} (process {})", ports::sentence_of(order.fault), joined(pids));
}

Result<std::string> Injectors::inject_into_need(const FaultOrder& order, Instant now) const {
    const auto config = world_.config();
    const auto need = config->operations.needs.find(value(order.fault, "need"));
    if (need == config->operations.needs.end())
        return fail(Errc::not_found, "there is no dependency " + value(order.fault, "need"));
    TRY(auto held, hold(order.fault, need->second.target, order.expires_at - now));
    const std::lock_guard lock(mutex_);
    held_[order.id] = std::move(held);
    return ports::sentence_of(order.fault);
}

// The file that is in force, with a key that nobody knows. Nothing of it is ever applied.
Result<std::string> Injectors::propose_configuration() const {
    std::ifstream in(world_.config_file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    text += "\nthis_key_is_a_mistake: true\n";
    const auto loaded = config::load_text(text, world_.config_file);
    if (loaded.problems.empty())
        return fail(Errc::internal, "a configuration with a mistake was accepted");
    const auto& first = loaded.problems.front();
    return fmt::format("refused: line {}: {}", first.place.line, first.what);
}

// --- taking it back ------------------------------------------------------------------------------

Result<std::string> Injectors::lift(const FaultOrder& order, const std::string& undo,
                                    Instant) const {
    const auto& fault = order.fault;
    if (is_of(fault, "gateway.")) {
        TRY(const auto answer, ask_gateway(world_.layout, "DELETE", "/directives/" + order.id, ""));
        if (answer.status >= 300 && answer.status != 404)
            return fail(Errc::unavailable, fmt::format("the gateway answers {}", answer.status));
    }
    if (fault.kind == "service.freeze") thaw(undo);
    std::shared_ptr<Held> ends;  // Its threads are waited for without the lock.
    const std::lock_guard lock(mutex_);
    broken_.erase(value(fault, "channel"));
    if (const auto found = held_.find(order.id); found != held_.end()) {
        ends = std::move(found->second);
        held_.erase(found);
    }
    return std::string("lifted");
}

bool Injectors::is_broken(const std::string& channel, Instant now) const {
    const std::lock_guard lock(mutex_);
    const auto found = broken_.find(channel);
    return found != broken_.end() && now < found->second;
}

}  // namespace sg::app
