// The line that people read: rates per second of the period, and a fresh start after each.
#include "demo/tally.h"

#include <gtest/gtest.h>

namespace sg::demo {
namespace {

TEST(Tally, ReportsRatesAndStartsAgain) {
    Tally tally;
    tally.playing(1);
    for (int i = 1; i <= 100; ++i) tally.exchange(std::chrono::milliseconds(i), i != 7);
    tally.stall();
    tally.event();
    tally.message();
    EXPECT_EQ(tally.report(10s),
              "1 viewers, 1 stalls · 10.0 requests/s, 1 failed, p95 95.0 ms · 0.1 events/s · "
              "0.1 WebSocket messages/s");
    EXPECT_EQ(tally.report(10s),
              "1 viewers, 0 stalls · 0.0 requests/s, 0 failed, p95 - · 0.0 events/s · "
              "0.0 WebSocket messages/s");
}

}  // namespace
}  // namespace sg::demo
