// What the keys of operations mean once they are read: short forms, what is shipped, what follows
// from other parts of the file.
#include <gtest/gtest.h>

#include <cstdlib>

#include "config/document.h"
#include "config/load.h"
#include "config/shipped.h"

namespace sg::config {
namespace {

using Kind = Objective::Kind;

Snapshot good(std::string text) {
    text = "listen: :8080\nservices: { a: \"h:1\", b: \"h:2\" }\nroutes: { to: a }\n" + text;
    const auto loaded = load_text(text, "/srv/sg/streamgate.yaml", {.look_outside = false});
    EXPECT_EQ(loaded.rendered, "") << text;
    return loaded.config ? loaded.config : std::make_shared<Config>();
}

const Objective& objective(const Config& config, const std::string& service, Kind kind) {
    static const Objective none;
    const auto& all = config.operations.objectives;
    const auto own = all.find(service);
    for (const Objective& each : own == all.end() ? all.at("all") : own->second)
        if (each.kind == kind) return each;
    ADD_FAILURE() << service << " has no such objective";
    return none;
}

TEST(Operations, a_file_that_says_nothing_has_what_is_shipped) {
    const auto config = good("");
    const Operations& operations = config->operations;
    EXPECT_TRUE(operations.people.empty());
    EXPECT_TRUE(operations.teams.empty());

    ASSERT_EQ(operations.objectives.size(), 1U);
    ASSERT_EQ(operations.objectives.at("all").size(), 4U);
    EXPECT_EQ(objective(*config, "a", Kind::availability).target.of_one, 0.999);
    EXPECT_EQ(objective(*config, "a", Kind::availability).page, Severity::sev1);
    EXPECT_EQ(objective(*config, "a", Kind::latency).target.of_one, 0.95);
    EXPECT_EQ(objective(*config, "a", Kind::latency).within, 200ms);
    EXPECT_EQ(objective(*config, "a", Kind::latency).page, Severity::sev2);
    EXPECT_EQ(objective(*config, "a", Kind::errors).target.of_one, 0.999);
    EXPECT_EQ(objective(*config, "a", Kind::errors).page, Severity::sev2);
    EXPECT_EQ(objective(*config, "a", Kind::throughput).rate.per_second, 1000);
    EXPECT_EQ(objective(*config, "a", Kind::throughput).page, Severity::sev3);
    for (const Objective& each : operations.objectives.at("all")) {
        EXPECT_EQ(each.ticket, Severity::sev4);
        EXPECT_EQ(each.over, 30 * 24h);
    }

    ASSERT_EQ(operations.alerts.size(), 6U);
    const auto& alerts = operations.alerts;
    const auto fires = [&](const char* name, const char* signal, double at, bool page) {
        const AlertRule& rule = alerts.at(name);
        EXPECT_EQ(rule.name, name);
        EXPECT_EQ(rule.signal, signal);
        EXPECT_EQ(rule.fire, at);
        EXPECT_LT(rule.clear, rule.fire);
        EXPECT_EQ(rule.page, page);
        EXPECT_EQ(rule.severity, page ? Severity::sev2 : Severity::sev4);
        EXPECT_TRUE(rule.enabled && rule.above);
    };
    fires("errors", "errors", 0.01, true);
    fires("latency", "latency_p95", 0.5, true);
    fires("cpu", "cpu", 0.8, false);
    fires("memory", "memory", 0.85, false);
    fires("disk", "disk", 0.9, false);
    fires("network", "network", 0.8, false);
    EXPECT_EQ(alerts.at("disk").forecast, 24h);
    EXPECT_EQ(alerts.at("cpu").forecast, 0s);
    EXPECT_EQ(operations.severities[0].escalate, 0s);
    EXPECT_EQ(operations.severities[3].communicate, 24h);
}

constexpr auto people = R"(
people: { ana: ana@example.com, bo: { name: Bo Chen, mail: bo@example.com }, cy: { reach: desk } }
notify: { desk: terminal }
)";

const Team& team(const Snapshot& config) { return config->operations.teams.begin()->second; }

using Names = std::vector<std::string>;

TEST(Operations, three_people_take_turns_on_three_levels) {
    const auto config = good(std::string(people) + "teams: { t: [ana, bo, cy] }\n");
    const auto& levels = team(config).oncall.levels;
    EXPECT_EQ(levels[0], (Names{"ana", "bo", "cy"}));
    EXPECT_EQ(levels[1], (Names{"bo", "cy", "ana"}));
    EXPECT_EQ(levels[2], (Names{"cy", "ana", "bo"}));
    EXPECT_EQ(team(config).oncall.handover, "Mon 09:00");
    EXPECT_EQ(team(config).oncall.shift, 168h);
    EXPECT_EQ(config->operations.people.at("ana").mail, "ana@example.com");
    EXPECT_EQ(config->operations.people.at("ana").name, "ana");
    EXPECT_EQ(config->operations.people.at("bo").id, "bo");
    EXPECT_EQ(config->operations.people.at("bo").name, "Bo Chen");
}

TEST(Operations, nobody_is_on_two_levels_of_a_short_rota) {
    const auto two = good(std::string(people) + "teams: { t: [ana, bo] }\n");
    EXPECT_EQ(team(two).oncall.levels[1], (Names{"bo", "ana"}));
    EXPECT_TRUE(team(two).oncall.levels[2].empty());
    const auto one = good(std::string(people) + "teams: { t: ana }\n");
    EXPECT_EQ(team(one).oncall.levels[0], Names{"ana"});
    EXPECT_TRUE(team(one).oncall.levels[1].empty());
    const auto said = good(std::string(people) +
                           "teams: { t: { oncall: { people: [ana, bo, cy], backup: ana } } }\n");
    EXPECT_EQ(team(said).oncall.levels[1], (Names{"bo", "cy", "ana"}));
    EXPECT_EQ(team(said).oncall.levels[2], Names{"ana"});
}

TEST(Operations, escalation_is_a_walk_with_times) {
    const auto shipped = good(std::string(people) + "teams: { t: ana }\n");
    ASSERT_EQ(team(shipped).escalate.size(), 4U);
    EXPECT_EQ(team(shipped).escalate[1].level, Level::secondary);
    EXPECT_EQ(team(shipped).escalate[2].after, 15min);
    EXPECT_EQ(team(shipped).escalate[3].to, EscalationStep::To::everyone);

    const auto said = good(std::string(people) +
                           "teams: { t: { oncall: ana, escalate: [everyone, bo after 90s] } }\n");
    ASSERT_EQ(team(said).escalate.size(), 2U);
    EXPECT_EQ(team(said).escalate[0].to, EscalationStep::To::everyone);
    EXPECT_EQ(team(said).escalate[1].to, EscalationStep::To::person);
    EXPECT_EQ(team(said).escalate[1].person, "bo");
    EXPECT_EQ(team(said).escalate[1].after, 90s);
}

TEST(Operations, the_kind_of_a_channel_follows_from_its_settings) {
    ::setenv("SG_TEST_ROUTING_KEY", "0123456789abcdef0123456789abcdef", 1);
    const auto loaded = load_text(R"(
listen: :8080
routes: { respond: 200 }
notify:
  mail: { smtp: "smtp://h:25", from: a@example.com }
  chat: { webhook: "http://127.0.0.1:1/hook" }
  pager: { routing_key: "${env:SG_TEST_ROUTING_KEY}" }
  hook: { url: "https://h.example/x", secret: "${env:SG_TEST_ROUTING_KEY}" }
  sms: { url: "https://s.example/", body: "${to}" }
  screen: terminal
)",
                                  "streamgate.yaml");
    ASSERT_NE(loaded.config, nullptr) << loaded.rendered;
    const auto& notify = loaded.config->operations.notify;
    EXPECT_EQ(notify.at("mail").kind, Channel::Kind::mail);
    EXPECT_EQ(notify.at("chat").kind, Channel::Kind::slack);
    EXPECT_EQ(notify.at("chat").url, "http://127.0.0.1:1/hook");
    EXPECT_EQ(notify.at("pager").kind, Channel::Kind::pagerduty);
    EXPECT_EQ(notify.at("pager").routing_key.size(), 32U);
    EXPECT_EQ(notify.at("hook").kind, Channel::Kind::webhook);
    EXPECT_EQ(notify.at("sms").kind, Channel::Kind::http);
    EXPECT_EQ(notify.at("screen").kind, Channel::Kind::terminal);
    EXPECT_EQ(notify.at("screen").name, "screen");
    EXPECT_EQ(to_yaml(to_document(*loaded.config)).find("0123456789abcdef"), std::string::npos);
}

TEST(Operations, objectives_are_completed_by_kind) {
    const auto config = good(R"(
objectives:
  all: { errors: 99.5% over 7d, throughput: off }
  b: { latency: [99% under 150ms over 28d, 50% under 150ms], errors: { target: 99%, page: sev3 } }
)");
    EXPECT_EQ(config->operations.objectives.at("all").size(), 3U);
    EXPECT_EQ(objective(*config, "a", Kind::errors).target.of_one, 0.995);
    EXPECT_EQ(objective(*config, "a", Kind::errors).over, 7 * 24h);
    EXPECT_EQ(objective(*config, "a", Kind::errors).page, Severity::sev2);
    EXPECT_EQ(objective(*config, "a", Kind::latency).within, 200ms);

    const auto& b = config->operations.objectives.at("b");
    ASSERT_EQ(b.size(), 4U) << "availability from all, two latencies, errors; no throughput";
    EXPECT_EQ(b[0].kind, Kind::availability);
    EXPECT_EQ(b[1].target.of_one, 0.99);
    EXPECT_EQ(b[1].over, 28 * 24h);
    EXPECT_EQ(b[2].over, 30 * 24h);
    EXPECT_EQ(b[3].page, Severity::sev3);
    EXPECT_EQ(b[3].over, 30 * 24h) << "what it does not say is the shipped one's";
}

TEST(Operations, the_gateway_counts_at_the_time_of_the_objective) {
    const auto promised = good("objectives: { b: { latency: 99% under 150ms } }\n");
    EXPECT_EQ(promised->services.at("a").latency_objective, 200ms);
    EXPECT_EQ(promised->services.at("b").latency_objective, 150ms);

    const auto general = good("objectives: { all: { latency: 99% under 1s } }\n");
    EXPECT_EQ(general->services.at("b").latency_objective, 1s);

    const auto loaded = load_text(
        "listen: :80\nservices: { c: { endpoints: \"h:1\", latency_objective: 350ms } }\n"
        "routes: { to: c }\n",
        "streamgate.yaml");
    ASSERT_NE(loaded.config, nullptr);
    EXPECT_EQ(loaded.config->services.at("c").latency_objective, 350ms) << "as before";
    EXPECT_EQ(objective(*loaded.config, "c", Kind::latency).within, 350ms);
    EXPECT_EQ(objective(*loaded.config, "c", Kind::latency).target.of_one, 0.95);
    EXPECT_EQ(objective(*loaded.config, "all", Kind::latency).within, 200ms);

    const auto none = good("objectives: { all: { latency: off } }\n");
    EXPECT_EQ(none->services.at("a").latency_objective, 200ms);
}

TEST(Operations, alerts_say_what_differs_from_the_shipped) {
    const auto config = good(R"(
ops: { prometheus: "http://p:9090" }
alerts:
  errors: { when: errors > 2% }
  latency: { clear: 300ms }
  cpu: off
  slow: { when: latency_p99 > 1.5s, clear: 1s, for: 2m, services: b, labels: { x: y } }
  idle: cpu < 5%
  queue: { promql: max(depth), when: value > 1e3, clear: 500 }
)");
    const auto& alerts = config->operations.alerts;
    EXPECT_EQ(alerts.size(), 9U);
    EXPECT_EQ(alerts.at("errors").fire, 0.02);
    EXPECT_EQ(alerts.at("errors").clear, 0.02) << "the clear of another threshold would mislead";
    EXPECT_TRUE(alerts.at("errors").page);
    EXPECT_EQ(alerts.at("errors").severity, Severity::sev2);
    EXPECT_EQ(alerts.at("latency").fire, 0.5);
    EXPECT_EQ(alerts.at("latency").clear, 0.3);
    EXPECT_FALSE(alerts.at("cpu").enabled);
    EXPECT_EQ(alerts.at("cpu").fire, 0.8);
    EXPECT_EQ(alerts.at("slow").fire, 1.5);
    EXPECT_EQ(alerts.at("slow").clear, 1.0);
    EXPECT_EQ(alerts.at("slow").pending, 2min);
    EXPECT_EQ(alerts.at("slow").services, Names{"b"});
    EXPECT_FALSE(alerts.at("slow").page);
    EXPECT_FALSE(alerts.at("idle").above);
    EXPECT_EQ(alerts.at("queue").signal, "");
    EXPECT_EQ(alerts.at("queue").fire, 1000);
    EXPECT_EQ(alerts.at("queue").clear, 500);
}

TEST(Operations, needs_probes_and_signs_of_life_in_every_form) {
    const auto config = good(R"(
needs:
  db: { postgres: "postgres://sg@h/d", every: 5s }
  cache: redis://h:6379
  api: https://h.example/health
  queue: h:5672
  names: { dns: h.example }
  cert: { tls: "h.example:443", expires_within: 7d }
  said: { kind: tcp, target: "h:1" }
probes: { front: https://h.example/, login: { url: https://h.example/in, status: 200-204 } }
heartbeats: { nightly: 1d, hourly: { every: 1h, grace: 5m, severity: sev3 } }
heartbeats_out: https://hc.example/1
)");
    const Operations& operations = config->operations;
    const auto kind = [&](const char* name) { return operations.needs.at(name).kind; };
    EXPECT_EQ(kind("db"), Need::Kind::postgres);
    EXPECT_EQ(operations.needs.at("db").every, 5s);
    EXPECT_EQ(operations.needs.at("db").name, "db");
    EXPECT_EQ(kind("cache"), Need::Kind::redis);
    EXPECT_EQ(kind("api"), Need::Kind::http);
    EXPECT_EQ(kind("queue"), Need::Kind::tcp);
    EXPECT_EQ(operations.needs.at("queue").target, "h:5672");
    EXPECT_EQ(kind("names"), Need::Kind::dns);
    EXPECT_EQ(kind("cert"), Need::Kind::tls);
    EXPECT_EQ(kind("said"), Need::Kind::tcp);
    EXPECT_EQ(operations.probes.at("front").status_to, 399U);
    EXPECT_EQ(operations.probes.at("login").status_to, 204U);
    EXPECT_EQ(operations.heartbeats.at("nightly").every, 24h);
    EXPECT_EQ(operations.heartbeats.at("hourly").severity, Severity::sev3);
    ASSERT_EQ(operations.heartbeats_out.size(), 1U);
    EXPECT_EQ(operations.heartbeats_out[0].every, 1min);
}

TEST(Operations, a_team_of_an_old_file_is_only_a_word) {
    const auto loaded = load_text(
        "listen: :80\nservices: { a: { team: whoever, endpoints: \"h:1\" } }\nroutes: { to: a }\n",
        "streamgate.yaml");
    EXPECT_EQ(loaded.rendered, "");
}

TEST(Operations, differences_name_the_setting) {
    const auto a = good("");
    const auto b = good(
        "objectives: { all: { latency: 99% under 200ms } }\nalerts: { cpu: { for: 1m } }\n"
        "severities: { sev2: { escalate: now } }\n");
    std::string all;
    for (const auto& d : differences(*a, *b))
        all += d.path + ": " + d.before + " → " + d.after + "\n";
    EXPECT_EQ(all,
              "severities.sev2.escalate: 30m → now\n"
              "objectives.all.latency.target: 95% → 99%\n"
              "alerts.cpu.for: 5m → 1m\n");
}

TEST(Operations, settings_are_explained) {
    const auto& settings = all_settings();
    const auto says = [&](const char* key, const char* path, const char* value) {
        const Setting* setting = find_setting(settings, key);
        ASSERT_NE(setting, nullptr) << key;
        EXPECT_EQ(setting->path, path);
        EXPECT_EQ(setting->default_value, value);
    };
    says("objectives.catalog.latency.within", "objectives.latency.within", "200ms");
    says("objectives.availability.target", "objectives.availability.target", "99.9%");
    says("severities.sev1.escalate", "severities.sev1.escalate", "now");
    says("alerts.cpu.for", "alerts.for", "0s");
    says("teams.playback.oncall.handover", "teams.oncall.handover", "Mon 09:00");
    says("notify.mail.password", "notify.password", "none");
    says("services.catalog.needs", "services.needs", "nothing");
}

}  // namespace
}  // namespace sg::config
