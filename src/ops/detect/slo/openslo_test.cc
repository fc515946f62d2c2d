// OpenSLO in and out, and rules for Prometheus as promtool sees them.
#include "ops/detect/slo/openslo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ops/detect/slo/burn.h"
#include "ops/detect/slo/decide.h"
#include "ops/detect/slo/prometheus_rules.h"

namespace sg::slo {
namespace {

using testing::HasSubstr;

std::vector<Slo> shipped() {
    auto slos = objectives_of({}, {{"catalog", 200ms}, {"live", 250ms}});
    slos[0].objective.over = 28 * 24h;
    slos[1].objective.page = config::Severity::sev3;
    slos[2].objective.over = 36h;
    return slos;
}

TEST(OpenSlo, WorkedNumbers) {
    // Two weeks at 95 % by minutes; a week at 99.95 %.
    const auto two_weeks = slice_budget(*parse_openslo_duration("2w"), 1min, 0.95);
    EXPECT_EQ(two_weeks.slices, 20'160);
    EXPECT_EQ(two_weeks.lost, Duration{16h + 48min});
    const auto one_week = slice_budget(*parse_openslo_duration("1w"), 1min, 0.9995);
    EXPECT_EQ(one_week.slices, 10'080);
    EXPECT_EQ(one_week.lost, Duration{5min + 2400ms});
    EXPECT_EQ(slice_budget(30 * 24h, 1min, 0.999).lost, Duration{2592s});      // 43.2 minutes.
    EXPECT_EQ(slice_budget(28 * 24h, 1min, 0.999).lost, Duration{2419200ms});  // 40.32 minutes.
}

TEST(OpenSlo, Durations) {
    EXPECT_EQ(*parse_openslo_duration("5m"), Duration{5min});
    EXPECT_EQ(*parse_openslo_duration("1M"), Duration{30 * 24h});
    EXPECT_EQ(*parse_openslo_duration("1Q"), Duration{90 * 24h});
    EXPECT_EQ(*parse_openslo_duration("1Y"), Duration{365 * 24h});
    for (const auto text : {"", "m", "5", "-1d", "0d", "1.5h", "5mm", "99999d"})
        EXPECT_FALSE(parse_openslo_duration(text)) << text;
}

TEST(OpenSlo, WhatWeWriteWeRead) {
    const auto slos = shipped();
    const auto text = to_openslo(slos);
    const auto again = from_openslo(text);
    ASSERT_TRUE(again) << again.error().what << "\n" << text;
    ASSERT_EQ(again->size(), slos.size());
    for (std::size_t i = 0; i < slos.size(); ++i) {
        EXPECT_EQ((*again)[i].id, slos[i].id);
        EXPECT_EQ((*again)[i].service, slos[i].service);
        const auto& a = (*again)[i].objective;
        const auto& b = slos[i].objective;
        EXPECT_EQ(a.kind, b.kind);
        EXPECT_EQ(a.target, b.target);
        EXPECT_EQ(a.over, b.over);
        EXPECT_EQ(a.page, b.page);
        EXPECT_EQ(a.ticket, b.ticket);
        if (a.kind == config::Objective::Kind::latency) {
            EXPECT_EQ(a.within, b.within);
        }
    }
    EXPECT_EQ(to_openslo(*again), text);
}

constexpr std::string_view theirs = R"(apiVersion: openslo/v1
kind: Service
metadata:
  name: catalog
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: quick }
spec:
  ratioMetric:
    counter: true
    good: { metricSource: { type: StreamGate, spec: { signal: latency, within: 300ms } } }
    total: { metricSource: { type: StreamGate, spec: { signal: latency } } }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: catalog-quick }
spec:
  service: catalog
  indicatorRef: quick
  timeWindow: [{ duration: 4w, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ displayName: quick enough, targetPercent: 99 }]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: burns }
spec:
  severity: page
  condition: { kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m }
)";

TEST(OpenSlo, WhatOthersWrote) {
    const auto slos = from_openslo(theirs);
    ASSERT_TRUE(slos) << slos.error().what;
    ASSERT_EQ(slos->size(), 1U);
    EXPECT_EQ((*slos)[0].id, "catalog/latency");
    EXPECT_EQ((*slos)[0].objective.within, Duration{300ms});
    EXPECT_EQ((*slos)[0].objective.over, Duration{28 * 24h});
    EXPECT_DOUBLE_EQ((*slos)[0].objective.target.of_one, 0.99);
    const auto odd = lint_openslo(theirs);
    ASSERT_EQ(odd.size(), 1U);
    EXPECT_THAT(odd[0], HasSubstr("op: lte"));
}

TEST(OpenSlo, MistakesAreNamed) {
    const auto with = [](std::string_view from, std::string_view to) {
        std::string text(theirs);
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        const auto slos = from_openslo(text);
        return slos ? std::string("none") : slos.error().what;
    };
    EXPECT_THAT(with("kind: Service", "kind: Servce"), HasSubstr("`Servce` is not a kind"));
    EXPECT_THAT(with("openslo/v1", "openslo/v2"), HasSubstr("is not openslo/v1"));
    EXPECT_THAT(with("name: catalog\n", "name: Catalog_1\n"), HasSubstr("is not a name"));
    EXPECT_THAT(with("type: StreamGate", "type: Datadog"),
                HasSubstr("`Datadog` cannot be counted"));
    EXPECT_THAT(with("indicatorRef: quick", "indicatorRef: slow"), HasSubstr("no SLI `slow`"));
    EXPECT_THAT(with("Occurrences", "Timeslices"), HasSubstr("counted as Occurrences here"));
    EXPECT_THAT(with("targetPercent: 99", "target: 1"), HasSubstr("less than 1"));
    EXPECT_THAT(with("isRolling: true", "isRolling: false"), HasSubstr("only rolling windows"));
    EXPECT_THAT(with("duration: 4w", "duration: 4x"), HasSubstr("not a duration of OpenSLO"));
    EXPECT_THAT(with("apiVersion: openslo/v1", "apiVersion: [openslo/v1"), HasSubstr("line "));
}

std::string complaint_of_promtool(const std::string& rules, const std::string& name) {
    const auto path = testing::TempDir() + name;
    std::ofstream(path) << rules;
    FILE* pipe = popen(("promtool check rules " + path + " 2>&1").c_str(), "r");
    std::string said(4096, '\0');
    said.resize(fread(said.data(), 1, said.size(), pipe));
    return pclose(pipe) == 0 ? "" : said + rules;
}

TEST(PrometheusRules, PromtoolHasNoComplaint) {
    ASSERT_EQ(std::system("command -v promtool >/dev/null"), 0) << "make setup installs it";
    std::vector<RuleSource> sources;
    for (const auto& slo : shipped())
        sources.push_back({slo, tiers_of(config::Operations{}.burn, slo)});
    sources.push_back(sources[2]);
    sources.back().slo.id = "it's \"odd\"/errors";
    sources.back().slo.service = "it's \"odd\"";
    const auto rules = to_prometheus_rules(sources);
    EXPECT_EQ(complaint_of_promtool(rules, "slo_rules.yaml"), "");
    EXPECT_EQ(complaint_of_promtool(to_prometheus_rules({}), "slo_none.yaml"), "");
    EXPECT_THAT(rules,
                HasSubstr("streamgate:slo_bad:ratio5m{objective=\"live/errors\"} > 0.0144 and "
                          "streamgate:slo_bad:ratio1h{objective=\"live/errors\"} > 0.0144"));
    EXPECT_THAT(rules, HasSubstr(R"(objective_ms="250")"));
    EXPECT_THAT(rules, HasSubstr("severity: sev1"));
}

}  // namespace
}  // namespace sg::slo
