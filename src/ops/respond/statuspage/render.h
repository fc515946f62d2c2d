// The page as files. Pure: the same view gives the same bytes.
//
// Each page is whole in itself: no script is needed, nothing is loaded from elsewhere, so that it
// can be read from any copy of it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ops/respond/statuspage/ask.h"

namespace sg::statuspage {

using Files = std::map<std::string, std::string>;  // By path: `api/v2/summary.json`.

Files render(const View& view);

// --- its parts -----------------------------------------------------------------------------------

void render_html(const View& view, Files& files);  // index, history, incidents, maintenances
void render_api(const View& view, Files& files);   // As Statuspage's API, version 2.
std::string atom(const View& view);                // RFC 4287.

// What webhooks are told, in the form of Statuspage's.
std::string hook_body(const View& view, const Notice& notice);
std::string hook_body(const View& view, const Maintenance& maintenance);

// Text within HTML and XML. What XML cannot hold (control characters, broken UTF-8) becomes `?`.
std::string escaped(std::string_view text);

std::string component_id(const std::string& name);  // The same for a name, for ever.
std::string incident_path(const Notice& notice);    // `incidents/17.html`
std::string maintenance_path(const Maintenance& maintenance);

// The worst there is now, as one of the words none, minor, major, critical, maintenance.
struct Overall {
    std::string_view indicator;
    std::string description;
};
Overall overall(const View& view);
// Share of the known minutes that were not bad; nothing, if none is known.
std::optional<double> uptime(const ComponentShown& component);
std::string percent(double share);  // Never rounded up to 100 %.

}  // namespace sg::statuspage
