// Alerts in groups, and when a group has news worth telling. Source: Alertmanager's deduplication.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "config/operations.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

using Fingerprints = std::set<std::string>;

enum class Tell : std::uint8_t { nothing, first, new_alerts, all_resolved, resolved, repeat };
std::string_view text_of(Tell tell);

enum class TellResolved : std::uint8_t { no, yes };

struct News {
    Fingerprints firing;
    Fingerprints resolved;
};

// Against what was told last; nothing was: absent.
Tell decide_telling(const std::optional<Told>& last, const News& news, TellResolved resolved,
                    Duration repeat, Instant now);

// `service="catalog"`, by the labels of the configuration; the value of one that is missing is
// empty. By `...`: each alert is a group of its own.
std::string group_of(const Alert& alert, const config::Grouping& grouping);

struct Telling {
    std::string group;
    Tell tell = Tell::nothing;
    News news;
};

// What there is to tell now, of all groups. `open`: alerts; those that are suppressed are not told.
std::vector<Telling> tellings(const std::map<std::string, Alert>& open,
                              const std::map<std::string, Told>& told,
                              const config::Grouping& grouping, Instant now);

}  // namespace sg::alerts
