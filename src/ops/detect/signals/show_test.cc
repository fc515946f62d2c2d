// The table, as people see it.
#include "ops/detect/signals/show.h"

#include <gtest/gtest.h>

#include "ops/detect/signals/rollup.h"

namespace sg::signals {
namespace {

constexpr Instant now{1'780'000'000'000'000'000};

TEST(Show, aligned_with_units) {
    Second second{.at = now};
    auto& catalog = second.services["catalog"];
    catalog = {.requests = 3120,
               .failed = 1,
               .client_errors = 31,
               .timed = 3000,
               .within = 2970,
               .bytes_in = 122'880,
               .bytes_out = 33'554'432};
    for (int i = 0; i < 3000; ++i) catalog.duration.record(i < 2900 ? 12'000'000 : 1'500'000'000);
    second.endpoints = {{"catalog", {3, 2}}, {"live", {1, 1}}};
    second.resources = {
        {"host", {.cpu = 0.12, .memory = 0.404, .disk = 0.61, .disk_free_bytes = 13'207'024'435}},
        {"service:catalog", {.cpu = 0.08, .memory = 0.02}}};
    second.gateways = {{.name = "local",
                        .answers = true,
                        .started_at = now - 49h,
                        .endpoints = 4,
                        .endpoints_healthy = 3},
                       {.name = "east", .heard_at = now - 75s}};
    second.probes["front"] = {.health = Health::ill, .what = "it answers 503", .at = now};
    second.needs["db"] = {.health = Health::well, .took = 3ms, .at = now};
    Rollup past("");
    past.add(second, {});
    const std::vector<std::string> expected = {
        "SERVICE  REQ/S  ERRORS  CLIENT    P50    P95    P99   WITHIN        IN        OUT  HEALTHY"
        "  CPU  MEMORY",
        "catalog    312  0.03 %  0.99 %  12 ms  12 ms  1.5 s  99.00 %  12 KiB/s  3.2 MiB/s      2/3"
        "  8 %     2 %",
        "live         0       -       -      -      -      -        -     0 B/s      0 B/s      1/1"
        "    -       -",
        "",
        "HOST      cpu 12 % · memory 40 % · disk 61 % (12 GiB free) · network -",
        "GATEWAYS  local up 2 d, 3/4 endpoints healthy · east DOES NOT ANSWER, since 75 s",
        "PROBES    front ILL: it answers 503",
        "NEEDS     db ok 3 ms",
    };
    EXPECT_EQ(table(second, past), expected);
}

TEST(Show, says_when_there_is_nothing) {
    EXPECT_EQ(table({}, Rollup("")), std::vector<std::string>{"nothing was measured yet"});
}

}  // namespace
}  // namespace sg::signals
