// Mitigations as every reply shows them.
#pragma once

#include <nlohmann/json.hpp>

#include "api/routes.h"
#include "ops/respond/mitigation/ask.h"

namespace sg::api {

// The row, with how it is taken back and what a person says next.
nlohmann::ordered_json json_of(const mitigation::Mitigation& m);

// {"off": …, "by": …, "reason": …, "at": …}
Result<nlohmann::ordered_json> switch_json(Site& site);

}  // namespace sg::api
