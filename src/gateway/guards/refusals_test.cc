// Refusals: whom, how many, and never after the expiry.
#include "gateway/guards/refusals.h"

#include <gtest/gtest.h>

namespace sg::gateway::guards {
namespace {

constexpr Moment start{{1'000'000'000'000}, {5'000'000'000}};

directive::Directive say(std::string id, directive::What what, Duration expires_in) {
    directive::Directive said;
    said.id = std::move(id);
    said.expires_at = start.wall + expires_in;
    said.what = std::move(what);
    return said;
}

Refusals compile(const std::vector<directive::Directive>& said) {
    return Refusals::compile(
        said,
        [](std::string_view name) -> std::optional<std::uint16_t> {
            if (name == "one") return std::uint16_t{1};
            if (name == "two") return std::uint16_t{2};
            return std::nullopt;
        },
        start);
}

std::string told(const Refusals& refusals, std::uint16_t service, const char* client,
                 double lot = 0, Duration later = 0ns) {
    const auto* const refusal =
        refusals.pick({.service = service,
                       .client = *parse_ip(client),
                       .random = static_cast<std::uint64_t>(lot * 0x1p53) << 11,
                       .now = start.steady + later});
    if (refusal == nullptr) return "in";
    return refusal->directive + " " + std::string(row_of(refusal->ending).name);
}

TEST(Refusals, AClientIsBlockedByAddressOrBlock) {
    const Refusals refusals = compile({
        say("a", directive::BlockClient{"203.0.113.7", ""}, 1min),
        say("b", directive::BlockClient{"198.51.100.0/24", "one"}, 1min),
        say("c", directive::BlockClient{"2001:db8::/32", ""}, 1min),
        say("d", directive::BlockClient{"192.0.2.1", "nobody"}, 1min),
    });
    struct Case {
        std::uint16_t service;
        const char* client;
        const char* told;
    };
    const Case cases[] = {
        {1, "203.0.113.7", "a client_blocked"},
        {Refusals::any, "203.0.113.7", "a client_blocked"},
        {1, "203.0.113.8", "in"},
        {1, "198.51.100.255", "b client_blocked"},
        {2, "198.51.100.255", "in"},
        {1, "198.51.101.0", "in"},
        {2, "2001:db8:9::1", "c client_blocked"},
        {2, "2001:db9::1", "in"},
        {1, "192.0.2.1", "in"},
    };
    for (const Case& c : cases) EXPECT_EQ(told(refusals, c.service, c.client), c.told) << c.client;
}

TEST(Refusals, AShareOfAServiceIsShed) {
    const Refusals refusals = compile({say("s", directive::Shed{"one", {0.25}, 90s}, 1min)});
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.2499), "s shed");
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.25), "in");
    EXPECT_EQ(told(refusals, 2, "192.0.2.1", 0), "in");
    EXPECT_EQ(told(refusals, Refusals::any, "192.0.2.1", 0), "in");
    EXPECT_EQ(refusals.pick({.service = 1, .client = {}, .random = 0, .now = start.steady})
                  ->retry_after_s,
              90U);
}

TEST(Refusals, OfTwoThatShedTheLaterCountsAsLongAsItHolds) {
    const Refusals refusals = compile({say("long", directive::Shed{"one", {0.5}}, 1h),
                                       say("short", directive::Shed{"one", {0.1}}, 1min)});
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.05), "short shed");
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.3), "in");
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.3, 1min), "long shed");
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0.3, 1h), "in");
}

TEST(Refusals, EndWithTheirExpiry) {
    const Refusals refusals = compile({say("b", directive::BlockClient{"192.0.2.1", ""}, 30s)});
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0, 30s - 1ns), "b client_blocked");
    EXPECT_EQ(told(refusals, 1, "192.0.2.1", 0, 30s), "in");
    EXPECT_TRUE(compile({say("b", directive::BlockClient{"192.0.2.1", ""}, 0s)}).empty());
    auto for_ever = say("b", directive::BlockClient{"192.0.2.1", ""}, 0s);
    for_ever.expires_at = Instant::never();
    EXPECT_EQ(told(compile({for_ever}), 1, "192.0.2.1", 0, 1000h), "b client_blocked");
}

}  // namespace
}  // namespace sg::gateway::guards
