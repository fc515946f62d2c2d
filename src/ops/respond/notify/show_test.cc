// The table of channels, as people see it.
#include <gmock/gmock.h>

#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/page_for_tests.h"

namespace sg::notify {
namespace {

using Kind = config::Channel::Kind;

TEST(ShowChannels, AlignedAndWhatIsBrokenSaysWhy) {
    const std::vector<ChannelReport> reports = {
        {.channel = "mail",
         .kind = Kind::mail,
         .people = {"ana", "jürgen"},
         .broken = {{.channel = "mail", .person = "ana", .broken = true, .detail = "550 no"}},
         .taken_at = noon - 125min,
         .test_due = noon + 4h},
        {.channel = "slack", .kind = Kind::slack, .people = {"ana"}, .taken_at = noon - 8s},
        {.channel = "text", .kind = Kind::http},
    };
    EXPECT_EQ(show(reports, noon),
              "1 OF 3 CHANNELS BROKEN\n"
              "\n"
              "CHANNEL  KIND   REACHES      LAST TAKEN     TEST    STATE\n"
              "mail     mail   ana, jürgen  2 h 5 min ago  in 4 h  BROKEN for ana: 550 no\n"
              "slack    slack  ana          8 s ago        -       works\n"
              "text     http   -            never          -       reaches nobody\n");
}

TEST(ShowChannels, NoneIsSaidPlainly) {
    EXPECT_THAT(show({}, noon), testing::HasSubstr("nobody can be paged"));
}

}  // namespace
}  // namespace sg::notify
