// Faults: who gets one, how often, and never after its expiry.
#include "gateway/guards/faults.h"

#include <gtest/gtest.h>

#include <random>

namespace sg::gateway::guards {
namespace {

constexpr Moment start{{1'000'000'000'000}, {5'000'000'000}};

directive::Directive fault(std::string id, std::string route, std::string service, double share,
                           Duration expires_in) {
    directive::Directive said;
    said.id = std::move(id);
    said.expires_at = start.wall + expires_in;
    directive::InjectFault inject;
    inject.route = std::move(route);
    inject.service = std::move(service);
    inject.share = {share};
    inject.abort = 503;
    said.what = std::move(inject);
    return said;
}

Faults compile(const std::vector<directive::Directive>& said, Moment now = start) {
    const auto index = [](std::string_view name) -> std::optional<std::uint16_t> {
        if (name == "one") return std::uint16_t{1};
        if (name == "two") return std::uint16_t{2};
        return std::nullopt;
    };
    return Faults::compile(said, index, index, now);
}

TEST(Faults, MatchByRouteAndService) {
    struct Case {
        const char* route;
        const char* service;
        bool hits_1_1, hits_1_2, hits_2_2;  // Requests of route/service.
    };
    const Case cases[] = {
        {"one", "", true, true, false},      {"", "two", false, true, true},
        {"one", "two", false, true, false},  {"nowhere", "", false, false, false},
        {"", "nobody", false, false, false}, {"", "", false, false, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string(c.route) + "/" + c.service);
        const Faults faults = compile({fault("f", c.route, c.service, 1, 1min)});
        EXPECT_EQ(faults.pick(1, 1, 0, start.steady) != nullptr, c.hits_1_1);
        EXPECT_EQ(faults.pick(1, 2, 0, start.steady) != nullptr, c.hits_1_2);
        EXPECT_EQ(faults.pick(2, 2, 0, start.steady) != nullptr, c.hits_2_2);
    }
}

TEST(Faults, OfAVersionOrAnEndpointWaitUntilThatIsChosen) {
    directive::Directive of_version = fault("version", "", "one", 1, 1min);
    std::get<directive::InjectFault>(of_version.what).version = "v2";
    directive::Directive of_endpoint = fault("endpoint", "", "two", 1, 1min);
    std::get<directive::InjectFault>(of_endpoint.what).endpoint = "10.0.0.1:80";
    const Faults faults = compile({of_version, of_endpoint});
    EXPECT_FALSE(faults.empty());
    EXPECT_EQ(faults.pick(1, 1, 0, start.steady), nullptr);
    struct Case {
        std::uint16_t service;
        const char* version;
        const char* address;
        const char* name;
        const char* hit;
    };
    const Case cases[] = {
        {1, "v2", "10.0.0.2:80", "b:80", "version"},
        {1, "v1", "10.0.0.2:80", "b:80", ""},
        {2, "v2", "10.0.0.2:80", "b:80", ""},
        {2, "v1", "10.0.0.1:80", "a:80", "endpoint"},
        {2, "v1", "10.0.0.3:80", "10.0.0.1:80", "endpoint"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string(c.version) + " " + c.address + " " + c.name);
        const Faults::Request request{1, c.service, {c.version, c.address, c.name}};
        const Fault* found = faults.pick_narrow(request, 0, start.steady);
        EXPECT_EQ(found == nullptr ? "" : found->directive, c.hit);
        EXPECT_EQ(faults.pick_narrow(request, 0, start.steady + 1min), nullptr);
    }
}

TEST(Faults, NeverAfterTheExpiry) {
    const Faults faults = compile({fault("f", "one", "", 1, 30s)});
    EXPECT_NE(faults.pick(1, 1, 0, start.steady + 30s - 1ns), nullptr);
    EXPECT_EQ(faults.pick(1, 1, 0, start.steady + 30s), nullptr);
    EXPECT_TRUE(compile({fault("f", "one", "", 1, 30s)}, {start.wall + 30s, start.steady}).empty());
}

TEST(Faults, NoneWithoutAnExpiry) {
    directive::Directive forever = fault("f", "one", "", 1, 1s);
    forever.expires_at = Instant::never();
    EXPECT_TRUE(compile({forever}).empty());
}

TEST(Faults, DivideTheTrafficAndRoutesGoFirst) {
    const Faults faults =
        compile({fault("service", "", "two", 0.3, 1min), fault("route", "one", "", 0.2, 1min)});
    std::mt19937_64 random(7);
    int by_route = 0, by_service = 0;
    constexpr int requests = 200'000;
    for (int i = 0; i < requests; ++i) {
        const Fault* f = faults.pick(1, 2, random(), start.steady);
        if (f == nullptr) continue;
        ++(f->directive == "route" ? by_route : by_service);
    }
    EXPECT_NEAR(by_route, 0.2 * requests, 0.005 * requests);
    EXPECT_NEAR(by_service, 0.3 * requests, 0.005 * requests);
}

}  // namespace
}  // namespace sg::gateway::guards
