// What we export and import, as somebody with two files meets it.
#include "ops/detect/slo/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "ops/detect/slo/openslo.h"

namespace sg::slo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view services = R"(
listen: 127.0.0.1:8080
services: { catalog: "127.0.0.1:1", live: "127.0.0.1:2" }
routes: [ { path: /live/, to: live }, { path: /, to: catalog } ]
)";

config::Snapshot loaded(const std::string& more) {
    const auto it =
        config::load_text(std::string(services) + more, "test.yaml", {.look_outside = false});
    EXPECT_TRUE(it.config) << it.rendered;
    return it.config;
}

constexpr std::string_view ours = R"(objectives:
  catalog:
    availability: 99.5% over 28d
    latency:
      target: 99%
      within: 300ms
      over: 30d
      page: sev3
    errors: 99.9% over 30d
    throughput: 200/s over 30d
  live:
    availability: { target: 99.9%, over: 30d, slice_target: 90% }
    latency: off
    errors: 99.99% over 7d
    throughput: off
)";

TEST(Exchange, OutAndInAgainIsTheSame) {
    const auto config = loaded(std::string(ours));
    const auto text = exported(*config, Form::openslo);
    const auto back = imported(text, config.get());
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_TRUE(back->odd.empty());
    EXPECT_THAT(back->configuration, HasSubstr("availability: \"99.5% over 28d\""));
    EXPECT_THAT(back->configuration, HasSubstr("throughput: \"200/s over 30d\""));
    EXPECT_THAT(back->configuration, HasSubstr("page: sev3"));
    EXPECT_THAT(back->configuration, HasSubstr("slice_target: 90%"));
    // What it says is what was said: the objectives that follow from it are the same.
    auto again = back->configuration;
    again += "    latency: off\n    throughput: off\n";  // Of `live`, the last.
    EXPECT_EQ(exported(*loaded(again), Form::openslo), text) << again;
}

TEST(Exchange, SeveralOfAKindAreAList) {
    const auto config =
        loaded("objectives: { catalog: { errors: [ 99% over 30d, 99.9% over 7d ] } }\n");
    const auto slos = from_openslo(exported(*config, Form::openslo));
    ASSERT_TRUE(slos) << slos.error().what;
    const auto text = to_configuration(*slos);
    EXPECT_EQ(exported(*loaded(text), Form::openslo), exported(*config, Form::openslo)) << text;
}

TEST(Exchange, WhatIsOddIsTold) {
    const auto config = loaded("");
    auto text = exported(*config, Form::openslo);
    for (auto at = text.find("service: live"); at != std::string::npos;
         at = text.find("service: live"))
        text.replace(at, 13, "service: shop");
    text += R"(---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: burns }
spec: { condition: { kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h } }
)";
    const auto it = imported(text, config.get());
    ASSERT_TRUE(it) << it.error().what;
    EXPECT_THAT(it->odd, ElementsAre(HasSubstr("op: lte"), HasSubstr("service `shop` is not in")));
    EXPECT_THAT(imported("apiVersion: openslo/v1\nkind: Service\nmetadata: { name: a }\n", nullptr)
                    .error()
                    .what,
                HasSubstr("there is no SLO"));
}

TEST(Exchange, RulesOfAllServices) {
    const auto rules = exported(*loaded(""), Form::prometheus);
    EXPECT_THAT(rules, HasSubstr("streamgate catalog/errors"));
    EXPECT_THAT(rules, HasSubstr("streamgate live/latency"));
    EXPECT_THAT(exported(*loaded(std::string(ours)), Form::prometheus),
                Not(HasSubstr("live/latency")));
    EXPECT_FALSE(form_of("yaml"));
}

}  // namespace
}  // namespace sg::slo
