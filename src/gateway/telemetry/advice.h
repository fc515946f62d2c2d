// What to look at next, by ending (advice.def).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/endings.h"

namespace sg::gateway {

std::string_view advice_of(Ending ending);
std::optional<Ending> ending_named(std::string_view name);
std::string_view name_of(RetryVerdict verdict);

// docs/endings.md: made from endings.def and advice.def, kept equal by a test.
std::string endings_manual();

}  // namespace sg::gateway
