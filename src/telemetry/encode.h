// A snapshot as JSON and back. Versioned: a reader refuses a version that it does not know, ignores
// keys that it does not know, and takes missing keys as zero. Sparse: zeros are not written.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "telemetry/snapshot.h"

namespace sg::telemetry {

inline constexpr std::size_t snapshot_size_max = 64 << 20;  // Bound: of what decode() looks at.

std::string encode(Snapshot snapshot);
Result<Snapshot> decode(std::string_view text);  // Bytes from outside: an error, never a crash.

}  // namespace sg::telemetry
