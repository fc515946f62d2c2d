// What the templates say. They name components and promise a time, and nothing that came out of an
// alert: what is public must not embarrass anybody.
#pragma once

#include <string>
#include <vector>

#include "ops/respond/statuspage/model.h"

namespace sg::statuspage::words {

// `Playback and API`; of none: `our service`.
std::string names(const std::vector<std::string>& components);

std::string title(Impact impact, const std::vector<std::string>& components);
std::string first(const Notice& notice);
std::string still(const Notice& notice);
std::string monitoring(const Notice& notice);
std::string again(const Notice& notice);
std::string resolved(const Notice& notice);
std::string no_incident(const Notice& notice);
std::string told_elsewhere(const Notice& notice);

std::string maintenance_begins(const Maintenance& maintenance);
std::string maintenance_is_over(const Maintenance& maintenance);

std::string span(Duration duration);  // `30 minutes`, `1 hour`

}  // namespace sg::statuspage::words
