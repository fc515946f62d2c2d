// Affected clients from snapshots to answers: nothing twice, nothing of another span, kept over a
// restart and over failed writes, erased when their time is over.
#include "ops/detect/signals/affected.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ops/detect/signals/rollup.h"

namespace sg::signals {
namespace {

constexpr std::int64_t minute = 29'000'000;
constexpr Instant begin{minute * 60'000'000'000};

telemetry::AffectedClient client(std::string name, std::int64_t failed, Duration after = 0s) {
    const auto ms = (begin + after).ns / 1'000'000;
    return {.name = std::move(name), .failed = failed, .first_ms = ms, .last_ms = ms};
}

AffectedMinute minute_of(std::vector<telemetry::AffectedClient> clients, std::int64_t after = 0) {
    AffectedMinute out{.service = "api", .minute = minute + after, .process = -7};
    out.list.clients = std::move(clients);
    out.list.failed = out.list.listed_failed();
    for (std::uint64_t i = 0; i < out.list.clients.size(); ++i)
        out.sketch.add(telemetry::keyed_hash({1, 2}, i, static_cast<std::uint64_t>(after)));
    return out;
}

telemetry::Snapshot snapshot_of(const AffectedMinute& told) {
    telemetry::Snapshot snapshot;
    snapshot.sketch_key_print = static_cast<std::uint64_t>(told.process);
    snapshot.services = {"api"};
    snapshot.service_rows = {
        {.service = 0,
         .minutes = {{.minute = told.minute, .affected = told.sketch, .listed = told.list}}}};
    return snapshot;
}

TEST(AffectedNews, OnlyWhatSaysMoreIsNews) {
    AffectedNews news;
    auto heard = minute_of({client("a", 2)});
    news.hear(snapshot_of(heard), begin);
    EXPECT_EQ(news.take(), std::vector{heard});
    news.hear(snapshot_of(heard), begin + 1s);
    EXPECT_TRUE(news.take().empty());
    heard.list.failed = 3;  // Counted, and not yet listed.
    news.hear(snapshot_of(heard), begin + 2s);
    EXPECT_EQ(news.take(), std::vector{heard});
    heard.list.clients = {client("a", 3)};
    news.hear(snapshot_of(heard), begin + 3s);
    EXPECT_EQ(news.take(), std::vector{heard});
}

TEST(AffectedNews, AMinuteOfAWrongClockIsNotTaken) {
    AffectedNews news;
    news.hear(snapshot_of(minute_of({client("a", 2)})), begin + 25h);
    news.hear(snapshot_of(minute_of({client("a", 2)})), begin - 25h);
    EXPECT_TRUE(news.take().empty());
}

TEST(Affected, ComesBackAsItWasPacked) {
    auto before = minute_of({client("192.0.2.7", 5, 3s), client("quoted \"name\"", 1)});
    before.list.clients[1].kind = telemetry::ClientKind::principal;
    before.list.clients[0].unsure = 2;
    before.list.unlisted_max = 9;
    before.list.failed = 99;
    for (std::uint64_t i = 0; i < 500; ++i) before.sketch.add(telemetry::keyed_hash({1, 2}, i, 9));
    auto after = unpack_affected(pack(before));
    ASSERT_TRUE(after) << after.error().message();
    after->service = before.service;  // Known by where it is kept.
    after->process = before.process;
    EXPECT_EQ(*after, before);
    const auto bytes = pack(before);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        EXPECT_FALSE(unpack_affected(bytes.substr(0, cut))) << cut;
}

TEST(AffectedAnswer, TakesWhoFailedInTheSpan) {
    AffectedAnswer answer(begin + 10s, begin + 90s);
    answer.add(minute_of({client("before", 2, 9s), client("in", 3, 11s)}));
    answer.add(minute_of({client("in", 1, 61s), client("after", 4, 91s)}, 1));
    const auto affected = answer.take();
    EXPECT_EQ(affected.list.failed, 4);
    EXPECT_EQ(affected.distinct, 1);
    ASSERT_EQ(affected.list.clients.size(), 1U);
    EXPECT_EQ(affected.list.clients[0].failed, 4);
}

TEST(AffectedAnswer, CountsByTheSketchWhereTheListIsNotWhole) {
    AffectedAnswer answer(begin, begin + 1h);
    for (int m = 0; m < 3; ++m) {
        auto part = minute_of({client("a", 2), client("b", 1)}, m);
        part.list.failed += 200;
        for (std::uint64_t i = 0; i < 200; ++i)
            part.sketch.add(telemetry::keyed_hash({1, 2}, i, 77));  // The same each minute.
        answer.add(part);
    }
    const auto affected = answer.take();
    EXPECT_NEAR(static_cast<double>(affected.distinct), 206, 40);
    EXPECT_EQ(affected.list.failed - affected.list.listed_failed(), 600);
}

std::string fresh_file(const std::string& name) {
    const auto file = ::testing::TempDir() + "affected_" + name + ".db";
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end);
    return file;
}

struct Kept {
    explicit Kept(std::string file) : rollup(std::move(file)) {
        rollup.set_clients_keep(24h);
        [[maybe_unused]] const auto known = rollup.open();
    }
    void pass(Instant at, const std::vector<AffectedMinute>& minutes = {}) {
        rollup.add({.at = at, .services = {{"api", Flow{.requests = 1}}}}, {});
        rollup.add_affected(minutes);
    }
    std::int64_t failed(Instant to) const { return rollup.affected("api", begin, to).list.failed; }
    Rollup rollup;
};

TEST(AffectedPast, TheLastListOfAMinuteCounts) {
    Kept kept("");
    kept.pass(begin + 1s, {minute_of({client("a", 2)})});
    kept.pass(begin + 2s, {minute_of({client("a", 5), client("b", 1)})});
    EXPECT_EQ(kept.failed(begin + 2s), 6);
    EXPECT_EQ(kept.rollup.affected("other", begin, begin + 1h).list.failed, 0);
    auto other_gateway = minute_of({client("a", 1)});
    other_gateway.process = 8;
    kept.pass(begin + 3s, {other_gateway});
    const auto all = kept.rollup.affected("api", begin, begin + 3s);
    EXPECT_EQ(all.list.failed, 7);
    EXPECT_EQ(all.list.clients[0].failed, 6);
}

TEST(AffectedPast, SurvivesARestart) {
    const auto file = fresh_file("restart");
    {
        Kept kept(file);
        for (int m = 0; m < 20; ++m) {
            kept.pass(begin + m * 1min + 1s, {minute_of({client("a", 1, m * 1min)}, m)});
            ASSERT_TRUE(kept.rollup.write());
            EXPECT_EQ(kept.failed(begin + 1h), m + 1);
        }
    }
    Kept kept(file);
    EXPECT_EQ(kept.failed(begin + 1h), 20);
    kept.pass(begin + 20min, {minute_of({client("a", 3, 19min)}, 19)});  // It had grown meanwhile.
    EXPECT_EQ(kept.failed(begin + 1h), 22);
    EXPECT_EQ(kept.failed(begin + 5min + 59s), 6);
}

TEST(AffectedPast, AFailedWriteLosesNothing) {
    const auto file = fresh_file("failed_write");
    {
        Kept kept(file);
        kept.rollup.sabotage(
            [](std::string_view) -> Result<void> { return fail(Errc::io_failed, "sabotage"); });
        kept.pass(begin + 1s, {minute_of({client("a", 2)})});
        EXPECT_FALSE(kept.rollup.write());
        EXPECT_EQ(kept.failed(begin + 1h), 2);
        kept.rollup.sabotage(nullptr);
        EXPECT_TRUE(kept.rollup.write());
    }
    EXPECT_EQ(Kept(file).failed(begin + 1h), 2);
}

TEST(AffectedPast, IsErasedWhenItsTimeIsOver) {
    const auto file = fresh_file("erased");
    Kept kept(file);
    kept.pass(begin + 1s, {minute_of({client("a", 2)})});
    ASSERT_TRUE(kept.rollup.write());
    kept.pass(begin + 23h);
    ASSERT_TRUE(kept.rollup.write());
    EXPECT_EQ(Kept(file).failed(begin + 1h), 2);
    kept.pass(begin + 24h + 2min);
    ASSERT_TRUE(kept.rollup.write());
    EXPECT_EQ(kept.failed(begin + 1h), 0);
    EXPECT_EQ(Kept(file).failed(begin + 1h), 0);
}

TEST(AffectedPast, NobodyIsKeptIfTheConfigurationSaysSo) {
    Kept kept("");
    kept.rollup.set_clients_keep(0s);
    kept.pass(begin + 1s, {minute_of({client("a", 2)})});
    EXPECT_EQ(kept.failed(begin + 1h), 0);
}

// Far more than memory may hold, never written: the oldest go, it is counted, what is left is
// right.
TEST(AffectedPast, MemoryIsBounded) {
    AffectedMemory memory;
    std::vector<telemetry::AffectedClient> many;
    for (int i = 0; i < 1000; ++i) many.push_back(client("client-" + std::to_string(i), 1));
    for (int m = 0; m < 1000; ++m) memory.add({minute_of(many, m)}, begin + m * 1min);
    std::size_t bytes = 0;
    for (const auto& [key, packed] : memory.unwritten()) bytes += packed.size();
    EXPECT_LE(bytes, 4U << 20U);
    EXPECT_GT(memory.lost(), 0);
    EXPECT_EQ(memory.lost() + std::ssize(memory.unwritten()), 1000);
    EXPECT_EQ(memory.complete_from(), minute + memory.lost());
}

}  // namespace
}  // namespace sg::signals
