// The same as json.h on parsed trees: for files and replies that hold several directives.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "directive/model.h"

namespace sg::directive {

// Its form only: whether it makes sense at `now` is for validate() to say.
Result<Directive> read_tree(const nlohmann::ordered_json& json, Instant now);
nlohmann::ordered_json write_tree(const Directive& directive);

}  // namespace sg::directive
