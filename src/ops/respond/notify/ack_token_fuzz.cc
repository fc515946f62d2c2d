// An acknowledge link from anybody: reading never crashes, and nothing is believed that we did not
// sign. The first bytes also serve as what is granted: that must read back as it was.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/respond/notify/ack_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sg::notify;
    constexpr sg::Instant now{1'795'414'951'000'000'000};
    static const Keys keys = {{"k1", std::string(32, 'a'), now}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    // Of a seed that is a token of this key: the corpus has one; any other would be a forgery.
    static const Grant known{17, "ana", sg::Instant{1'795'500'000'000'000'000}};
    if (const auto grant = grant_of(text, keys, now)) CHECK(*grant == known);
    static_cast<void>(keys_of(text));

    std::string person(text.substr(0, 100));
    std::erase(person, '\n');
    const Grant granted{static_cast<std::int64_t>(size), person, now + std::chrono::hours(1)};
    const auto back = grant_of(token_of(granted, keys), keys, now);
    CHECK(back && *back == granted);
    return 0;
}
