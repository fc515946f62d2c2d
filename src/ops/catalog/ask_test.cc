#include "ops/catalog/ask.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace sg::catalog {
namespace {

using Names = std::vector<std::string>;

constexpr auto two_teams = R"(
listen: :8080
services:
  shop: { team: web, endpoints: "h:1", needs: [db, cache] }
  live: { team: media, endpoints: "h:2" }
  api: { team: web, endpoints: "h:3", needs: db }
routes: { to: shop }
people: { ana: ana@example.com, bo: bo@example.com, cy: { reach: [desk] }, di: { name: Di } }
notify:
  mail: { smtp: "smtp://h:25", from: sg@example.com }
  desk: terminal
  sms: { url: "http://h/", body: "${to}" }
teams:
  web: { oncall: { primary: [ana, bo], secondary: [bo, ana] }, fallback: cy }
  media: { oncall: bo }
needs: { db: "h:5432", cache: "redis://h:6379", spare: "h:1" }
objectives: { api: { throughput: off, errors: 99% } }
alerts: { cpu: off, slow: { when: latency_p99 > 1s, services: shop } }
probes: { front: { url: "http://h/", service: shop }, other: { url: "http://h/x" } }
severities: { sev3: { respond: 2h } }
ops: { host_link: 2.5Gbit/s }
)";

config::Snapshot load(std::string_view text) {
    const auto loaded = config::load_text(text, "streamgate.yaml", {.look_outside = false});
    EXPECT_EQ(loaded.rendered, "");
    return loaded.config ? loaded.config : std::make_shared<Config>();
}

template <class T>
Names names(const std::vector<const T*>& things) {
    Names all;
    for (const T* thing : things) all.push_back(thing->name);
    return all;
}

TEST(Catalog, services_and_who_answers_for_them) {
    const auto config = load(two_teams);
    EXPECT_EQ(services(*config), (Names{"api", "live", "shop"}));
    ASSERT_NE(team_of(*config, "shop"), nullptr);
    EXPECT_EQ(team_of(*config, "shop")->id, "web");
    EXPECT_EQ(team_of(*config, "live")->id, "media");
    EXPECT_EQ(team_of(*config, ""), nullptr) << "of two teams neither is the only one";
    EXPECT_EQ(team_of(*config, "gone"), nullptr);
    EXPECT_EQ(services_of(*config, "web"), (Names{"api", "shop"}));
    EXPECT_EQ(services_of(*config, "none"), Names{});
}

TEST(Catalog, the_only_team_answers_for_everything) {
    const auto config = load(
        "listen: :80\nroutes: { to: \"http://h:1\" }\npeople: { ana: ana@example.com }\n"
        "teams: { t: ana }\nnotify: { desk: terminal }\n");
    EXPECT_EQ(team_of(*config, "h:1")->id, "t");
    EXPECT_EQ(team_of(*config, "")->id, "t");
    EXPECT_EQ(team_of(*config, "gone")->id, "t");
    EXPECT_EQ(team_of(*load("listen: :80\nroutes: { respond: 200 }\n"), "x"), nullptr);
}

TEST(Catalog, people_each_once_in_the_order_of_levels) {
    const auto config = load(two_teams);
    const auto& web = config->operations.teams.at("web");
    EXPECT_EQ(people_of(web), (Names{"ana", "bo", "cy"}));
    EXPECT_EQ(teams_of(*config, "bo"), (Names{"media", "web"}));
    EXPECT_EQ(teams_of(*config, "di"), Names{});
    EXPECT_EQ(find_person(*config, "ana")->mail, "ana@example.com");
    EXPECT_EQ(find_person(*config, "zoe"), nullptr);
}

TEST(Catalog, somebody_is_always_left_to_page) {
    const auto config = load(two_teams);
    EXPECT_EQ(fallback_of(*config, team_of(*config, "shop")), Names{"cy"});
    EXPECT_EQ(fallback_of(*config, team_of(*config, "live")), Names{"bo"});
    EXPECT_EQ(fallback_of(*config, nullptr), (Names{"ana", "bo", "cy", "di"}));
}

TEST(Catalog, channels_that_reach_a_person) {
    const auto config = load(two_teams);
    const auto of = [&](const char* id) {
        return names(channels_of(*config, *find_person(*config, id)));
    };
    EXPECT_EQ(of("ana"), (Names{"desk", "mail"})) << "no telephone, so no sms";
    EXPECT_EQ(of("cy"), Names{"desk"});
    EXPECT_EQ(of("di"), Names{"desk"}) << "no address, so no mail";
}

TEST(Catalog, dependencies_both_ways) {
    const auto config = load(two_teams);
    EXPECT_EQ(names(needs_of(*config, "shop")), (Names{"db", "cache"}));
    EXPECT_EQ(names(needs_of(*config, "live")), Names{});
    EXPECT_EQ(names(needs_of(*config, "gone")), Names{});
    EXPECT_EQ(services_needing(*config, "db"), (Names{"api", "shop"}));
    EXPECT_EQ(services_needing(*config, "spare"), Names{});
}

TEST(Catalog, objectives_fall_back_to_those_of_all) {
    const auto config = load(two_teams);
    EXPECT_EQ(objectives_of(*config, "shop").size(), 4U);
    const auto& api = objectives_of(*config, "api");
    ASSERT_EQ(api.size(), 3U);
    EXPECT_EQ(api[2].kind, config::Objective::Kind::errors);
    EXPECT_EQ(api[2].target.of_one, 0.99);
    EXPECT_EQ(objectives_of(*config, "gone").size(), 4U);
    EXPECT_EQ(objectives_of(Config(), "x").size(), 0U);
}

TEST(Catalog, what_watches_a_service) {
    const auto config = load(two_teams);
    EXPECT_EQ(names(alerts(*config)),
              (Names{"disk", "errors", "latency", "memory", "network", "slow"}));
    EXPECT_EQ(names(alerts_of(*config, "live")),
              (Names{"disk", "errors", "latency", "memory", "network"}));
    EXPECT_EQ(names(probes_of(*config, "shop")), Names{"front"});
    EXPECT_EQ(policy_of(*config, config::Severity::sev3).respond, 2h);
    EXPECT_EQ(policy_of(*config, config::Severity::sev1).respond, 5min);
    EXPECT_EQ(link_speed(*config), 2.5e9);
    EXPECT_EQ(link_speed(Config()), std::nullopt);
}

}  // namespace
}  // namespace sg::catalog
