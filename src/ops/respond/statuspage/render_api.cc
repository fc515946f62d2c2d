// The state as JSON, in the form of Statuspage's API, version 2, so that whatever reads that reads
// us. Source: reference, operations.md §3.13.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ops/respond/statuspage/render.h"

namespace sg::statuspage {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json time_of(Instant at) { return at == Instant{} ? Json() : Json(to_rfc3339(at)); }

std::string page_id(const View& view) { return component_id(view.title); }

std::string notice_id(const Notice& notice) { return fmt::format("incident-{}", notice.id); }

std::string maintenance_id(const Maintenance& maintenance) {
    return fmt::format("maintenance-{}", maintenance.id);
}

Json page_of(const View& view) {
    return {{"id", page_id(view)},
            {"name", view.title},
            {"url", view.url},
            {"time_zone", "Etc/UTC"},
            {"updated_at", to_rfc3339(view.now)}};
}

Json component_of(const View& view, const ComponentShown& shown, std::size_t position) {
    const auto& component = shown.component;
    return {{"id", component_id(component.name)},
            {"name", component.name},
            {"status", word(component.condition)},
            {"created_at", nullptr},
            {"updated_at", time_of(component.since)},
            {"position", position},
            {"description", nullptr},
            {"showcase", true},
            {"start_date", nullptr},
            {"group_id", nullptr},
            {"page_id", page_id(view)},
            {"group", false},
            {"only_show_if_degraded", false}};
}

Json components_of(const View& view, const std::vector<std::string>* only = nullptr) {
    Json list = Json::array();
    for (std::size_t i = 0; i < view.components.size(); ++i) {
        const auto& name = view.components[i].component.name;
        if (only != nullptr && std::ranges::find(*only, name) == only->end()) continue;
        list.push_back(component_of(view, view.components[i], i + 1));
    }
    return list;
}

Json updates_of(const std::vector<Update>& updates, const std::string& of) {
    Json list = Json::array();
    for (auto update = updates.rbegin(); update != updates.rend(); ++update)
        list.push_back({{"id", fmt::format("{}-{}", of, update->number)},
                        {"status", update->status},
                        {"body", update->body},
                        {"incident_id", of},
                        {"created_at", to_rfc3339(update->at)},
                        {"updated_at", to_rfc3339(update->at)},
                        {"display_at", to_rfc3339(update->at)},
                        {"affected_components", nullptr},
                        {"deliver_notifications", true}});
    return list;
}

Json json_of(const View& view, const Notice& notice) {
    return {{"id", notice_id(notice)},
            {"name", notice.title},
            {"status", word(notice.stage)},
            {"created_at", to_rfc3339(notice.published_at)},
            {"updated_at", to_rfc3339(notice.changed_at)},
            {"monitoring_at", time_of(notice.monitoring_at)},
            {"resolved_at", time_of(notice.resolved_at)},
            {"impact", word(notice.impact)},
            {"shortlink", view.url + incident_path(notice)},
            {"started_at", time_of(notice.began_at)},
            {"page_id", page_id(view)},
            {"incident_updates", updates_of(notice.updates, notice_id(notice))},
            {"components", components_of(view, &notice.components)}};
}

Json json_of(const View& view, const Maintenance& maintenance) {
    const auto id = maintenance_id(maintenance);
    return {{"id", id},
            {"name", maintenance.title},
            {"status", word(maintenance.phase)},
            {"created_at", to_rfc3339(maintenance.made_at)},
            {"updated_at", to_rfc3339(maintenance.changed_at)},
            {"monitoring_at", nullptr},
            {"resolved_at", time_of(maintenance.completed_at)},
            {"impact", "maintenance"},
            {"shortlink", view.url + maintenance_path(maintenance)},
            {"started_at", time_of(maintenance.began_at)},
            {"page_id", page_id(view)},
            {"incident_updates", updates_of(maintenance.updates, id)},
            {"components", components_of(view, &maintenance.components)},
            {"scheduled_for", to_rfc3339(maintenance.from)},
            {"scheduled_until", to_rfc3339(maintenance.until)}};
}

template <class List, class Wanted>
Json list_of(const View& view, const List& list, Wanted wanted) {
    Json out = Json::array();
    for (const auto& one : list)
        if (wanted(one)) out.push_back(json_of(view, one));
    return out;
}

}  // namespace

namespace {

std::string hook_of(const View& view, Json incident) {
    const Overall now = overall(view);
    auto page = page_of(view);
    page["status_indicator"] = now.indicator;
    page["status_description"] = now.description;
    return text_of({{"meta", {{"generated_at", to_rfc3339(view.now)}}},
                    {"page", std::move(page)},
                    {"incident", std::move(incident)}});
}

}  // namespace

std::string hook_body(const View& view, const Notice& notice) {
    return hook_of(view, json_of(view, notice));
}

std::string hook_body(const View& view, const Maintenance& maintenance) {
    return hook_of(view, json_of(view, maintenance));
}

void render_api(const View& view, Files& files) {
    const Overall now = overall(view);
    const Json page = page_of(view);
    const Json status{{"indicator", now.indicator}, {"description", now.description}};
    const Json components = components_of(view);
    const auto all = [](const auto&) { return true; };
    const auto open = [](const Notice& one) { return !one.is_over(); };
    const auto coming = [](const Maintenance& one) { return one.phase == Phase::scheduled; };
    const auto active = [](const Maintenance& one) { return one.is_under_way(); };
    const auto due = [](const Maintenance& one) { return one.phase != Phase::completed; };
    const Json unresolved = list_of(view, view.notices, open);
    const auto put = [&](const char* name, const char* key, const Json& value) {
        files[fmt::format("api/v2/{}.json", name)] = text_of({{"page", page}, {key, value}});
    };
    put("status", "status", status);
    put("components", "components", components);
    put("incidents", "incidents", list_of(view, view.notices, all));
    put("incidents/unresolved", "incidents", unresolved);
    constexpr auto works = "scheduled_maintenances";
    put("scheduled-maintenances", works, list_of(view, view.maintenances, all));
    put("scheduled-maintenances/upcoming", works, list_of(view, view.maintenances, coming));
    put("scheduled-maintenances/active", works, list_of(view, view.maintenances, active));
    files["api/v2/summary.json"] = text_of({{"page", page},
                                            {"components", components},
                                            {"incidents", unresolved},
                                            {works, list_of(view, view.maintenances, due)},
                                            {"status", status}});
}

}  // namespace sg::statuspage
