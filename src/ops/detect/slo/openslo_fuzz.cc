// A file of OpenSLO from anybody: reading never crashes; what was accepted is written so that it
// reads the same.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/detect/slo/exchange.h"
#include "ops/detect/slo/openslo.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto odd = sg::slo::lint_openslo(text);
    const auto slos = sg::slo::from_openslo(text);
    if (!slos) return 0;
    CHECK(odd.size() <= size);
    const auto written = sg::slo::to_configuration(*slos);
    CHECK(slos->empty() || !written.empty());
    return 0;
}
