// A link or an address from anybody: reading never crashes, nothing is believed that was not
// signed, and an address that was taken reads the same again and cannot end a line.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/respond/subscribers/link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sg::subscribers;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const Link known{Purpose::confirm, "0123456789abcdef",
                            sg::Instant{1'795'435'200'000'000'000}};
    static const std::string secret(64, 'a');
    if (const auto claim = claim_of(Purpose::confirm, text))
        if (is_signed(*claim, secret)) CHECK(claim->link == known);  // The corpus has that one.
    if (const auto address = address_of(text)) {
        CHECK(address_of(*address) == *address);
        for (const char c : *address) CHECK(c > ' ' && c < 0x7f && c != ',' && c != '<');
    }
    const auto back = claim_of(Purpose::confirm, token_of(known, secret));
    CHECK(back && back->link == known && is_signed(*back, secret));
    return 0;
}
