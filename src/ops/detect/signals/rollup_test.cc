// The past against a count of every single event: exact over every aligned span, whatever its age,
// over restarts, failed writes and clocks that are set back.
#include "ops/detect/signals/rollup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

namespace sg::signals {
namespace {

constexpr Instant epoch{1'780'000'000'000'000'000};  // On a whole 10 s, not on a minute.

std::string fresh_file(const std::string& name) {
    const auto file = ::testing::TempDir() + "rollup_" + name + ".db";
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end);
    return file;
}

struct Event {
    Instant at;  // The end of its second.
    Flow flow;
};

Flow random_flow(std::mt19937_64& random) {
    Flow flow;
    for (auto left = random() % 4; left > 0; --left) {
        const std::uint64_t ns = 1'000'000 + random() % 900'000'000;
        ++flow.requests;
        flow.failed += random() % 10 == 0 ? 1 : 0;
        flow.client_errors += random() % 7 == 0 ? 1 : 0;
        ++flow.timed;
        flow.within += ns <= 200'000'000 ? 1 : 0;
        flow.bytes_in += static_cast<std::int64_t>(random() % 1000);
        flow.bytes_out += static_cast<std::int64_t>(random() % 100'000);
        flow.duration.record(ns);
    }
    return flow;
}

// Distributions are equal if they hold the same; empty buckets at the ends do not count.
void expect_same(const Flow& flow, const Flow& expected) {
    EXPECT_EQ(flow.requests, expected.requests);
    EXPECT_EQ(flow.failed, expected.failed);
    EXPECT_EQ(flow.client_errors, expected.client_errors);
    EXPECT_EQ(flow.timed, expected.timed);
    EXPECT_EQ(flow.within, expected.within);
    EXPECT_EQ(flow.bytes_in, expected.bytes_in);
    EXPECT_EQ(flow.bytes_out, expected.bytes_out);
    EXPECT_EQ(flow.duration.sum, expected.duration.sum);
    for (const double q : {0.01, 0.5, 0.95, 1.0})
        EXPECT_EQ(flow.duration.quantile(q), expected.duration.quantile(q));
}

class Past {
  public:
    explicit Past(std::string file) : rollup(std::make_unique<Rollup>(std::move(file))) {}

    void add(Instant at, const Flow& flow) {
        Second second{.at = at, .services = {{"catalog", flow}}};
        rollup->add(second, {});
        if (flow.requests > 0) events.push_back({at, flow});
        now = at;
    }
    Flow count(Instant from, Instant to) const {
        Flow total;
        for (const auto& event : events)
            if (event.at > from && event.at <= to) total += event.flow;
        return total;
    }

    std::unique_ptr<Rollup> rollup;
    std::vector<Event> events;
    Instant now;
};

Instant down(Duration unit, Instant at) { return {at.ns / unit.count() * unit.count()}; }

TEST(Rollup, counts_every_second_of_the_last_minutes) {
    Past past("");
    std::mt19937_64 random(1);
    for (int i = 1; i <= 1200; ++i) past.add(epoch + i * 1s, random_flow(random));
    for (int i = 0; i < 300; ++i) {
        const auto from = past.now - std::chrono::seconds(random() % 900);
        const auto to = from + std::chrono::seconds(random() % 900);
        SCOPED_TRACE(i);
        expect_same(past.rollup->service("catalog", from, to), past.count(from, to));
    }
    EXPECT_EQ(past.rollup->service("nobody", epoch, past.now).requests, 0);
}

TEST(Rollup, spans_are_aligned_outwards_to_the_resolution_of_their_age) {
    Past past("");
    for (int i = 1; i <= 3600; ++i) past.add(epoch + i * 1s, {.requests = 1});
    const auto ask = [&](Instant from, Instant to) {
        return past.rollup->service("catalog", from, to).requests;
    };
    EXPECT_EQ(ask(past.now - 900s, past.now), 900);
    EXPECT_EQ(ask(past.now - 899s - 500ms, past.now - 1s - 500ms), 899);
    EXPECT_EQ(ask(past.now - 905s, past.now), 910);  // Older than 15 min: whole 10 s.
    EXPECT_EQ(ask(past.now - 1205s, past.now - 1204s), 10);
    EXPECT_EQ(ask(past.now - 5s, past.now + 1h), 5);
    EXPECT_EQ(ask(past.now, past.now - 5s), 0);
}

// A stored history of weeks, sparse and bursty, with restarts in between.
class RollupWeeks : public ::testing::Test {
  protected:
    void advance(Past& past, Duration length, Duration step) {
        for (Duration gone = step; gone <= length; gone += step) {
            past.add(past.now + step, random_flow(random));
            if (++seconds % 97 == 0) ASSERT_TRUE(past.rollup->write());
            if (seconds % 1999 == 0) restart(past);
        }
    }
    void restart(Past& past) {
        ASSERT_TRUE(past.rollup->write());
        past.rollup = std::make_unique<Rollup>(file);
        ASSERT_TRUE(past.rollup->open());
        past.rollup->add({.at = past.now}, {});
    }
    void compare(const Past& past, Duration age_most, Duration unit) {
        for (int i = 0; i < 60; ++i) {
            const auto ago = Duration(
                static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(age_most.count())));
            const auto from = down(unit, past.now - ago);
            const auto to = down(unit, from + ago / static_cast<int>(1 + random() % 5));
            SCOPED_TRACE(i);
            expect_same(past.rollup->service("catalog", from, to), past.count(from, to));
        }
    }

    std::string file = fresh_file("weeks");
    std::mt19937_64 random{7};
    int seconds = 0;
};

TEST_F(RollupWeeks, are_exact_at_every_age) {
    Past past(file);
    ASSERT_TRUE(past.rollup->open());
    past.now = epoch;
    advance(past, 38 * 24h, 41min + 7s);
    advance(past, 2 * 24h, 97s);
    advance(past, 70min, 1s);
    compare(past, 14min, 1s);
    compare(past, 47h, 10s);
    compare(past, 34 * 24h, 1min);
    compare(past, 39 * 24h, 1h);
    ASSERT_TRUE(past.rollup->write());
    compare(past, 34 * 24h, 1min);
    restart(past);
    compare(past, 47h, 10s);
    compare(past, 34 * 24h, 1min);
}

TEST_F(RollupWeeks, windows_that_move_stay_exact) {
    Past past(file);
    ASSERT_TRUE(past.rollup->open());
    past.now = epoch;
    advance(past, 31 * 24h, 19min + 3s);
    ASSERT_TRUE(past.rollup->write());
    const std::pair<Duration, Duration> windows[] = {
        {5min, 1s}, {1h, 10s}, {48h, 10s}, {30 * 24h, 1min}};
    for (int i = 0; i < 400; ++i) {
        past.add(past.now + 1s, random_flow(random));
        if (i % 10 == 0) ASSERT_TRUE(past.rollup->write());
        for (const auto& [length, unit] : windows) {
            SCOPED_TRACE(length.count());
            const auto from = past.now - length;
            expect_same(past.rollup->service("catalog", from, past.now),
                        past.count(down(unit, from), past.now));
        }
    }
}

TEST_F(RollupWeeks, buckets_add_up_to_their_span) {
    Past past(file);
    ASSERT_TRUE(past.rollup->open());
    past.now = epoch;
    advance(past, 6h, 61s);
    for (const Duration step : {Duration{10s}, Duration{1min}, Duration{7min}, Duration{1h}}) {
        Flow total;
        for (const auto& bucket : past.rollup->buckets("catalog", epoch - 1h, past.now, step)) {
            expect_same(bucket.flow, past.count(bucket.from, bucket.from + bucket.span));
            EXPECT_EQ(bucket.span, step);
            total += bucket.flow;
        }
        expect_same(total, past.count({}, past.now));
    }
}

TEST(Rollup, what_is_older_than_it_is_kept_goes) {
    const auto file = fresh_file("retire");
    Past past(file);
    ASSERT_TRUE(past.rollup->open());
    past.add(epoch + 1s, {.requests = 5});
    ASSERT_TRUE(past.rollup->write());
    for (int hours = 1; hours <= 60; ++hours) {
        past.add(epoch + hours * 1h, {.requests = 1});
        ASSERT_TRUE(past.rollup->write());
    }
    auto session = store::Session::open("sqlite:" + file);
    ASSERT_TRUE(session);
    const auto blocks = [&](int tier) {
        return rows::blocks(**session, {1, tier, 0}, INT64_MAX)->size();
    };
    EXPECT_LE(blocks(1), 52U);  // 49 h and what a block holds too much.
    EXPECT_GE(blocks(1), 49U);
    EXPECT_EQ(blocks(2), 61U);
    EXPECT_EQ(past.rollup->service("catalog", epoch, past.now).requests, 65);
}

TEST(Rollup, a_leap_of_the_clock_does_not_retire_the_past) {
    const auto file = fresh_file("leap");
    Past past(file);
    ASSERT_TRUE(past.rollup->open());
    past.add(epoch + 1s, {.requests = 5});
    ASSERT_TRUE(past.rollup->write());
    past.add(epoch + 3 * 365 * 24h, {.requests = 1});
    ASSERT_TRUE(past.rollup->write());
    past.add(epoch + 2s, {.requests = 2});
    ASSERT_TRUE(past.rollup->write());
    EXPECT_EQ(past.rollup->service("catalog", epoch, epoch + 10s).requests, 7);
}

TEST(Rollup, seconds_come_again_when_the_clock_is_set_back) {
    Past past("");
    for (int i = 1; i <= 600; ++i) past.add(epoch + i * 1s, {.requests = 1});
    EXPECT_EQ(past.rollup->service("catalog", epoch, epoch + 600s).requests, 600);
    for (int i = 301; i <= 400; ++i) past.add(epoch + i * 1s, {.requests = 1});
    EXPECT_EQ(past.rollup->service("catalog", epoch + 300s, epoch + 400s).requests, 200);
    EXPECT_EQ(past.rollup->service("catalog", epoch, epoch + 600s).requests, 700);
}

TEST(Rollup, a_failed_write_loses_nothing) {
    const auto folder = ::testing::TempDir() + "rollup_no_folder_yet";
    std::filesystem::remove_all(folder);
    Past past(folder + "/history.db");
    EXPECT_FALSE(past.rollup->open());
    for (int i = 1; i <= 30; ++i) {
        past.add(epoch + i * 1s, {.requests = 1});
        EXPECT_FALSE(past.rollup->write());
        EXPECT_NE(past.rollup->state().trouble, "");
    }
    EXPECT_EQ(past.rollup->service("catalog", epoch, past.now).requests, 30);
    std::filesystem::create_directory(folder);
    EXPECT_TRUE(past.rollup->write());
    EXPECT_EQ(past.rollup->state().trouble, "");
    EXPECT_EQ(past.rollup->service("catalog", epoch, past.now).requests, 30);
    Rollup again(folder + "/history.db");
    ASSERT_TRUE(again.open());
    again.add({.at = past.now}, {});
    EXPECT_EQ(again.service("catalog", epoch, past.now).requests, 30);
}

TEST(Rollup, each_statement_may_fail) {
    const auto file = fresh_file("torture");
    Past past(file);
    int at = 0;
    for (int nth = 0; nth < 40; ++nth) {
        past.add(epoch + (nth + 1) * 1s, {.requests = 1});
        at = 0;
        past.rollup->sabotage([&](std::string_view) -> Result<void> {
            if (at++ == nth / 2) return fail(Errc::io_failed, "sabotage");
            return {};
        });
        (void)past.rollup->write();
        EXPECT_EQ(past.rollup->service("catalog", epoch, past.now).requests, nth + 1);
    }
    past.rollup->sabotage(nullptr);
    ASSERT_TRUE(past.rollup->write());
    Rollup again(file);
    ASSERT_TRUE(again.open());
    again.add({.at = past.now}, {});
    EXPECT_EQ(again.service("catalog", epoch, past.now).requests, 40);
}

// While another thread asks, nothing is missing and nothing is there twice: also not what is being
// written at that moment.
TEST(Rollup, may_be_asked_while_it_writes) {
    Past past(fresh_file("threads"));
    ASSERT_TRUE(past.rollup->open());
    past.add(epoch + 1s, {.requests = 1});
    std::atomic<std::int64_t> added = 1;
    std::atomic<bool> done = false;
    std::thread asking([&] {
        while (!done) {
            const std::int64_t least = added;
            const auto found = past.rollup->service("catalog", epoch - 1h, epoch + 24h).requests;
            const std::int64_t most = added + 1;  // One may be in the history and not yet counted.
            EXPECT_GE(found, least);
            EXPECT_LE(found, most);
        }
    });
    for (int i = 2; i <= 400; ++i) {
        past.add(epoch + i * 10s, {.requests = 1});
        ++added;
        if (i % 3 == 0) EXPECT_TRUE(past.rollup->write());
    }
    done = true;
    asking.join();
}

TEST(Rollup, levels_are_means_and_unknown_stays_unknown) {
    Rollup rollup("");
    for (int i = 1; i <= 1200; ++i) {
        Resources host{.cpu = i % 2 == 0 ? 0.4 : 0.6, .disk = 0.5, .disk_free_bytes = 1000};
        rollup.add({.at = epoch + i * 1s, .resources = {{"host", host}}}, {});
    }
    const auto coarse = rollup.levels("host", epoch, epoch + 100s);
    ASSERT_EQ(coarse.size(), 10U);
    EXPECT_EQ(coarse[0].at, epoch + 10s);
    EXPECT_DOUBLE_EQ(coarse[0].resources.cpu, 0.5);
    EXPECT_EQ(coarse[0].resources.memory, -1);
    EXPECT_EQ(coarse[0].resources.disk_free_bytes, 1000);
    const auto fine = rollup.levels("host", epoch + 1190s, epoch + 1200s);
    ASSERT_EQ(fine.size(), 10U);
    EXPECT_DOUBLE_EQ(fine[0].resources.cpu, 0.6);
}

TEST(Rollup, a_look_counts_once_for_its_service) {
    Rollup rollup("");
    rollup.set_probes({{"front", "catalog"}, {"back", "catalog"}});
    const Look well{.health = Health::well, .at = epoch};
    const Look ill{.health = Health::ill, .at = epoch};
    const Look not_yet{.at = epoch};
    for (int i = 1; i <= 3; ++i)
        rollup.add(
            {.at = epoch + i * 1s, .probes = {{"front", well}, {"back", ill}, {"later", not_yet}}},
            {});
    EXPECT_EQ(rollup.probes("catalog", epoch, epoch + 1min), std::pair(2, 1));
    EXPECT_EQ(rollup.probes("later", epoch, epoch + 1min), std::pair(0, 0));
}

TEST(Rollup, remembers_what_was_heard_with_the_counts) {
    const auto file = fresh_file("known");
    Rollup rollup(file);
    ASSERT_TRUE(rollup.open());
    auto heard = std::make_shared<Heard>(Heard{.gateway = "g", .started_at = epoch, .sequence = 9});
    heard->totals.services["catalog"] = {.requests = 7, .failed = 1};
    heard->totals.services["catalog"].duration.record(5'000'000);
    heard->totals.endings["catalog"]["ok"] = 6;
    rollup.add({.at = epoch + 1s, .services = {{"catalog", {.requests = 7}}}}, {heard});
    ASSERT_TRUE(rollup.write());
    Rollup again(file);
    const auto known = again.open();
    ASSERT_TRUE(known);
    ASSERT_EQ(known->size(), 1U);
    EXPECT_EQ(*known->front(), *heard);
}

}  // namespace
}  // namespace sg::signals
