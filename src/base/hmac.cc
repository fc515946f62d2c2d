#include "base/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace sg {

Mac hmac_sha256(std::string_view key, std::string_view text) {
    Mac mac{};
    unsigned size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    // OpenSSL takes a null key for "the key of before": an empty one must still be a pointer.
    const void* secret = key.empty() ? "" : key.data();
    CHECK(HMAC(EVP_sha256(), secret, static_cast<int>(key.size()), bytes, text.size(), mac.data(),
               &size) != nullptr);
    CHECK(size == mac.size());
    return mac;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sg
