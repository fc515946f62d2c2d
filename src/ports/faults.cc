#include "ports/faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "base/units.h"

namespace sg::ports {

namespace {

constexpr std::string_view by_expiry = "the gateway lifts it when it expires";
constexpr std::string_view by_session = "the server forgets it when the session ends";

constexpr std::array table = {
    FaultAbout{"gateway.answer",
               "{share} of requests to {service} {version} {endpoint} {route} is "
               "answered {status}",
               "service share status", "version endpoint route", by_expiry},
    FaultAbout{"gateway.delay",
               "{share} of requests to {service} {version} {endpoint} {route} waits {delay}",
               "service share delay", "version endpoint route", by_expiry},
    FaultAbout{"gateway.reset",
               "{share} of requests to {service} {version} {endpoint} {route} is cut off",
               "service share", "version endpoint route", by_expiry},
    FaultAbout{"gateway.narrow",
               "{share} of responses of {service} {version} {endpoint} {route} comes at {rate} a "
               "second",
               "service share rate", "version endpoint route", by_expiry},
    FaultAbout{"gateway.release", "{service} {version} is released to {share} of the traffic",
               "service version share", "", by_expiry},
    FaultAbout{"gateway.certificate", "TLS listeners show a certificate that has ended", "", "",
               by_expiry},
    FaultAbout{"service.kill", "an instance of {service} {version} is killed", "service", "version",
               "the orchestrator starts it again"},
    FaultAbout{"service.freeze", "{process} of {service} {version} stands still", "service",
               "version process", "a guard outside operations lets it go on"},
    FaultAbout{"postgres.lock", "{waiting} sessions of {need} wait for a lock", "need", "waiting",
               by_session},
    FaultAbout{"postgres.hog", "{connections} connections of {need} are taken", "need connections",
               "", by_session},
    FaultAbout{"redis.pause", "{need} does not answer", "need", "",
               "the server goes on when the pause is over"},
    FaultAbout{"channel.break", "{channel} does not take messages", "channel", "",
               "it is remembered by the process only, until it expires"},
    FaultAbout{"config.candidate", "a configuration with a mistake is proposed", "", "",
               "a candidate changes nothing"},
    FaultAbout{"nothing", "nothing is done", "", "", "there is nothing to lift"},
};

bool has(std::string_view list, std::string_view word) {
    const auto words = split(list, ' ');
    return std::ranges::find(words, word) != words.end();
}

bool is_share(std::string_view text) {
    const auto share = parse_share(text);
    return share && share->of_one > 0 && share->of_one <= 1;
}

bool is_whole(std::string_view text, int least, int most) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= least &&
           number <= most;
}

struct Form {
    std::string_view name;
    std::string_view expected;
    bool (*fits)(std::string_view);
};
constexpr std::array forms = {
    Form{"share", "a share above 0% and at most 100%", is_share},
    Form{"status", "a status from 400 to 599",
         [](std::string_view t) { return is_whole(t, 400, 599); }},
    Form{"delay", "a duration from 1ms to 1m",
         [](std::string_view t) {
             const auto d = parse_duration(t);
             return d && *d >= 1ms && *d <= 1min;
         }},
    Form{"rate", "a size such as 16KiB",
         [](std::string_view t) {
             const auto size = parse_bytes(t);
             return size && size->count > 0;
         }},
    Form{"connections", "a whole number from 1 to 500",
         [](std::string_view t) { return is_whole(t, 1, 500); }},
    Form{"waiting", "a whole number from 1 to 20",
         [](std::string_view t) { return is_whole(t, 1, 20); }},
};

Result<void> check_value(const std::string& name, const std::string& value) {
    if (value.empty()) return fail(Errc::invalid_argument, fmt::format("`{}` is empty", name));
    const auto* form = std::ranges::find(forms, name, &Form::name);
    if (form == forms.end() || form->fits(value)) return {};
    return fail(Errc::invalid_argument, fmt::format("`{}` is no value for {}", value, name),
                std::string(form->expected));
}

}  // namespace

void describe(Visitor& v, Fault& fault) {
    v.record({.name = "a fault"});
    v.field({.key = "kind"}, fault.kind);
    v.field({.key = "with"}, fault.with);
}

std::span<const FaultAbout> faults() { return table; }

const FaultAbout* find_fault(std::string_view kind) {
    const auto* found = std::ranges::find(table, kind, &FaultAbout::kind);
    return found == table.end() ? nullptr : found;
}

Result<void> check(const Fault& fault) {
    const auto* about = find_fault(fault.kind);
    if (about == nullptr) {
        std::vector<std::string> names;
        for (const auto& one : table) names.emplace_back(one.kind);
        const auto meant = nearest(fault.kind, names);
        return fail(Errc::invalid_argument, fmt::format("`{}` is no kind of fault", fault.kind),
                    meant.empty() ? fmt::format("one of {}", fmt::join(names, ", "))
                                  : fmt::format("did you mean `{}`?", meant));
    }
    for (const auto& [name, value] : fault.with) {
        if (!has(about->needed, name) && !has(about->optional, name))
            return fail(Errc::invalid_argument, fmt::format("{} has no `{}`", fault.kind, name),
                        fmt::format("it has {} {}", about->needed, about->optional));
        TRY_VOID(check_value(name, value));
    }
    for (const auto name : split(about->needed, ' '))
        if (!name.empty() && !fault.with.contains(std::string(name)))
            return fail(Errc::invalid_argument, fmt::format("{} needs `{}`", fault.kind, name));
    return {};
}

std::string sentence_of(const Fault& fault) {
    const auto* about = find_fault(fault.kind);
    if (about == nullptr) return fault.kind;
    std::string sentence;
    const auto text = about->sentence;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            // A parameter that is not there leaves no gap.
            if (text[at] != ' ' || !sentence.ends_with(' ')) sentence += text[at];
            continue;
        }
        const auto value = fault.with.find(std::string(text.substr(at + 1, end - at - 1)));
        if (value != fault.with.end()) sentence += value->second;
        at = end;
    }
    return std::string(trim(sentence));
}

}  // namespace sg::ports
