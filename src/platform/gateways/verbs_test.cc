// What a verb means for the gateways: who gets how much, and what is refused.
#include "platform/gateways/verbs.h"

#include <gtest/gtest.h>

#include "directive/json.h"
#include "directive/json_tree.h"

namespace sg::platform::gateways {
namespace {

using ports::Act;

config::Config config_of(const Weights& versions) {
    config::Config config;
    config::Service service;
    service.name = "api";
    for (const auto& [name, weight] : versions) service.versions[name].weight = weight;
    config.services["api"] = service;
    config.operations.needs["db"].name = "db";
    return config;
}

directive::Directive weights(Weights said) {
    directive::Directive one;
    one.id = one.origin = "x";
    one.what = directive::SetWeights{"api", std::move(said)};
    return one;
}

std::string meant(const Act& act, const config::Config& config,
                  const std::vector<directive::Directive>& in_force = {}) {
    const auto what = what_of(act, config, in_force);
    if (!what) return what.error().what;
    const directive::Directive said{"i", "o", "", Instant{0}, Instant::never(), *what};
    auto json = directive::write_tree(said);
    for (const char* key : {"id", "origin", "issued_at"}) json.erase(key);
    return json.dump();
}

TEST(GatewayVerbs, ShiftAndRollBackKeepTheProportionOfTheOthers) {
    const Act none{"roll_back", {{"service", "api"}, {"version", "v2"}}};
    const auto shift = [](const char* share) {
        return Act{"shift", {{"service", "api"}, {"version", "v2"}, {"share", share}}};
    };
    struct Case {
        Act act;
        Weights configured;
        std::vector<directive::Directive> in_force;
        const char* weights;
    };
    const Case cases[] = {
        {none, {{"v1", 80}, {"v2", 20}}, {}, R"({"v1":80,"v2":0})"},
        // It was rolled to v2 by command: what the file says comes back.
        {none, {{"v1", 80}, {"v2", 0}}, {weights({{"v1", 0}, {"v2", 100}})}, R"({"v1":80,"v2":0})"},
        {none, {{"v1", 0}, {"v2", 100}}, {}, R"({"v1":100,"v2":0})"},
        {shift("0%"), {{"v1", 80}, {"v2", 20}}, {}, R"({"v1":1,"v2":0})"},
        {shift("100%"), {{"v1", 80}, {"v2", 20}}, {}, R"({"v1":0,"v2":1})"},
        {shift("50%"), {{"v1", 80}, {"v2", 20}}, {}, R"({"v1":1,"v2":1})"},
        {shift("10%"), {{"v1", 30}, {"v2", 20}, {"v3", 60}}, {}, R"({"v1":3,"v2":1,"v3":6})"},
        {shift("0.01%"), {{"v1", 1}, {"v2", 1}}, {}, R"({"v1":9999,"v2":1})"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(meant(c.act, config_of(c.configured), c.in_force),
                  std::string(R"({"set_weights":{"service":"api","weights":)") + c.weights + "}}");
}

TEST(GatewayVerbs, NobodyIsLeftWithoutAnybodyToServe) {
    const Act none{"roll_back", {{"service", "api"}, {"version", "v2"}}};
    EXPECT_EQ(meant(none, config_of({{"v2", 100}})),
              "no other version of api would get the traffic of v2");
    EXPECT_EQ(meant(none, config_of({{"v1", 0}, {"v2", 100}, {"v3", 0}})),
              "no other version of api would get the traffic of v2");
    EXPECT_EQ(meant(none, config_of({{"v1", 100}})), "there is no version `v2`");
}

TEST(GatewayVerbs, EachIsADirective) {
    struct Case {
        Act act;
        const char* meant;
    };
    const Case cases[] = {
        {{"drain", {{"service", "api"}, {"endpoint", "a:1"}}},
         R"({"drain_endpoint":{"service":"api","endpoint":"a:1"}})"},
        {{"open_breaker", {{"service", "api"}, {"endpoint", "a:1"}}},
         R"({"open_breaker":{"service":"api","endpoint":"a:1"}})"},
        {{"limit", {{"service", "api"}, {"requests", "40"}}},
         R"({"set_circuit":{"service":"api","requests_max":40}})"},
        {{"shed", {{"service", "api"}, {"share", "25%"}}},
         R"({"shed":{"service":"api","share":0.25,"retry_after":"5s"}})"},
        {{"block_client", {{"client", "192.0.2.1"}}}, R"({"block_client":{"client":"192.0.2.1"}})"},
        {{"block_client", {{"client", "192.0.2.1"}, {"service", "nobody"}}},
         "there is no service `nobody`"},
        {{"switch_off", {{"service", "api"}, {"need", "db"}}},
         R"({"switch_off":{"service":"api","need":"db"}})"},
        {{"switch_off", {{"service", "api"}, {"need", "x"}}}, "there is no need `x`"},
        {{"drain", {{"service", "nobody"}, {"endpoint", "a:1"}}}, "there is no service `nobody`"},
    };
    for (const Case& c : cases) {
        ASSERT_TRUE(is_gateway_verb(c.act.verb)) << c.act.verb;
        EXPECT_EQ(meant(c.act, config_of({{"v1", 1}})), c.meant);
    }
    EXPECT_FALSE(is_gateway_verb("scale"));
}

}  // namespace
}  // namespace sg::platform::gateways
