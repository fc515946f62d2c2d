#include "ops/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ops/catalog/ask.h"
#include "ops/changes.h"
#include "ops/detect/signals/ask.h"
#include "ops/respond/incidents/ask.h"

namespace sg::ops {

namespace {

using runbooks::Measure;
using runbooks::Part;
using runbooks::Picture;
using signals::Flow;

constexpr Duration lately = 5min;       // What a run without an incident looks back at.
constexpr Duration usual_span = 10min;  // Before it began: what is normal.
constexpr double more = 1.5;            // Replicas, against those there are.
constexpr double to_spare = 1.2;        // Requests at once, against the usual ones.
// Streams that stay open are under way all the time, and are no part of the usual ones.
constexpr double at_once_least = 20;

// What counts as wrong: failures, or slowness where that is most of it.
enum class Wrong : std::uint8_t { failed, slow };

std::int64_t slow_of(const Flow& flow) {
    return std::max<std::int64_t>(0, flow.timed - flow.within);
}

Wrong wrong_of(const Flow& flow) {
    return slow_of(flow) > flow.failed ? Wrong::slow : Wrong::failed;
}

Part part_of(std::string name, const Flow& flow, Wrong wrong) {
    return {std::move(name), wrong == Wrong::slow ? slow_of(flow) : flow.failed, flow.requests};
}

std::vector<Part> versions_of(const Turn& turn, const signals::History& history,
                              const std::string& service, Instant from, Wrong wrong) {
    std::vector<Part> parts;
    const auto latest = history.latest();
    for (const auto& [name, unused] : latest.versions)
        if (name.starts_with(service + "/"))
            parts.push_back(part_of(name, history.version(name, from, turn.now), wrong));
    return parts;
}

// Those that lead to the service.
std::vector<Part> routes_of(const Turn& turn, const signals::History& history,
                            const std::string& service, Instant from, Wrong wrong) {
    std::vector<Part> parts;
    const auto latest = history.latest();
    for (const auto& route : turn.config.routes)
        if (route.service == service && latest.routes.contains(route.name))
            parts.push_back(part_of(route.name, history.route(route.name, from, turn.now), wrong));
    return parts;
}

std::vector<std::string> failing_needs(const Turn& turn, const signals::History& history,
                                       const std::string& service) {
    const auto latest = history.latest();
    std::vector<std::string> failing;
    const auto known = turn.config.services.find(service);
    if (known == turn.config.services.end()) return failing;
    for (const auto& name : known->second.needs) {
        const auto look = latest.needs.find(name);
        if (look != latest.needs.end() && look->second.health == signals::Health::ill)
            failing.push_back(name);
    }
    return failing;
}

// Which version a changed setting is of: `services.shop.versions.v2.weight` → `shop/v2`.
std::string version_in(const Turn& turn, const std::string& service, std::string_view text) {
    const auto known = turn.config.services.find(service);
    if (known == turn.config.services.end()) return {};
    for (const auto& [name, unused] : known->second.versions)
        if (text.find("versions." + name + ".") != std::string_view::npos)
            return service + "/" + name;
    return {};
}

// A configuration that came into force is as many changes as settings of the service in it.
void add_settings(const Turn& turn, const std::string& service, const Changed& changed,
                  std::vector<runbooks::Change>& changes) {
    const auto of_service = "services." + service + ".";
    for (const auto line : split(changed.difference, '\n'))
        if (line.starts_with(of_service))
            changes.push_back({.seq = changed.record,
                               .at = changed.at,
                               .what = std::string(line),
                               .version = version_in(turn, service, line)});
}

Result<std::vector<runbooks::Change>> changes_of(const Turn& turn, const std::string& service,
                                                 Instant began) {
    std::vector<runbooks::Change> changes;
    TRY(const auto before, changes_before(turn.tx.session(), service, began));
    for (const auto& changed : before) {
        // What is in force when operations start was in force before.
        if (changed.is_configuration && changed.difference.empty()) continue;
        const auto known = changes.size();
        add_settings(turn, service, changed, changes);
        if (changes.size() == known)
            changes.push_back(
                {.seq = changed.record, .at = changed.at, .what = changed.what, .version = {}});
    }
    return changes;
}

const Part* worst_of(const std::vector<Part>& parts) {
    const auto found = std::ranges::max_element(parts, [](const Part& a, const Part& b) {
        return std::tie(a.wrong, a.requests) < std::tie(b.wrong, b.requests);
    });
    return found == parts.end() ? nullptr : &*found;
}

// `version`, `version_p`, `version_share`.
void tell(runs::Known& known, const std::string& what, const std::string& prefix,
          const std::vector<Part>& parts) {
    const auto* worst = worst_of(parts);
    if (worst == nullptr) return;
    Part all;
    for (const auto& part : parts) {
        all.wrong += part.wrong;
        all.requests += part.requests;
    }
    known.names[what] = worst->name.substr(worst->name.starts_with(prefix) ? prefix.size() : 0);
    const Part others{"", all.wrong - worst->wrong, all.requests - worst->requests};
    known.figures[what + "_p"] = {chance(*worst, others), Measure::number};
    if (all.wrong > 0)
        known.figures[what + "_share"] = {
            static_cast<double>(worst->wrong) / static_cast<double>(all.wrong), Measure::share};
}

// Who fails most. Only an address can be refused; names of others stay where they are kept.
void tell_client(runs::Known& known, const signals::Affected& affected) {
    if (affected.list.failed == 0 || affected.list.clients.empty()) return;
    const auto& first = affected.list.clients.front();
    known.figures["client_share"] = {
        static_cast<double>(first.failed) / static_cast<double>(affected.list.failed),
        Measure::share};
    if (first.kind == telemetry::ClientKind::address) known.names["client"] = first.name;
}

// Requests under way at once, as usual: how many came a second, times how long one took (Little).
void tell_capacity(runs::Known& known, const signals::History& history, const std::string& service,
                   Instant began) {
    const auto usual = history.service(service, began - usual_span, began);
    if (usual.requests == 0 || usual.duration.count() == 0) return;
    const double took = static_cast<double>(usual.duration.quantile(0.95)) / 1e9;
    const double rate =
        static_cast<double>(usual.requests) / std::chrono::duration<double>(usual_span).count();
    known.figures["requests_fit"] = {std::max(at_once_least, std::ceil(rate * took * to_spare)),
                                     Measure::number};
}

void tell_replicas(runs::Known& known, const config::Config& config, const std::string& service) {
    const auto at = config.services.find(service);
    const auto name = known.names.find("version");
    if (at == config.services.end() || name == known.names.end()) return;
    const auto version = at->second.versions.find(name->second);
    if (version == at->second.versions.end() || !version->second.run) return;
    const double now = version->second.run->replicas;
    known.figures["replicas_more"] = {std::max(now + 1, std::ceil(now * more)), Measure::number};
}

}  // namespace

Result<Picture> picture_of(const Turn& turn, const signals::History& history,
                           const std::string& service, Instant began) {
    const auto wrong = wrong_of(history.service(service, began, turn.now));
    Picture picture{.began = began,
                    .versions = versions_of(turn, history, service, began, wrong),
                    .routes = routes_of(turn, history, service, began, wrong),
                    .needs = failing_needs(turn, history, service)};
    for (const auto& [endpoint, attempts] : history.attempts(service, began, turn.now))
        picture.endpoints.push_back({endpoint, attempts.failed, attempts.made});
    TRY(picture.changes, changes_of(turn, service, began));
    return picture;
}

Result<runs::Known> known_of(const Turn& turn, const Senses& senses, const std::string& service,
                             Instant began) {
    runs::Known known;
    if (senses.history == nullptr || service.empty()) return known;
    const auto& history = *senses.history;
    TRY(const auto picture, picture_of(turn, history, service, began));
    for (const auto& suspect : runbooks::suspects(picture))
        known.causes.push_back({.kind = std::string(word(suspect.kind)),
                                .name = suspect.name,
                                .evidence = suspect.evidence,
                                .share = suspect.share,
                                .change = suspect.change});
    tell(known, "version", service + "/", picture.versions);
    tell(known, "endpoint", "", picture.endpoints);
    tell(known, "route", "", picture.routes);
    tell_client(known, history.affected(service, began, turn.now));
    tell_capacity(known, history, service, began);
    tell_replicas(known, turn.config, service);
    if (!picture.needs.empty()) known.names["need"] = picture.needs.front();
    const auto latest = history.latest();
    if (const auto at = latest.attempts.find(service); at != latest.attempts.end())
        for (const auto& [endpoint, unused] : at->second) known.endpoints.insert(endpoint);
    return known;
}

runs::Diagnose diagnosis_of(const Turn& turn, const Senses& senses) {
    return [&turn, &senses](const runs::Run& run) {
        auto began = turn.now - lately;
        if (const auto incident = incidents::find(turn.tx.session(), run.incident);
            incident && *incident)
            began = (*incident)->started_at;
        // Without what telemetry shows a run goes on with what its checks found.
        return known_of(turn, senses, run.service, began).value_or(runs::Known{});
    };
}

}  // namespace sg::ops
