// INFO and keys from a server that may say anything: what is shown has no control character.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "platform/redis/texts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto facts = sg::platform::redis::Facts::of(text);
    for (const auto& database : facts.databases()) CHECK(database.name.size() > 2);
    facts.replicas();
    const auto plain = [](const std::string& shown) {
        return std::ranges::none_of(
            shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    };
    CHECK(plain(sg::platform::redis::prefix_of(text)));
    CHECK(plain(sg::platform::redis::command_text({std::string(text), std::string(text)})));
    return 0;
}
