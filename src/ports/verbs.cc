#include "ports/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/address.h"
#include "base/text.h"
#include "base/units.h"

namespace sg::ports {

namespace {

using enum ParameterKind;

constexpr Parameter of_service{"service", service, true, "which service"};
constexpr Parameter of_version{"version", version, true, "which of its versions"};
constexpr Parameter of_need{"need", need, true, "which dependency"};

constexpr std::array scale_with = {of_service, of_version,
                                   Parameter{"replicas", count, true, "how many shall run"}};
constexpr std::array restart_with = {
    of_service, of_version,
    Parameter{"endpoint", endpoint, false, "only this one; else one after the other"}};
constexpr std::array roll_back_with = {
    of_service, Parameter{"version", version, true, "the version that gets no traffic any more"}};
constexpr std::array shift_with = {
    of_service, Parameter{"version", version, true, "the version whose share is set"},
    Parameter{"share", share, true, "of the service's traffic; the others share the rest"}};
constexpr std::array drain_with = {of_service,
                                   Parameter{"endpoint", endpoint, true, "which endpoint"}};
constexpr std::array shed_with = {of_service, Parameter{"share", share, true, "of the requests"}};
constexpr std::array limit_with = {
    of_service, Parameter{"requests", count, true, "how many may be under way at once"}};
constexpr std::array block_with = {Parameter{"client", client, true, "whose requests"},
                                   Parameter{"service", service, false, "only to this one"}};
constexpr std::array switch_off_with = {of_need, Parameter{"service", service, true, "in which"}};
constexpr std::array clear_with = {
    of_need, Parameter{"prefix", prefix, false, "only keys that begin so; else all of them"}};
constexpr std::array grow_with = {of_need, Parameter{"size", bytes, true, "the new limit"}};
constexpr std::array cancel_with = {
    of_need, Parameter{"query", count, true, "the number of the session whose query is cancelled"}};
constexpr std::array breaker_with = {of_service,
                                     Parameter{"endpoint", endpoint, true, "which endpoint"}};

constexpr auto light = Weight::light, heavy = Weight::heavy, destructive = Weight::destructive;
constexpr auto restores = Undo::restores, none = Undo::none;

constexpr std::array table = {
    VerbAbout{"scale", "run {replicas} of {service} {version}", light, restores, false, scale_with},
    VerbAbout{"restart", "restart {service} {version} {endpoint}", heavy, none, true, restart_with},
    VerbAbout{"roll_back", "give {service} {version} no more traffic", light, restores, true,
              roll_back_with},
    VerbAbout{"shift", "give {service} {version} {share} of the traffic", light, restores, true,
              shift_with},
    VerbAbout{"drain", "send no new requests to {endpoint} of {service}", light, restores, true,
              drain_with},
    VerbAbout{"shed", "refuse {share} of the requests to {service}", heavy, restores, false,
              shed_with},
    VerbAbout{"limit", "let {requests} requests to {service} be under way at once", heavy, restores,
              false, limit_with},
    VerbAbout{"open_breaker", "open the breaker of {endpoint} of {service}", light, restores, true,
              breaker_with},
    VerbAbout{"block_client", "refuse requests of {client} {service}", heavy, restores, false,
              block_with},
    VerbAbout{"switch_off", "let {service} do without {need}", heavy, restores, false,
              switch_off_with},
    VerbAbout{"clear_cache", "clear {need} {prefix}", destructive, none, false, clear_with},
    VerbAbout{"grow_cache", "let {need} use {size}", light, restores, false, grow_with},
    VerbAbout{"cancel_query", "cancel the query of session {query} in {need}", destructive, none,
              false, cancel_with},
};

bool is_name(std::string_view text) {
    constexpr std::size_t length_max = 63;  // Source: RFC 1123.
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= length_max && std::ranges::all_of(text, fits);
}

bool is_prefix(std::string_view text) {
    constexpr std::size_t length_max = 200;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(":_-./").find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= length_max && std::ranges::all_of(text, fits);
}

bool is_count(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

bool is_endpoint(std::string_view text) {
    const auto parsed = parse_host_port(text);
    return parsed && parsed->port != 0;
}

struct KindAbout {
    std::string_view expected;
    bool (*fits)(std::string_view);
};

const KindAbout& about(ParameterKind kind) {
    static const std::array kinds = {
        KindAbout{"the name of a service", is_name},
        KindAbout{"the name of a version", is_name},
        KindAbout{"host:port", is_endpoint},
        KindAbout{"the name of a dependency", is_name},
        KindAbout{"the name of a route", is_name},
        KindAbout{"an address", [](std::string_view t) { return parse_ip(t).has_value(); }},
        KindAbout{"a whole number from 1", is_count},
        KindAbout{"a share from 0% to 100%",
                  [](std::string_view t) {
                      const auto share = parse_share(t);
                      return share && share->of_one >= 0 && share->of_one <= 1;
                  }},
        KindAbout{"a size such as 64MiB",
                  [](std::string_view t) {
                      const auto size = parse_bytes(t);
                      return size && size->count > 0;
                  }},
        KindAbout{"the beginning of keys: letters, digits and :_-./", is_prefix},
    };
    return kinds[static_cast<std::size_t>(kind)];
}

std::string list_of(std::span<const Parameter> parameters) {
    std::string list;
    for (const auto& parameter : parameters) {
        if (!list.empty()) list += ", ";
        list += parameter.name;
    }
    return list;
}

}  // namespace

std::span<const VerbAbout> verbs() { return table; }

const VerbAbout* find_verb(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &VerbAbout::name);
    return found == table.end() ? nullptr : found;
}

void describe(Visitor& v, Act& act) {
    v.field({.key = "verb"}, act.verb);
    v.field({.key = "with"}, act.with);
}

Result<void> check_value(const Parameter& parameter, std::string_view value) {
    const auto& kind = about(parameter.kind);
    if (kind.fits(value)) return {};
    return fail(Errc::invalid_argument,
                fmt::format("`{}` is no value for {}", value, parameter.name),
                fmt::format("{}: {}", kind.expected, parameter.what));
}

Result<void> check(const Act& act) {
    const auto* verb = find_verb(act.verb);
    if (verb == nullptr) {
        std::vector<std::string> names;
        for (const auto& one : table) names.emplace_back(one.name);
        const auto meant = nearest(act.verb, names);
        return fail(Errc::invalid_argument, fmt::format("`{}` is no verb", act.verb),
                    meant.empty() ? fmt::format("one of {}", fmt::join(names, ", "))
                                  : fmt::format("did you mean `{}`?", meant));
    }
    for (const auto& [name, value] : act.with) {
        const auto parameter = std::ranges::find(verb->parameters, name, &Parameter::name);
        if (parameter == verb->parameters.end())
            return fail(Errc::invalid_argument, fmt::format("{} has no `{}`", act.verb, name),
                        fmt::format("it has {}", list_of(verb->parameters)));
        TRY_VOID(check_value(*parameter, value));
    }
    for (const auto& parameter : verb->parameters)
        if (parameter.required && !act.with.contains(std::string(parameter.name)))
            return fail(Errc::invalid_argument,
                        fmt::format("{} needs `{}`", act.verb, parameter.name),
                        fmt::format("{}: {}", about(parameter.kind).expected, parameter.what));
    return {};
}

std::string sentence_of(const Act& act) {
    const auto* verb = find_verb(act.verb);
    if (verb == nullptr) return act.verb;
    std::string sentence;
    const auto text = verb->sentence;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            sentence += text[at];
            continue;
        }
        const auto value = act.with.find(std::string(text.substr(at + 1, end - at - 1)));
        if (value != act.with.end()) sentence += value->second;
        at = end;
    }
    return std::string(trim(sentence));
}

}  // namespace sg::ports
