// Which promise is to be kept next.
#include "ops/respond/incidents/ask.h"

#include <gtest/gtest.h>

namespace sg::incidents {
namespace {

constexpr Instant declared{1'795'435'200'000'000'000};

TEST(NextPromise, IsTheOneThatComesDueFirst) {
    Incident incident{
        .policy = {.respond = 5min, .communicate = 15min, .assess = 4min, .mitigate = 15min},
        .declared_at = declared};
    const auto is = [&](std::string_view what, Duration after) {
        const auto next = next_promise(incident);
        ASSERT_TRUE(next);
        EXPECT_EQ(next->what, what);
        EXPECT_EQ((next->due - declared) / 1s, after / 1s);
    };
    is("assess", 4min);
    incident.assessed_at = declared + 1s;
    is("acknowledge", 5min);
    incident.state = State::acknowledged;
    incident.acknowledged_at = declared + 2min;
    is("mitigate", 15min);
    incident.told_at = declared - 1min;
    is("tell those who wait", 14min);
    incident.state = State::mitigated;
    incident.mitigated_at = declared + 10min;
    incident.told_at = declared + 10min;
    is("tell those who wait", 25min);
    incident.state = State::resolved;
    EXPECT_FALSE(next_promise(incident));
}

}  // namespace
}  // namespace sg::incidents
