// A log line from anybody: its template is bounded and without control characters.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "platform/local/log_groups.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sg::platform::local;
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    LogGroups groups;
    groups.add(line, "v1.1");
    const auto plain = [](std::string_view text) {
        return std::ranges::none_of(
            text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    };
    const auto shape = template_of(line);
    CHECK(shape.size() <= template_most + 3 && plain(shape));
    for (const auto& group : groups.newest())
        CHECK(plain(group.sample) && group.sample.size() <= LogGroups::sample_most + 3);
    return 0;
}
