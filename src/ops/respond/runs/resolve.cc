#include "ops/respond/runs/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace sg::runs {

namespace {

using runbooks::Measure;
using runbooks::Quantity;

constexpr std::string_view of_diagnosis = "diagnosis.";
constexpr std::string_view of_need = "need:";

std::string_view word(config::Need::Kind kind) {
    return WordsOf<config::Need::Kind>::words[static_cast<std::size_t>(kind)];
}

// The worst comes first, so that a key that several targets have is that of the worst.
int badness(std::string_view standing) {
    if (standing == "bad") return 3;
    if (standing == "unknown") return 2;
    return standing == "odd" ? 1 : 0;
}

const Seen* seen_at(const Run& run, std::string_view name) {
    const auto dot = name.find('.');
    const auto* look = look_at(run, name.substr(0, dot));
    if (look == nullptr || dot == std::string_view::npos) return nullptr;
    const Seen* worst = nullptr;
    for (const auto& seen : look->seen)
        if (seen.key == name.substr(dot + 1) &&
            (worst == nullptr || badness(seen.standing) > badness(worst->standing)))
            worst = &seen;
    return worst;
}

std::optional<Quantity> quantity_of(const Seen& seen) {
    if (!seen.value) return std::nullopt;
    if (seen.unit == "share") return Quantity{*seen.value, Measure::share};
    if (seen.unit == "bytes") return Quantity{*seen.value, Measure::bytes};
    if (seen.unit == "s") return Quantity{*seen.value, Measure::seconds};
    if (seen.unit == "ms") return Quantity{*seen.value / 1000, Measure::seconds};
    return Quantity{*seen.value, Measure::number};
}

// A check that found its target bad says which dependency it is, before telemetry does.
std::string need_of(const Run& run, const Around& around) {
    const Seen* worst = nullptr;
    for (const auto& look : run.looks)
        for (const auto& seen : look.seen)
            if (seen.target.starts_with(of_need) && badness(seen.standing) == 3 && worst == nullptr)
                worst = &seen;
    if (worst != nullptr) return worst->target.substr(of_need.size());
    const auto known = around.known.names.find("need");
    return known == around.known.names.end() ? std::string() : known->second;
}

// The half more than the cache may use now, to the next whole MiB.
std::string larger_cache(const Run& run) {
    constexpr double mib = 1 << 20;
    for (const auto& look : run.looks) {
        if (look.inspect != "redis.memory") continue;
        for (const auto& seen : look.seen)
            if (seen.key == "used" && seen.unit == "bytes" && seen.value && *seen.value >= mib)
                return fmt::format("{}MiB", std::lround(std::ceil(*seen.value * 1.5 / mib)));
    }
    return {};
}

std::string figure(const Seen& seen) {
    const auto value = seen.value.value_or(0);
    if (seen.unit == "share") return fmt::format("{:.6g}%", value * 100);
    if (seen.unit == "bytes") return fmt::format("{:.0f}B", value);
    return std::trunc(value) == value ? fmt::format("{:.0f}", value) : fmt::format("{:.6g}", value);
}

std::string diagnosed(std::string_view name, const Run& run, const Around& around) {
    const auto& config = around.config.operations;
    const auto need = need_of(run, around);
    if (name == "need") return need;
    if (name == "need_kind")
        return config.needs.contains(need) ? std::string(word(config.needs.at(need).kind)) : "";
    if (name == "cache_larger") return larger_cache(run);
    if (const auto at = around.known.names.find(std::string(name)); at != around.known.names.end())
        return at->second;
    const auto at = around.known.figures.find(std::string(name));
    if (at == around.known.figures.end()) return {};
    if (at->second.measure == Measure::share) return fmt::format("{:.6g}%", at->second.value * 100);
    return fmt::format("{:.0f}", at->second.value);
}

std::string value_of(std::string_view name, const Run& run, const Around& around) {
    if (name == "service") return run.service;
    if (name == "incident") return run.incident == 0 ? "" : fmt::to_string(run.incident);
    if (name.starts_with(of_diagnosis))
        return diagnosed(name.substr(of_diagnosis.size()), run, around);
    // Of a check only figures: its texts are those of others.
    const auto* seen = seen_at(run, name);
    return seen == nullptr || !seen->value ? std::string() : figure(*seen);
}

std::unexpected<Error> unknown(std::string_view what, std::string_view name) {
    return fail(Errc::invalid_argument, fmt::format("there is no {} `{}` here", what, name));
}

// `act` says of which service.
Result<void> check_exists(ports::ParameterKind kind, const std::string& value,
                          const ports::Act& act, const Around& around) {
    using Kind = ports::ParameterKind;
    const auto& config = around.config;
    const auto with = act.with.find("service");
    const auto of = with == act.with.end() ? std::string() : with->second;
    if (kind == Kind::service && !config.services.contains(value)) return unknown("service", value);
    if (kind == Kind::need && !config.operations.needs.contains(value))
        return unknown("dependency", value);
    if (kind == Kind::version &&
        !(config.services.contains(of) && config.services.at(of).versions.contains(value)))
        return unknown("version", value);
    if (kind == Kind::route &&
        std::ranges::find(config.routes, value, &config::Route::name) == config.routes.end())
        return unknown("route", value);
    // Processes that are run here get their ports when they start: the gateway knows them.
    if (kind == Kind::endpoint && !around.known.endpoints.contains(value))
        return unknown("endpoint", value);
    return {};
}

}  // namespace

const Look* look_at(const Run& run, std::string_view step) {
    const auto found = std::ranges::find(run.looks, step, &Look::step);
    return found == run.looks.end() ? nullptr : &*found;
}

std::vector<std::string> targets_of(std::string_view target, const Run& run, const Around& around) {
    constexpr std::string_view needs = "needs ";
    const auto& config = around.config;
    if (target == "gateway" || target == "host") return {std::string(target)};
    const auto service = config.services.find(run.service);
    if (target == "${service}")
        return service == config.services.end() ? std::vector<std::string>{}
                                                : std::vector{"service:" + run.service};
    std::vector<std::string> targets;
    if (target.starts_with(needs)) {
        if (service == config.services.end()) return {};
        for (const auto& name : service->second.needs)
            if (const auto need = config.operations.needs.find(name);
                need != config.operations.needs.end() &&
                word(need->second.kind) == target.substr(needs.size()))
                targets.push_back(std::string(of_need) + name);
        return targets;
    }
    const auto resolved = resolve(target, run, around);
    if (!resolved) return {};
    if (config.operations.needs.contains(*resolved)) return {std::string(of_need) + *resolved};
    if (config.services.contains(*resolved)) return {"service:" + *resolved};
    return resolved->find(':') == std::string::npos ? targets : std::vector{*resolved};
}

Result<std::string> resolve(std::string_view text, const Run& run, const Around& around) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find("${", at);
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        out += text.substr(at, open - at);
        if (close == std::string_view::npos) {
            if (open != std::string_view::npos) out += text.substr(open);
            break;
        }
        const auto name = text.substr(open + 2, close - open - 2);
        const auto value = value_of(name, run, around);
        if (value.empty())
            return fail(Errc::invalid_argument, fmt::format("`{}` is not known", name));
        out += value;
        at = close + 1;
    }
    return out;
}

Result<ports::Act> resolve(const ports::Act& act, const Run& run, const Around& around) {
    ports::Act known = act;
    for (auto& [name, value] : known.with) {
        TRY(value, resolve(value, run, around));
    }
    TRY_VOID(ports::check(known));
    const auto* verb = ports::find_verb(known.verb);
    for (const auto& parameter : verb->parameters) {
        const auto value = known.with.find(std::string(parameter.name));
        if (value != known.with.end())
            TRY_VOID(check_exists(parameter.kind, value->second, known, around));
    }
    return known;
}

runbooks::Facts facts_of(const Run& run, const Around& around) {
    return {.quantity = [&run, &around](std::string_view name) -> std::optional<Quantity> {
                if (name.starts_with(of_diagnosis)) {
                    const auto& figures = around.known.figures;
                    const auto at = figures.find(std::string(name.substr(of_diagnosis.size())));
                    if (at == figures.end()) return std::nullopt;
                    return at->second;
                }
                const auto* seen = seen_at(run, name);
                return seen == nullptr ? std::nullopt : quantity_of(*seen);
            },
            .standing = [&run](std::string_view name) -> std::string {
                if (name.find('.') != std::string_view::npos) {
                    const auto* seen = seen_at(run, name);
                    return seen == nullptr ? "" : seen->standing;
                }
                const auto* look = look_at(run, name);
                return look == nullptr ? "" : look->standing;
            }};
}

}  // namespace sg::runs
