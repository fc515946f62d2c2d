// The rules by which a gateway is always there, as conversations: what happens, when, and what is
// done.
#include "platform/local/keeper.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>

namespace sg::platform::local {
namespace {

std::string text_of(const KeeperAction& action) {
    struct Words {
        std::string operator()(const StartGateway& a) const {
            return fmt::format("start {}", name_of(a.role));
        }
        std::string operator()(const SignalGateway& a) const {
            return fmt::format("signal {} {}", a.pid, a.signal);
        }
        std::string operator()(const NowServing& a) const {
            return fmt::format("serving {}", a.pid);
        }
        std::string operator()(const UpgradeOver& a) const {
            return a.done ? "upgrade done" : "upgrade failed";
        }
        std::string operator()(const Say&) const { return {}; }
    };
    return std::visit(Words{}, action);
}

struct Talk {
    Keeper keeper;
    Tick now{1'000'000'000};

    std::string feed(const KeeperInput& input) {
        std::string all;
        for (const auto& action : decide(keeper, input, now)) {
            const auto text = text_of(action);
            if (!text.empty()) all += (all.empty() ? "" : "; ") + text;
        }
        return all;
    }
    std::string after(Duration time) {
        now = now + time;
        return feed(TimePassed{});
    }
    std::string started(int pid, Role role = Role::serving) {
        return feed(GatewayStarted{pid, 1, role, Instant{}});
    }
    std::string died(int pid) {
        Exit exit;
        exit.signal = SIGKILL;
        return feed(GatewayExited{pid, exit});
    }
};

Talk serving() {
    Talk talk;
    EXPECT_EQ(talk.after(0s), "start serving");
    EXPECT_EQ(talk.started(10), "");
    EXPECT_EQ(talk.feed(GatewayReady{10}), "serving 10");
    return talk;
}

TEST(Keeper, ReadyGatewayIsReplacedAtOnceHoweverOften) {
    auto talk = serving();
    for (int pid = 10; pid < 60; ++pid) {
        EXPECT_EQ(talk.died(pid), "start serving");
        talk.started(pid + 1);
        EXPECT_EQ(talk.feed(GatewayReady{pid + 1}), fmt::format("serving {}", pid + 1));
    }
    EXPECT_EQ(talk.keeper.restarts, 50U);
}

TEST(Keeper, GatewayThatNeverGetsReadyIsTriedLaterAndLater) {
    Talk talk;
    talk.after(0s);
    int pid = 1;
    for (const Duration delay :
         {50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
        talk.started(pid);
        EXPECT_EQ(talk.died(pid++), "");
        EXPECT_EQ(wake_at(talk.keeper), talk.now + delay);
        EXPECT_EQ(talk.after(delay - 1ms), "");
        EXPECT_EQ(talk.after(1ms), "start serving");
    }
}

TEST(Keeper, OneThatIsNotReadyInTimeIsKilled) {
    Talk talk;
    talk.after(0s);
    talk.started(1);
    EXPECT_EQ(talk.after(29s), "");
    EXPECT_EQ(talk.after(1s), "signal 1 9");
}

TEST(Keeper, UpgradeDrainsTheOldOneOnlyWhenTheNewOneIsReady) {
    auto talk = serving();
    EXPECT_EQ(talk.feed(Upgrade{}), "start rising");
    talk.started(11, Role::rising);
    EXPECT_EQ(talk.feed(Upgrade{}), "upgrade failed") << "one at a time";
    EXPECT_EQ(talk.feed(GatewayReady{11}), "signal 10 15; serving 11; upgrade done");
    EXPECT_EQ(talk.died(10), "");
    EXPECT_EQ(talk.keeper.serving()->pid, 11);
}

TEST(Keeper, FailedUpgradeLeavesTheOldOne) {
    auto talk = serving();
    talk.feed(Upgrade{});
    talk.started(11, Role::rising);
    EXPECT_EQ(talk.died(11), "upgrade failed");
    EXPECT_EQ(talk.keeper.serving()->pid, 10);
    EXPECT_EQ(talk.feed(Upgrade{}), "start rising");
    EXPECT_EQ(talk.feed(GatewayNotStarted{Role::rising, "no such file"}), "upgrade failed");
}

TEST(Keeper, OldOneMayCrashDuringAnUpgrade) {
    auto talk = serving();
    talk.feed(Upgrade{});
    talk.started(11, Role::rising);
    EXPECT_EQ(talk.died(10), "upgrade done") << "the new one takes the place, no third is started";
    EXPECT_EQ(talk.feed(GatewayReady{11}), "serving 11");
}

TEST(Keeper, DrainingOneMayTakeItsTime) {
    auto talk = serving();
    talk.feed(Upgrade{});
    talk.started(11, Role::rising);
    talk.feed(GatewayReady{11});
    EXPECT_EQ(talk.after(24h), "");
    EXPECT_EQ(talk.died(11), "start serving") << "a draining one does not hold the place";
}

TEST(Keeper, StopsGentlyThenFirmly) {
    auto talk = serving();
    EXPECT_EQ(talk.feed(StopGateways{false}), "signal 10 15");
    EXPECT_EQ(talk.after(9999ms), "");
    EXPECT_EQ(talk.after(1ms), "signal 10 2");
    EXPECT_EQ(talk.after(2s), "signal 10 9");
    EXPECT_EQ(talk.died(10), "");
    EXPECT_EQ(talk.after(1h), "") << "and starts none";
}

TEST(Keeper, StopsAtOnce) {
    auto talk = serving();
    EXPECT_EQ(talk.feed(StopGateways{true}), "signal 10 9");
}

}  // namespace
}  // namespace sg::platform::local
