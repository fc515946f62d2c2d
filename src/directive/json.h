// A directive as JSON and back. Strict: an unknown key, a wrong type or a value that makes no sense
// is an error that says where and what instead.
//
//   {"id": "drill-7", "origin": "ana", "reason": "drill", "expires_in": "10m",
//    "inject_fault": {"service": "api", "share": "20%", "delay": "250ms"}}
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "directive/model.h"

namespace sg::directive {

inline constexpr std::size_t json_max = 1 << 20;  // Bound: of the text of one directive.

// The result is valid at `now`. Times are RFC 3339 (`issued_at`, by default now; `expires_at`), or
// `expires_in` counted from now. Durations, shares and sizes are written as in the configuration:
// 250ms, 20%, 64KiB.
Result<Directive> read(std::string_view text, Instant now);

std::string write(const Directive& directive);  // One line. Times to the millisecond.

}  // namespace sg::directive
