// What the supervisor answers to each verb of the command line.
#include <fmt/format.h>

#include <csignal>

#include "platform/local/status.h"
#include "platform/local/supervisor.h"

namespace sg::platform::local {

namespace {

Json refused(const Error& error) { return {{"ok", false}, {"error", to_json(error)}}; }

Json outcome(const Result<void>& result) {
    return result ? Json{{"ok", true}} : refused(result.error());
}

// `scale catalog 3` means the only version there is.
void name_the_only_version(const State& state, Scale& scale) {
    const auto at = state.services.find(scale.service);
    if (!scale.version.empty() || at == state.services.end()) return;
    if (at->second.groups.size() == 1) scale.version = at->second.groups.begin()->first;
}

Json entries(const std::vector<Entry>& found) {
    Json list = Json::array();
    for (const auto& entry : found) list.push_back(to_json(entry));
    return list;
}

Json describe_named(const Supervisor& supervisor, const std::string& name) {
    Json reply = {{"ok", true}, {"events", entries(supervisor.journal().of(name))}};
    if (name == "gateway") {
        reply["gateway"] = status_of(supervisor)["gateway"];
        return reply;
    }
    const auto& services = supervisor.services();
    if (const auto known = check(services, Restart{.service = name, .version = ""});
        !known && !services.stopping)
        return refused(known.error());
    const auto at = services.services.find(name);
    if (at == services.services.end()) return refused({Errc::not_found, name, ""});
    reply["service"] = describe_service(supervisor, at->second);
    return reply;
}

Json events_after(const Supervisor& supervisor, const std::string& name, std::uint64_t after) {
    const auto& services = supervisor.services().services;
    const auto at = services.find(name);
    const auto last = supervisor.journal().last();
    return {{"ok", true},
            {"last", last},
            {"settled", at == services.end() || at->second.settled},
            {"events", entries(supervisor.journal().of(name, after))}};
}

}  // namespace

// Says what was asked for and, with `last`, which events follow from it.
Json Supervisor::change(Input input, const std::string& service) {
    if (const auto can = check(orchestra_->state(), input); !can) return refused(can.error());
    const auto before = journal_.last();
    orchestra_->feed(std::move(input));
    return {{"ok", true}, {"service", service}, {"after", before}};
}

void Supervisor::answer(const Json& request, const Desk::Reply& reply) try {
    const auto verb = request.value("verb", "");
    const auto service = request.value("service", "");
    const auto version = request.value("version", "");
    const auto later = [reply](const Result<void>& result) { reply(outcome(result)); };

    if (verb == "ps") return reply(status_of(*this));
    if (verb == "usage") {
        auto status = status_of(*this);
        add_usage(status);
        return reply(status);
    }
    if (verb == "describe") return reply(describe_named(*this, service));
    if (verb == "events")
        return reply(events_after(*this, service, request.value("after", std::uint64_t{0})));
    if (verb == "reload") return reload(later);
    if (verb == "upgrade") return gateway_->upgrade(later);
    if (verb == "restart")
        return reply(change(Restart{service, version, request.value("port", std::uint16_t{0}),
                                    request.value("order", "")},
                            service));
    if (verb == "roll") return reply(change(RollTo{service, version}, service));
    if (verb == "stop") return reply(change(Hold{service, version, true}, service));
    if (verb == "start") return reply(change(Hold{service, version, false}, service));
    if (verb == "scale") {
        Scale scale{service, version, request.value("replicas", std::uint32_t{1})};
        name_the_only_version(services(), scale);
        return reply(change(scale, service));
    }
    if (verb == "down") {
        stop(request.value("at_once", false) || stopping_);
        return reply(Json{{"ok", true}, {"pid", getpid()}});
    }
    reply(refused({Errc::unsupported, fmt::format("there is no verb `{}`", verb),
                   "the supervisor may be older than this command: restart it"}));
} catch (const Json::exception& error) {
    reply(refused({Errc::invalid_argument, error.what(), ""}));
}

}  // namespace sg::platform::local
