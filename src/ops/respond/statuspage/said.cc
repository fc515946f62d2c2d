// One update, for those who are told of it.
#include <algorithm>

#include "ops/respond/incidents/ask.h"
#include "ops/respond/statuspage/ask.h"
#include "ops/respond/statuspage/render.h"
#include "ops/respond/statuspage/store.h"

namespace sg::statuspage {

namespace {

std::int64_t number_behind(const std::string& about, std::string_view prefix) {
    return about.starts_with(prefix) ? std::atoll(about.c_str() + prefix.size()) : 0;
}

// The components as they stand, without their past.
Result<View> brief_view(store::Session& session, const config::Config& config, Instant now) {
    const auto& page = *config.operations.status_page;
    View view{.title = page.title, .url = page.url, .now = now};
    if (!view.url.empty() && !view.url.ends_with('/')) view.url += '/';
    TRY(const auto rows, components(session));
    for (const auto& part : parts_of(config)) {
        const auto row = rows.find(part.name);
        view.components.push_back(
            {row == rows.end() ? Component{.name = part.name} : row->second, {}});
    }
    TRY(view.notices, open_notices(session));
    std::erase_if(view.notices, [](const Notice& notice) { return !notice.is_public(); });
    return view;
}

const Update* update_in(const std::vector<Update>& updates, std::int64_t number) {
    const auto found = std::ranges::find(updates, number, &Update::number);
    return found == updates.end() ? nullptr : &*found;
}

Said said_of(const View& view, const Update& update) {
    std::string status = update.status;
    std::ranges::replace(status, '_', ' ');
    return {.page = view.title, .status = status, .body = update.body, .at = update.at};
}

Result<std::optional<Said>> of_notice(store::Session& session, const View& view, Notice notice,
                                      std::int64_t number) {
    const Update* const update = update_in(notice.updates, number);
    TRY(const auto incident, incidents::find(session, notice.incident));
    if (update == nullptr || !incident || incident->drill != 0) return std::optional<Said>{};
    Said said = said_of(view, *update);
    said.title = notice.title;
    said.components = notice.components;
    if (!view.url.empty()) said.link = view.url + incident_path(notice);
    said.json = hook_body(view, notice);
    return std::optional<Said>(std::move(said));
}

Result<std::optional<Said>> of_maintenance(const View& view, const Maintenance& maintenance,
                                           std::int64_t number) {
    const Update* const update = update_in(maintenance.updates, number);
    if (update == nullptr) return std::optional<Said>{};
    Said said = said_of(view, *update);
    said.title = maintenance.title;
    said.components = maintenance.components;
    if (!view.url.empty()) said.link = view.url + maintenance_path(maintenance);
    said.json = hook_body(view, maintenance);
    return std::optional<Said>(std::move(said));
}

std::int64_t number_of(const std::vector<Update>& updates, Instant at) {
    std::int64_t number = 0;
    for (const auto& update : updates)
        if (update.at == at) number = update.number;
    return number;
}

}  // namespace

Result<std::optional<Said>> said(store::Session& session, const config::Config& config,
                                 const Which& which, Instant now) {
    if (!config.operations.status_page) return std::optional<Said>{};
    TRY(const auto view, brief_view(session, config, now));
    TRY(auto notice, find_notice(session, number_behind(which.about, "notice:")));
    if (notice) return of_notice(session, view, std::move(*notice), which.update);
    TRY(const auto work, find_maintenance(session, number_behind(which.about, "maintenance:")));
    if (work) return of_maintenance(view, *work, which.update);
    return std::optional<Said>{};
}

Result<std::int64_t> update_at(store::Session& session, const std::string& about, Instant at) {
    TRY(const auto notice, find_notice(session, number_behind(about, "notice:")));
    if (notice) return number_of(notice->updates, at);
    TRY(const auto work, find_maintenance(session, number_behind(about, "maintenance:")));
    return work ? number_of(work->updates, at) : 0;
}

}  // namespace sg::statuspage
