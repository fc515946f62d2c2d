// Names and their indexes: stable, bounded, readable while they grow.
#include "gateway/telemetry/registry.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sg::gateway {
namespace {

TEST(Registry, ANameThatComesBackKeepsItsIndex) {
    Registry registry;
    const auto a = registry.route("a");
    const auto b = registry.route("b");
    EXPECT_NE(a, b);
    EXPECT_EQ(registry.route("a"), a);
    EXPECT_EQ(registry.routes().at(a).name, "a");
    EXPECT_EQ(registry.routes().at(Account::none).name, "");
}

TEST(Registry, VersionsOfTwoServicesMayShareAName) {
    Registry registry;
    const auto api = registry.service("api");
    const auto web = registry.service("web");
    const auto api_v1 = registry.version(api, "v1");
    const auto web_v1 = registry.version(web, "v1");
    EXPECT_NE(api_v1, web_v1);
    EXPECT_EQ(registry.versions().at(web_v1).parent, web);
}

TEST(Registry, AFullTableRefusesAndCounts) {
    Registry registry;
    for (int i = 0; i < Registry::services_max; ++i)
        ASSERT_NE(registry.service("s" + std::to_string(i)), Account::none);
    EXPECT_EQ(registry.service("one too many"), Account::none);
    EXPECT_EQ(registry.refused(), 1U);
    EXPECT_EQ(registry.service("s5"), 5);
}

TEST(Registry, NamesAreKeptEscapedForJson) {
    Registry registry;
    EXPECT_EQ(registry.routes().at(registry.route("a\"b\n")).json, "a\\\"b\\u000a");
}

TEST(Registry, IsReadWhileItGrows) {
    Registry registry;
    std::jthread reader([&](const std::stop_token& stop) {
        while (!stop.stop_requested())
            for (std::uint16_t i = 0, n = registry.endpoints().size(); i < n; ++i)
                ASSERT_EQ(registry.endpoints().at(i).name, std::to_string(i));
    });
    for (int i = 0; i < 2'000; ++i) registry.endpoint(Account::none, std::to_string(i));
}

}  // namespace
}  // namespace sg::gateway
