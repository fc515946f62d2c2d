// A directive from anybody: reading never crashes; what was accepted is written so that it reads
// the same.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "directive/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr sg::Instant now{1'795'414'951'042'000'000};
    const auto directive = sg::directive::read({reinterpret_cast<const char*>(data), size}, now);
    if (!directive) return 0;
    const auto text = sg::directive::write(*directive);
    const auto again = sg::directive::read(text, now);
    // Written to the millisecond: what ends within this one has expired when it is read again.
    if (!again) return 0;
    CHECK(sg::directive::write(*again) == text);
    return 0;
}
