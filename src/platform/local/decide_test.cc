// The orchestrator's rules, in virtual time. The world checks with every step that no process is
// told to stop while the gateway may still use it, and that the gateway never knows fewer endpoints
// than `least`.
#include "platform/local/decide.h"

#include <gtest/gtest.h>

#include "platform/local/world_for_tests.h"

namespace sg::platform::local {
namespace {

World running(std::vector<Spec> specs) {
    World world;
    world.feed(Desired{std::move(specs)});
    world.run(2s);
    return world;
}

TEST(Orchestra, PublishesOnlyWhatPassedItsGate) {
    World world;
    world.feed(Desired{{World::spec("v1", 2)}});
    world.run(290ms);
    EXPECT_EQ(world.running("v1"), 2U);
    EXPECT_EQ(world.endpoints_told(), 0U);
    world.run(200ms);
    EXPECT_EQ(world.told["v1"].size(), 2U);
    EXPECT_TRUE(world.state.services["catalog"].settled);
}

TEST(Orchestra, CrashIsWithdrawnAtOnceAndRestartedAtOnce) {
    auto world = running({World::spec("v1", 2)});
    world.crash(world.pid_of("v1"));
    EXPECT_EQ(world.told["v1"].size(), 1U);
    EXPECT_EQ(world.running("v1"), 2U) << "the first restart does not wait";
    world.run(1s);
    EXPECT_EQ(world.told["v1"].size(), 2U);
}

TEST(Orchestra, CrashLoopBacksOffAndSaysSo) {
    World world;
    world.broken = {"v1"};
    world.feed(Desired{{World::spec("v1", 1)}});
    world.run(60s);
    const auto starts = world.noted("started");
    // 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6 s apart, and 20 ms of life each.
    EXPECT_EQ(starts, 11U);
    EXPECT_GE(world.noted("crash_loop"), 8U);
    EXPECT_EQ(world.endpoints_told(), 0U);
    world.broken.clear();
    world.run(60s);
    EXPECT_EQ(world.told["v1"].size(), 1U);
}

TEST(Orchestra, DelaysOfRestarts) {
    const struct {
        std::uint32_t failures;
        Duration delay;
    } rows[] = {{0, 0ms},   {1, 0ms},      {2, 100ms}, {3, 200ms},
                {4, 400ms}, {10, 25600ms}, {11, 30s},  {4'000'000'000, 30s}};
    for (const auto& row : rows) EXPECT_EQ(restart_delay(row.failures), row.delay) << row.failures;
}

TEST(Orchestra, SteadyProcessStartsANewCount) {
    auto world = running({World::spec("v1", 1)});
    for (int i = 0; i < 5; ++i) {
        world.run(11s);
        world.crash(world.pid_of("v1"));
        EXPECT_EQ(world.running("v1"), 1U) << "crash " << i;
    }
    EXPECT_EQ(world.noted("crash_loop"), 0U);
}

TEST(Orchestra, LateStartIsKilledAndCountsAsCrash) {
    World world;
    world.boot = 1h;
    world.feed(Desired{{World::spec("v1", 1)}});
    world.run(31s);
    EXPECT_EQ(world.noted("start_late"), 1U);
    EXPECT_EQ(world.noted("crashed signal 9"), 1U);
}

TEST(Orchestra, RollingRestartLosesNoEndpoint) {
    auto world = running({World::spec("v1", 3)});
    world.least = 3;
    world.feed(Restart{"catalog", ""});
    EXPECT_FALSE(world.state.services["catalog"].settled);
    world.run(10s);
    EXPECT_TRUE(world.state.services["catalog"].settled);
    EXPECT_EQ(world.running("v1"), 3U);
    EXPECT_EQ(world.noted("drained"), 3U);
}

TEST(Orchestra, ChangedCommandRollsOneByOne) {
    auto world = running({World::spec("v1", 3)});
    world.least = 3;
    std::size_t most = 0;
    world.feed(Desired{{World::spec("v1", 3, "serve --better")}});
    for (int i = 0; i < 1000; ++i) {
        world.run(10ms);
        most = std::max(most, world.running("v1"));
    }
    EXPECT_TRUE(world.state.services["catalog"].settled);
    EXPECT_LE(most, 5U);  // Three, one that starts, one that ends.
}

TEST(Orchestra, BrokenNewCommandLeavesTheOldOnesServing) {
    auto world = running({World::spec("v1", 2)});
    world.least = 2;
    world.broken = {"v1"};
    world.feed(Desired{{World::spec("v1", 2, "serve --wrong")}});
    world.run(60s);
    EXPECT_EQ(world.told["v1"].size(), 2U);
    EXPECT_FALSE(world.state.services["catalog"].settled);
    world.broken.clear();
    world.feed(Desired{{World::spec("v1", 2)}});  // Back to what serves: nothing to restart.
    world.run(1s);
    EXPECT_TRUE(world.state.services["catalog"].settled);
    EXPECT_EQ(world.noted("drains"), 0U);
}

TEST(Orchestra, DrainWaitsForRequestsInFlight) {
    auto world = running({World::spec("v1", 2)});
    for (const auto& [pid, process] : world.processes)
        world.busy[World::endpoint(process.port)] = 1;
    world.feed(Scale{"catalog", "v1", 1});
    world.run(5s);
    EXPECT_EQ(world.running("v1"), 2U) << "one drains";
    world.busy.clear();
    world.run(1s);
    EXPECT_EQ(world.running("v1"), 1U);
    EXPECT_EQ(world.noted("time is up"), 0U);
}

TEST(Orchestra, DrainEndsWhenItsTimeIsUp) {
    auto world = running({World::spec("v1", 1)});
    for (const auto& [pid, process] : world.processes)
        world.busy[World::endpoint(process.port)] = 7;
    world.stubborn = {"v1"};
    world.feed(Hold{"catalog", "", true});
    world.run(9900ms);
    EXPECT_EQ(world.noted("drained"), 0U);
    world.run(200ms);
    EXPECT_EQ(world.noted("time is up with 7 in flight"), 1U);
    EXPECT_EQ(world.running("v1"), 1U) << "it ignores SIGTERM";
    world.run(10s);
    EXPECT_EQ(world.noted("killed"), 1U);
    EXPECT_EQ(world.running("v1"), 0U);
}

TEST(Orchestra, NothingIsStoppedBeforeTheGatewayKnows) {
    auto world = running({World::spec("v1", 2)});
    world.gateway_answers = false;
    world.feed(Scale{"catalog", "v1", 1});
    world.run(9s);
    EXPECT_EQ(world.running("v1"), 2U);
    const auto& group = world.state.services["catalog"].groups["v1"];
    world.told["v1"] = {group.published.begin(), group.published.end()};  // It has come back.
    world.gateway_answers = true;
    world.feed(Acknowledged{"catalog", "v1", group.revision});
    world.run(500ms);
    EXPECT_EQ(world.running("v1"), 1U);
}

TEST(Orchestra, RollMovesEverythingAndKeepsTheCapacity) {
    auto world = running({World::spec("v1", 2), World::spec("v2", 1)});
    world.least = 3;
    world.feed(RollTo{"catalog", "v2"});
    world.run(20s);
    EXPECT_EQ(world.running("v1"), 0U);
    EXPECT_EQ(world.running("v2"), 3U);
    EXPECT_EQ(world.weights.at("v1"), 0U);
    EXPECT_GT(world.weights.at("v2"), 0U);
    EXPECT_EQ(world.noted("rolled"), 1U);

    world.feed(RollTo{"catalog", ""});
    world.run(20s);
    EXPECT_EQ(world.running("v1"), 2U);
    EXPECT_EQ(world.running("v2"), 1U);
    EXPECT_TRUE(world.weights.empty()) << "as configured";
}

TEST(Orchestra, RollToABrokenVersionChangesNothing) {
    auto world = running({World::spec("v1", 2)});
    auto specs = std::vector{World::spec("v1", 2), World::spec("v2", 0)};
    world.feed(Desired{specs});
    world.broken = {"v2"};
    world.least = 2;
    world.feed(RollTo{"catalog", "v2"});
    world.run(30s);
    EXPECT_EQ(world.told["v1"].size(), 2U);
    EXPECT_GT(world.weights.at("v1"), 0U);
    world.feed(RollTo{"catalog", "v1"});
    world.run(5s);
    EXPECT_TRUE(world.state.services["catalog"].settled);
}

TEST(Orchestra, UnwellIsWithdrawnButNeverTheLast) {
    auto world = running({World::spec("v1", 2)});
    world.sick = {"v1"};
    world.run(20s);
    EXPECT_EQ(world.noted("unwell"), 2U);
    EXPECT_EQ(world.told["v1"].size(), 2U) << "when all fail the check, the check may be wrong";
    EXPECT_EQ(world.running("v1"), 2U) << "a failing check alone restarts nothing";
    world.sick.clear();
    world.run(10s);
    EXPECT_EQ(world.noted("recovered"), 2U);
}

TEST(Orchestra, ScaleHoldsUntilTheFileSaysAnotherNumber) {
    auto world = running({World::spec("v1", 2)});
    world.feed(Scale{"catalog", "v1", 4});
    world.run(2s);
    EXPECT_EQ(world.running("v1"), 4U);
    world.feed(Desired{{World::spec("v1", 2)}});
    world.run(2s);
    EXPECT_EQ(world.running("v1"), 4U) << "the file did not change";
    world.feed(Desired{{World::spec("v1", 3)}});
    world.run(2s);
    EXPECT_EQ(world.running("v1"), 3U);
}

TEST(Orchestra, RemovedServiceDrainsAndIsForgotten) {
    auto world = running({World::spec("v1", 2)});
    world.feed(Desired{});
    world.run(5s);
    EXPECT_EQ(world.running("v1"), 0U);
    EXPECT_TRUE(world.state.services.empty());
}

TEST(Orchestra, StopAllEndsEverything) {
    auto world = running({World::spec("v1", 2), World::spec("v2", 1)});
    world.told.clear();  // The gateway went first.
    world.stubborn = {"v2"};
    world.feed(StopAll{false});
    world.run(5s);
    EXPECT_EQ(world.running("v1"), 0U);
    EXPECT_EQ(world.running("v2"), 1U);
    world.feed(StopAll{true});
    world.run(1s);
    EXPECT_EQ(world.running("v2"), 0U);
}

TEST(Orchestra, WorkerNeedsNoPort) {
    World world;
    auto spec = World::spec("v1", 1);
    spec.health.kind = config::HealthCheck::Kind::none;
    spec.serves = false;
    world.sick = {"v1"};  // Whatever a probe would say.
    world.feed(Desired{{spec}});
    world.run(1500ms);
    EXPECT_TRUE(world.state.services["catalog"].settled);
    EXPECT_EQ(world.endpoints_told(), 0U);
}

TEST(Orchestra, RefusalsSayWhatIsPossible) {
    const auto world = running({World::spec("v1", 1), World::spec("v2", 1)});
    const struct {
        Input command;
        std::string_view what;
        std::string_view hint;
    } rows[] = {
        {Restart{"catalogue", ""}, "no service `catalogue`", "did you mean `catalog`?"},
        {RollTo{"catalog", "v3"}, "no version `catalog/v3`", "there are v1, v2"},
        {Scale{"catalog", "", 3}, "several versions", "streamgate scale catalog/v1 3"},
        {Scale{"catalog", "v1", 1001}, "1001 replicas", "at most 1000"},
    };
    for (const auto& row : rows) {
        const auto can = check(world.state, row.command);
        ASSERT_FALSE(can);
        EXPECT_NE(can.error().what.find(row.what), std::string::npos) << can.error().what;
        EXPECT_NE(can.error().hint.find(row.hint), std::string::npos) << can.error().hint;
    }
    EXPECT_TRUE(check(world.state, Scale{"catalog", "v1", 3}));
}

// A worker that calls the catalog, as a generator of traffic does.
Spec worker(std::vector<std::string> after) {
    auto spec = World::spec("w1", 2, "call");
    spec.service = "worker";
    spec.health.kind = config::HealthCheck::Kind::none;
    spec.serves = false;
    spec.after = std::move(after);
    return spec;
}

TEST(Orchestra, StartsAfterWhatItNeedsIsHealthyAndKnownToTheGateway) {
    World world;
    world.gateway_takes = 200ms;
    world.feed(Desired{{World::spec("v1", 2), worker({"catalog"})}});
    world.run(290ms);
    EXPECT_EQ(world.running("v1"), 2U);
    EXPECT_EQ(world.running("w1"), 0U);
    EXPECT_EQ(wake_at(world.state) > world.now, true) << "waiting costs nothing";
    EXPECT_EQ(world.noted("waits for catalog"), 2U) << "once for each";
    world.run(150ms);
    EXPECT_EQ(world.endpoints_told(), 2U);
    EXPECT_EQ(world.running("w1"), 0U) << "the gateway has not yet taken it in";
    world.run(150ms);
    EXPECT_EQ(world.running("w1"), 2U);
    EXPECT_TRUE(awaited(world.state, world.state.services["worker"]).empty());
}

TEST(Orchestra, WaitsForEveryVersionThatShouldRun) {
    World world;
    world.sick = {"v2"};
    world.feed(Desired{{World::spec("v1", 1), World::spec("v2", 1), worker({"catalog"})}});
    world.run(5s);
    EXPECT_EQ(world.running("w1"), 0U);
    world.feed(Hold{"catalog", "v2", true});
    world.run(1s);
    EXPECT_EQ(world.running("w1"), 2U) << "what was stopped by command is not waited for";
}

TEST(Orchestra, OrderIsOfTheStartOnly) {
    auto world = running({World::spec("v1", 1), worker({"catalog"})});
    world.run(2s);
    ASSERT_EQ(world.running("w1"), 2U);
    world.sick = {"v1"};
    world.run(60s);
    EXPECT_EQ(world.running("w1"), 2U) << "who runs goes on running";
    world.crash(world.pid_of("w1"));
    world.run(1s);
    EXPECT_EQ(world.running("w1"), 2U) << "and is started again";
    world.feed(Scale{"worker", "w1", 3});
    world.run(1s);
    EXPECT_EQ(world.running("w1"), 3U) << "and may grow";
}

TEST(Orchestra, WorkersWaitForWorkers) {
    World world;
    auto last = worker({"worker"});
    last.service = "a";  // Settles before what it waits for.
    last.version = "l1";
    world.feed(Desired{{worker({}), last}});
    world.run(500ms);
    EXPECT_EQ(world.running("l1"), 0U);
    world.run(600ms);
    EXPECT_EQ(world.running("l1"), 2U);
}

}  // namespace
}  // namespace sg::platform::local
