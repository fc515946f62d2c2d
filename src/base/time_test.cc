#include "base/time.h"

#include <gtest/gtest.h>

namespace sg {
namespace {

TEST(Time, adds_and_compares) {
    const Tick start{1000};
    EXPECT_EQ((start + 5ns).ns, 1005);
    EXPECT_EQ((start - 5ns).ns, 995);
    EXPECT_EQ(Tick{1500} - start, 500ns);
    EXPECT_LT(start, Tick::never());
}

TEST(Time, is_written_as_rfc3339) {
    EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339({1'000'000'000'123'456'789}), "2001-09-09T01:46:40.123Z");
    EXPECT_EQ(to_rfc3339({951'782'400'000'000'000}), "2000-02-29T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(to_rfc3339({-1'000'000'000}), "1969-12-31T23:59:59.000Z");
}

TEST(Time, clocks_do_not_run_backwards) {
    const auto a = system_clock().steady();
    const auto b = steady_now();
    EXPECT_LE(a, b);
    EXPECT_GT(system_clock().wall().ns, 1'600'000'000'000'000'000);
    EXPECT_LT(wall_now() - system_clock().wall(), 10s);
}

}  // namespace
}  // namespace sg
