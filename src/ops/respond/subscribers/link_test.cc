#include "ops/respond/subscribers/link.h"

#include <gtest/gtest.h>

namespace sg::subscribers {
namespace {

constexpr Instant noon{1'795'435'200'000'000'000};
const Link link{Purpose::confirm, "0123456789abcdef", noon};

TEST(Links, are_what_was_signed_and_nothing_else) {
    const auto token = token_of(link, "secret");
    const auto claim = claim_of(Purpose::confirm, token);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->link, link);
    EXPECT_TRUE(is_signed(*claim, "secret"));
    EXPECT_FALSE(is_signed(*claim, "another"));
    EXPECT_FALSE(is_signed(*claim, ""));
    EXPECT_FALSE(is_signed(*claim_of(Purpose::unsubscribe, token), "secret"))
        << "a link that confirms does not end it";
    auto forged = token;
    forged[18] = forged[18] == '1' ? '2' : '1';  // Of the time.
    EXPECT_FALSE(is_signed(*claim_of(Purpose::confirm, forged), "secret"));
}

TEST(Links, that_are_none_are_refused) {
    for (const auto* bad : {"", ".", "..", "a.b.c", "0123456789abcdef.1", "0123456789ABCDEF.1.AAAA",
                            "0123456789abcdef.-1.AAAAAAAAAAAAAAAAAAAAAA",
                            "0123456789abcdef.99999999999999999999.AAAAAAAAAAAAAAAAAAAAAA",
                            "0123456789abcdef.1.AAAA"})
        EXPECT_FALSE(claim_of(Purpose::confirm, bad)) << bad;
}

TEST(Addresses, are_taken_in_one_spelling) {
    EXPECT_EQ(address_of("  Ana.Ruiz+x@Example.COM ").value(), "ana.ruiz+x@example.com");
    for (const auto* bad :
         {"", "ana", "@example.com", "ana@", "ana@localhost", "ana@exam ple.com", "a b@example.com",
          "ana@example.com\r\nBcc: bo@example.com", "ana@example.com,bo@example.com", "<a@b.c>",
          ".ana@example.com", "a..b@example.com", "ana@-example.com", "ana@example..com",
          "\"a b\"@example.com", "ana@[127.0.0.1]"}) {
        const auto address = address_of(bad);
        ASSERT_FALSE(address) << bad;
        EXPECT_EQ(address.error().message().find("bo@"), std::string::npos);
    }
    EXPECT_FALSE(address_of(std::string(65, 'a') + "@example.com"));
    EXPECT_EQ(masked("ana@example.com"), "a…@example.com");
}

}  // namespace
}  // namespace sg::subscribers
