// A snapshot from anybody: decoding never crashes, and what was accepted goes round unchanged.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "telemetry/encode.h"
#include "telemetry/prometheus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto snapshot = sg::telemetry::decode({reinterpret_cast<const char*>(data), size});
    if (!snapshot) return 0;
    sg::telemetry::to_prometheus(*snapshot);
    const auto again = sg::telemetry::decode(sg::telemetry::encode(*snapshot));
    CHECK(again.has_value());
    return 0;
}
