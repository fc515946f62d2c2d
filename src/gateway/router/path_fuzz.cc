// Whatever comes in: normalising twice is normalising once, and nothing that is dangerous comes
// out.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "gateway/router/path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sg::gateway::router::normalize_path;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    std::string scratch;
    const auto once = normalize_path(input, scratch);
    CHECK(once.ok == once.reason.empty());
    if (!once.ok || once.path == "*") return 0;

    std::string again;
    const auto twice = normalize_path(once.path, again);
    CHECK(twice.ok);
    CHECK(twice.path.data() == once.path.data() && twice.path.size() == once.path.size());

    CHECK(once.path.front() == '/');
    const std::string bounded = std::string(once.path) + '/';
    for (const std::string_view bad : {"/./", "/../", "//", "\\", "%2E", "%2e", "%00", "%0D", "%0A",
                                       "%2f", "%5c", "?", "#", " ", "/..;", "/..%2F", "%2F../"})
        CHECK(bounded.find(bad) == std::string::npos || (bad == "//" && once.path.ends_with('/')));
    CHECK(once.path.find("//") == std::string_view::npos);
    for (const char c : once.path) CHECK(c > 0x20 && c < 0x7F);
    return 0;
}
