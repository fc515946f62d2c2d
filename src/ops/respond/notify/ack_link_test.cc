#include "ops/respond/notify/ack_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace sg::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Instant now{1'795'400'000'000'000'000};
const Keys keys = {{"k1", std::string(32, 'a'), now - 60s}};
const Grant grant{17, "ana", now + 1h};

TEST(AckLink, GivesBackWhatWasSigned) {
    const auto token = token_of(grant, keys);
    EXPECT_LT(token.size(), 90U);  // Fits a text message.
    const auto read = grant_of(token, keys, now);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, grant);
}

TEST(AckLink, EveryChangedCharacterIsFound) {
    const auto token = token_of(grant, keys);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(grant_of(changed, keys, now)) << i;
        EXPECT_FALSE(grant_of(token.substr(0, i), keys, now)) << i;
    }
    EXPECT_FALSE(grant_of(token + "A", keys, now));
    EXPECT_FALSE(grant_of("", keys, now));
    EXPECT_FALSE(grant_of(std::string(10'000, 'A'), keys, now));
}

TEST(AckLink, AnotherKeyDoesNotOpenIt) {
    const auto token = token_of(grant, keys);
    EXPECT_FALSE(grant_of(token, {{"k1", std::string(32, 'b'), now}}, now));
    EXPECT_FALSE(grant_of(token, {}, now));
}

TEST(AckLink, ExpiresAndSaysSo) {
    const auto token = token_of(grant, keys);
    EXPECT_TRUE(grant_of(token, keys, grant.expires_at - 1s));
    const auto late = grant_of(token, keys, grant.expires_at);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::permission_denied);
    EXPECT_THAT(late.error().what, HasSubstr("expired"));
}

TEST(AckLink, TheNewestKeySignsAndOldOnesAreBelieved) {
    const auto old_token = token_of(grant, keys);
    const std::string fresh(32, 'z');
    EXPECT_EQ(renewed(keys, fresh, now).size(), 1U);
    const auto later = now + key_lasts;
    const auto both = renewed(keys, fresh, later);
    ASSERT_EQ(both.size(), 2U);
    const Grant then{17, "ana", later + 1h};
    EXPECT_THAT(from_base64url(token_of(then, both).substr(0, 4)).value_or(""),
                Not(HasSubstr("k1")));
    EXPECT_TRUE(grant_of(token_of({17, "ana", later + 1h}, keys), both, later));
    EXPECT_EQ(renewed(both, fresh, later + 2 * link_lasts).size(), 1U);
    EXPECT_EQ(renewed({}, fresh, now).size(), 1U);
    EXPECT_TRUE(grant_of(old_token, both, now));
}

TEST(AckLink, KeysAreKeptInAFile) {
    Keys both = keys;
    both.push_back({"k2", std::string("\0\n #\xff", 5) + std::string(27, 'x'), now});
    const auto back = keys_of(written(both));
    ASSERT_TRUE(back) << back.error().message();
    ASSERT_EQ(back->size(), 2U);
    EXPECT_EQ((*back)[1].secret, both[1].secret);
    EXPECT_EQ((*back)[1].made_at, now);
    EXPECT_EQ(keys_of("")->size(), 0U);
    for (const auto* text : {"k1", "k1 x y", "k1 2026-11-23T12:00:00Z c2hvcnQ", "k1  "})
        EXPECT_FALSE(keys_of(text)) << text;
}

TEST(AckPage, AsksWithOneButtonThatPosts) {
    const auto html = ack_page({.headline = "SEV-1 catalog: <b>62 %</b> \"fail\"",
                                .person = "ana",
                                .war_room = "https://ops.example/i/204"});
    EXPECT_THAT(html,
                HasSubstr("<form method=\"post\"><button>Acknowledge as ana</button></form>"));
    EXPECT_THAT(html, HasSubstr("SEV-1 catalog: &lt;b&gt;62 %&lt;/b&gt; &quot;fail&quot;"));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("src=")));
}

TEST(AckPage, NobodyIsAskedWhereNothingIsToBeAcknowledged) {
    using enum AckView::State;
    for (const auto state : {acknowledged, over, refused})
        EXPECT_THAT(ack_page({.state = state, .by = "bo", .why = "<expired>"}),
                    Not(HasSubstr("<form")));
    EXPECT_THAT(ack_page({.state = refused, .why = "<expired>"}), HasSubstr("&lt;expired&gt;"));
}

TEST(AckPage, TheWarRoomTellsNothingButTheWay) {
    EXPECT_THAT(war_room_page(204), HasSubstr("streamgate incident show 204"));
    EXPECT_THAT(war_room_page(204), Not(HasSubstr("<form")));
}

TEST(AckPage, ThePolicyAllowsItsOwnStyleOnly) {
    std::string policy;
    for (const auto& [name, value] : ack_page_headers())
        if (name == "Content-Security-Policy") policy = value;
    EXPECT_THAT(policy, HasSubstr("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
}

}  // namespace
}  // namespace sg::notify
