// Alerts and objectives as API answers tell of them: with values in their unit, for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/routes.h"
#include "ops/detect/alerts/model.h"

namespace sg::api {

// As the row, with `value_text` and `threshold_text` where it has a value.
nlohmann::ordered_json json_of(const alerts::Alert& alert, const config::Config& config);

// What an incident is about, by its key: `alert:9f2c…`, `objective:shop/latency`. Its `title`, and
// of an alert what json_of() says.
Result<nlohmann::ordered_json> signal_of(const store::Tx& tx, const config::Config& config,
                                         const std::string& key);

}  // namespace sg::api
