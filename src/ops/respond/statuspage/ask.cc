#include "ops/respond/statuspage/ask.h"

#include <algorithm>
#include <map>

#include "ops/detect/slo/ask.h"
#include "ops/respond/statuspage/decide.h"
#include "ops/respond/statuspage/store.h"

namespace sg::statuspage {

namespace {

std::string day_of(Instant at) { return to_rfc3339(at).substr(0, 10); }
constexpr Duration one_day = 24h;

// From the days that are closed, and what is known of today.
std::vector<DayShown> days_of(const Part& part, const std::vector<PastDay>& past,
                              const std::vector<std::string>& dates) {
    std::map<std::string, Day> known;
    for (const auto& one : past)
        if (one.of.component == part.name) known[one.day] = one.of;
    std::vector<DayShown> days;
    for (const auto& date : dates) {
        const auto found = known.find(date);
        if (found == known.end()) days.push_back({date, 0, 0});
        else days.push_back({date, found->second.known, found->second.bad});
    }
    return days;
}

Component component_of(const std::map<std::string, Component>& rows, const std::string& name) {
    const auto found = rows.find(name);
    return found == rows.end() ? Component{.name = name} : found->second;
}

}  // namespace

std::vector<Part> parts_of(const config::Config& config) {
    std::vector<Part> parts;
    if (!config.operations.status_page) return parts;
    for (const auto& [name, services] : config.operations.status_page->components)
        parts.push_back({name, services});
    if (!parts.empty()) return parts;
    std::vector<std::string> names;
    for (const auto& route : config.routes)
        if (!route.service.empty()) names.push_back(route.service);
    std::ranges::sort(names);
    const auto twice = std::ranges::unique(names);
    names.erase(twice.begin(), twice.end());
    for (const auto& name : names) parts.push_back({name, {name}});
    return parts;
}

std::vector<std::string> components_of(const config::Config& config, const std::string& service) {
    std::vector<std::string> names;
    for (const auto& part : parts_of(config))
        if (std::ranges::find(part.services, service) != part.services.end())
            names.push_back(part.name);
    return names;
}

std::string subscribe_url(const config::Config& config) {
    const auto& operations = config.operations;
    const bool open = operations.status_page && !operations.status_page->subscribe_by.empty() &&
                      !operations.ops.listen.empty() && !operations.public_url.empty();
    return open ? operations.public_url + "/subscribe" : std::string();
}

Result<View> view(store::Session& session, const config::Config& config,
                  const signals::History& history, Instant now) {
    CHECK(config.operations.status_page.has_value());
    const auto& page = *config.operations.status_page;
    View view{.title = page.title, .url = page.url, .now = now};
    if (!view.url.empty() && !view.url.ends_with('/')) view.url += '/';
    view.subscribe = subscribe_url(config);
    const Duration kept = one_day * page.history_days;
    std::vector<std::string> dates;
    for (std::int64_t ago = page.history_days - 1; ago >= 0; --ago)
        dates.push_back(day_of(now - one_day * ago));
    TRY(const auto past, days_since(session, dates.front()));
    TRY(const auto rows, components(session));
    const auto midnight = parse_rfc3339(dates.back() + "T00:00:00Z").value_or(now);
    for (const auto& part : parts_of(config)) {
        ComponentShown shown{component_of(rows, part.name), days_of(part, past, dates)};
        DayShown& today = shown.days.back();
        for (const auto& service : part.services) {
            const auto minutes = slo::minutes_of(config, history, service, midnight, now);
            today.known += minutes.known;
            today.bad += minutes.bad;
        }
        view.components.push_back(std::move(shown));
    }
    TRY(view.notices, notices_since(session, now - kept));
    std::erase_if(view.notices, [](const Notice& notice) { return !notice.is_public(); });
    TRY(view.maintenances, maintenances_since(session, now - kept));
    return view;
}

void describe(Visitor& v, Standing& standing) {
    v.field({.key = "components"}, standing.components);
    v.field({.key = "notices"}, standing.notices);
    v.field({.key = "maintenances"}, standing.maintenances);
    v.field({.key = "broken"}, standing.broken);
    v.field({.key = "doubts"}, standing.doubts);
}

Result<Standing> standing(store::Session& session, const config::Config& config, Instant now) {
    Standing standing;
    TRY(const auto rows, components(session));
    for (const auto& part : parts_of(config))
        standing.components.push_back(component_of(rows, part.name));
    TRY(standing.notices, open_notices(session));
    TRY(standing.maintenances, maintenances_since(session, now - one_day));
    TRY(standing.broken, broken_targets(session));
    Shown shown{standing.components, standing.notices, standing.maintenances, standing.broken};
    std::erase_if(shown.notices, [](const Notice& notice) { return !notice.is_public(); });
    standing.doubts = doubts(shown, now);
    return standing;
}

}  // namespace sg::statuspage
