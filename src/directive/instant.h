// RFC 3339 read back: the counterpart of to_rfc3339.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace sg::directive {

// 2026-11-23T06:22:31Z, with up to nine decimals of a second, or with an offset such as +01:00.
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace sg::directive
