// Verdicts on what the gateway counts, and the endings of late.
#include "ops/detect/inspections/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::inspections {
namespace {

using ports::Standing;
using ::testing::HasSubstr;

signals::Flow flow(std::int64_t requests, std::int64_t failed, Duration took) {
    signals::Flow it{.requests = requests, .failed = failed, .timed = requests};
    for (std::int64_t n = 0; n < requests; ++n)
        it.duration.record(static_cast<std::uint64_t>(took.count()));
    return it;
}

constexpr Spans spans{1min, 10min};

TEST(JudgeTraffic, a_bad_version_is_named) {
    const Compared whole{"service", "catalog", flow(600, 60, 40ms), flow(6000, 1, 38ms)};
    const std::vector<Compared> parts{{"version", "v1", flow(500, 0, 40ms), flow(6000, 1, 38ms)},
                                      {"version", "v2", flow(100, 60, 40ms), {}}};
    const auto finding = judge_traffic(whole, parts, spans, 10);
    EXPECT_EQ(finding.standing, Standing::bad);
    EXPECT_THAT(finding.title, HasSubstr("catalog: 10/s requests (10/s before), 10 % fail"));
    EXPECT_THAT(finding.title, HasSubstr("worst is version v2: 60 % of its requests fail, 100 %"));
    EXPECT_EQ(finding.value, 0.1);
    ASSERT_EQ(finding.evidence.rows.size(), 2U);
    EXPECT_EQ(judge_traffic(whole, parts, spans, 1).evidence.left_out, 1);
}

TEST(JudgeTraffic, few_failures_are_chance) {
    const Compared whole{"service", "a", flow(10, 4, 1ms), flow(100, 0, 1ms)};
    EXPECT_EQ(judge_traffic(whole, {}, spans, 10).standing, Standing::fine);
    EXPECT_EQ(judge_traffic({"service", "a", {}, {}}, {}, spans, 10).standing, Standing::fine);
}

TEST(JudgeTraffic, slower_and_fewer_are_odd) {
    EXPECT_EQ(
        judge_traffic({"service", "a", flow(600, 0, 300ms), flow(6000, 0, 100ms)}, {}, spans, 10)
            .standing,
        Standing::odd);
    EXPECT_EQ(judge_traffic({"service", "a", flow(600, 0, 9ms), flow(6000, 0, 3ms)}, {}, spans, 10)
                  .standing,
              Standing::fine);
    EXPECT_EQ(judge_traffic({"service", "a", flow(100, 0, 9ms), flow(6000, 0, 9ms)}, {}, spans, 10)
                  .standing,
              Standing::odd);
}

TEST(JudgeEndings, what_grew_is_named) {
    const auto finding = judge_endings({{"ok", 900}, {"upstream_refused", 100}},
                                       {{"ok", 9000}, {"tunnel_closed", 10}}, spans, 10);
    EXPECT_EQ(finding.standing, Standing::bad);
    EXPECT_THAT(finding.title, HasSubstr("10 % of requests end as upstream_refused (0 % before)"));
    EXPECT_EQ(judge_endings({{"ok", 900}}, {{"ok", 1}}, spans, 10).standing, Standing::fine);
    EXPECT_EQ(judge_endings({{"redirected", 900}}, {{"ok", 900}}, spans, 10).standing,
              Standing::fine);
    EXPECT_THAT(judge_endings({}, {}, spans, 10).title, HasSubstr("no request ended"));
}

TEST(JudgeEndpoints, who_is_out_is_named) {
    telemetry::Snapshot snapshot;
    snapshot.services = {"catalog"};
    snapshot.versions = {{0, "v1"}};
    snapshot.endpoints = {{0, "10.0.0.1:80"}, {0, "10.0.0.2:80"}};
    snapshot.endpoint_rows = {{.endpoint = 0, .health = telemetry::Health::healthy},
                              {.endpoint = 1, .ejected_by = 2}};
    auto finding = judge_endpoints(snapshot, "catalog", 10);
    EXPECT_EQ(finding.standing, Standing::odd);
    EXPECT_EQ(finding.title,
              "1 of 2 endpoints take requests; out is 10.0.0.2:80 of catalog/v1 "
              "(ejected for its failures)");
    EXPECT_EQ(finding.evidence.rows.front().front(), "10.0.0.2:80");
    snapshot.endpoint_rows[0].health = telemetry::Health::unhealthy;
    finding = judge_endpoints(snapshot, "", 10);
    EXPECT_EQ(finding.standing, Standing::bad);
    EXPECT_THAT(finding.title, HasSubstr("catalog has none left"));
    snapshot.endpoint_rows[0].endpoint = 700;  // A gateway that says nonsense.
    EXPECT_EQ(judge_endpoints(snapshot, "", 10).value, 1);
    EXPECT_EQ(judge_endpoints(snapshot, "other", 10).evidence.rows.size(), 0U);
}

signals::Second second(std::int64_t at, std::int64_t count) {
    signals::Second it{.at = {(1000 + at) * 1'000'000'000}};
    it.endings["a"]["ok"] = count;
    it.endings["b"]["refused"] = 1;
    return it;
}

TEST(EndingsLately, are_summed_by_steps_and_forgotten) {
    EndingsLately lately;
    EXPECT_EQ(lately.since(), Instant{});
    for (std::int64_t at = 1; at <= 100; ++at) lately.add(second(at, 2));
    const auto at = [](std::int64_t s) { return Instant{(1000 + s) * 1'000'000'000}; };
    EXPECT_EQ(lately.between("a", at(0), at(100)), (Endings{{"ok", 200}}));
    EXPECT_EQ(lately.between("", at(50), at(100)), (Endings{{"ok", 100}, {"refused", 50}}));
    EXPECT_EQ(lately.between("c", at(0), at(100)), Endings{});
    EXPECT_EQ(lately.since(), at(0));
    lately.add(second(50, 1));  // The clock was set back: nothing is lost.
    EXPECT_EQ(lately.between("a", at(90), at(100)), (Endings{{"ok", 21}}));
    lately.add(second(100'000, 1));
    EXPECT_GT(lately.since(), at(0));
    EXPECT_EQ(lately.between("a", at(0), at(100)), Endings{});
}

}  // namespace
}  // namespace sg::inspections
