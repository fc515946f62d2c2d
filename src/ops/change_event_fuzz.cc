// Changes from anybody: reading never crashes, and what is read can be written and read again.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "ops/changes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr sg::Instant now{1'795'414'951'042'000'000};
    const auto told = sg::ops::read_change({reinterpret_cast<const char*>(data), size}, now);
    if (!told) return 0;
    CHECK(!told->change.summary.empty());
    CHECK(told->change.summary.size() <= 1024);
    CHECK(told->change.changed_at <= now);
    const auto again = sg::from_json<sg::ops::ChangeNoted>(sg::to_json(told->change));
    CHECK(again.has_value());
    CHECK(again->summary == told->change.summary);
    return 0;
}
