// Any bytes as a configuration: no crash, bounded time; what is accepted is written out and reads
// back as the same.
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "config/document.h"
#include "config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sg;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto loaded = config::load_text(text, "/srv/fuzz.yaml", {.look_outside = false});
    CHECK((loaded.config != nullptr) == loaded.problems.empty());
    CHECK(loaded.rendered.empty() == loaded.problems.empty());
    for (const char c : loaded.rendered) CHECK(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    for (const auto& problem : loaded.problems) CHECK(!problem.hint.empty());
    if (!loaded.config) return 0;

    // Values that are only known outside are not written, so that they cannot be compared.
    if (text.contains("${")) return 0;
    const auto document = config::to_document(*loaded.config);
    const auto again =
        config::load_text(config::to_yaml(document), "/srv/fuzz.yaml", {.look_outside = false});
    CHECK(again.config != nullptr);
    CHECK(equal(document, config::to_document(*again.config)));
    return 0;
}
