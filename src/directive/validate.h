// What a directive must be to be obeyed, whoever it came from. The one rule above all: a fault
// always ends.
#pragma once

#include "base/result.h"
#include "directive/model.h"

namespace sg::directive {

inline constexpr Duration fault_longest = 24h;  // From now to its expiry, and from its issue.
inline constexpr std::size_t name_max = 256;
inline constexpr std::size_t reason_max = 1024;
inline constexpr std::size_t endpoints_max = 4096;  // Of one directive.
inline constexpr std::size_t versions_max = 256;
inline constexpr std::uint32_t weight_max = 1'000'000;
inline constexpr Duration delay_max = 10min;
inline constexpr Duration retry_after_max = 1h;

Result<void> validate(const Directive& directive, Instant now);

// The word for its kind, as in its JSON: `set_weights`, `drain_endpoint`…
std::string_view kind_of(const Directive& directive);

}  // namespace sg::directive
