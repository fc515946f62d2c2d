// What the descriptions say about settings: as a list for `explain` and the manual, and as a JSON
// Schema for editors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"

namespace sg {

// One setting. Names of services and numbers of routes are not part of the path:
// `services.retry.budget`.
struct Setting {
    std::string path;
    std::string type;           // "a duration"
    std::string bounds;         // "at least 1ms, or off"; empty: none
    std::string default_value;  // Empty: it has settings of its own.
    std::string why;
    Applies applies = Applies::reload;
};

std::vector<Setting> settings_of(const Type& root);

// The setting that people mean by a key: `services.retry.budget`, `services.catalog.retry.budget`.
// Null: none.
const Setting* find_setting(const std::vector<Setting>& settings, std::string_view key);
// The path closest to a key that is none; empty: nothing is close.
std::string nearest_setting(const std::vector<Setting>& settings, std::string_view key);

// JSON Schema 2020-12 of the record `root`, indented by two.
std::string json_schema(const Type& root, std::string_view title);

}  // namespace sg
