// Vectors of RFC 4231 (HMAC) and RFC 4648 §10 (base64).
#include "base/hmac.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace sg {
namespace {

TEST(Hmac, VectorsOfRfc4231) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256("", "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, EqualOnlyIfTheWholeIs) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Base64, VectorsOfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xfb\xff"), "+/8=");
    EXPECT_EQ(base64url("\xfb\xff"), "-_8");
}

TEST(Base64, ReadsWhatItWrites) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
        bytes += static_cast<char>(i * 7);
    }
}

TEST(Base64, OneValueHasOneText) {
    EXPECT_FALSE(from_base64url("Zg=="));
    EXPECT_FALSE(from_base64url("Zh"));  // The last bits are not zero.
    EXPECT_FALSE(from_base64url("Z"));
    EXPECT_FALSE(from_base64url("Z m8"));
}

}  // namespace
}  // namespace sg
