// Verdicts on what two looks at INFO say.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/redis/inspect.h"

namespace sg::platform::redis {
namespace {

using inspect::Order;
using inspect::Standing;
using ::testing::HasSubstr;

Sample sample(const std::string& before, const std::string& now) {
    return {Facts::of(before), Facts::of(now), 1.0};
}

std::string lookups(int hits, int misses, int keys = 10) {
    return fmt::format("keyspace_hits:{}\r\nkeyspace_misses:{}\r\nevicted_keys:0\r\ndb0:keys={}",
                       hits, misses, keys);
}

TEST(RedisJudge, a_cache_that_was_warm_is_cold) {
    const auto cold = judge_hits(sample(lookups(9000, 100), lookups(9000, 400, 0)), Order{})[0];
    EXPECT_EQ(cold.standing, Standing::bad);
    EXPECT_THAT(cold.title, HasSubstr("the cache is cold: hit rate 0 % in the last 1.0 s (300 "));
    EXPECT_THAT(cold.title, HasSubstr("96 % of 9,400 since its start; 0 keys"));
    EXPECT_EQ(cold.value, 0);
    // It never was of use: odd, not cold.
    EXPECT_EQ(judge_hits(sample(lookups(40, 60), lookups(80, 120)), Order{})[0].standing,
              Standing::odd);
    EXPECT_EQ(judge_hits(sample(lookups(900, 10), lookups(1000, 11)), Order{})[0].standing,
              Standing::fine);
    const auto few = judge_hits(sample(lookups(900, 10), lookups(900, 20)), Order{})[0];
    EXPECT_EQ(few.standing, Standing::fine);
    EXPECT_THAT(few.title, HasSubstr("too few"));
    EXPECT_FALSE(judge_hits(sample("", ""), Order{})[0].value);
}

Standing memory(const std::string& facts) {
    return judge_memory(sample("evicted_keys:0", facts), Order{})[0].standing;
}

TEST(RedisJudge, full_is_fine_for_who_may_evict) {
    EXPECT_EQ(memory("used_memory:99\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction"),
              Standing::bad);
    EXPECT_EQ(memory("used_memory:85\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction"),
              Standing::odd);
    EXPECT_EQ(memory("used_memory:99\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru"),
              Standing::fine);
    EXPECT_EQ(memory("used_memory:99\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru\r\n"
                     "evicted_keys:50"),
              Standing::odd);
    EXPECT_EQ(memory("used_memory:9\r\nmaxmemory:0\r\ntotal_system_memory:100"), Standing::fine);
    EXPECT_EQ(memory("used_memory:99\r\nmaxmemory:0\r\ntotal_system_memory:100"), Standing::bad);
    EXPECT_EQ(memory(""), Standing::fine);
}

TEST(RedisJudge, who_is_refused_is_bad) {
    const auto of = [](const char* before, const char* now) {
        return judge_clients(sample(before, now), Order{})[0].standing;
    };
    EXPECT_EQ(of("", "connected_clients:10\r\nmaxclients:100"), Standing::fine);
    EXPECT_EQ(of("", "connected_clients:85\r\nmaxclients:100"), Standing::odd);
    EXPECT_EQ(of("rejected_connections:4",
                 "connected_clients:1\r\nmaxclients:100\r\n"
                 "rejected_connections:9"),
              Standing::bad);
}

TEST(RedisJudge, a_link_that_is_down_and_a_save_that_failed_are_bad) {
    // Rule Zero: the words of Redis' INFO.
    EXPECT_EQ(judge_replication(sample("", "role:slave\r\nmaster_link_status:down\r\n"), Order{})[0]
                  .standing,
              Standing::bad);
    EXPECT_EQ(judge_replication(sample("", "role:primary"), Order{})[0].standing, Standing::fine);
    const auto failed = judge_persistence(
        sample("", "rdb_last_bgsave_status:err\r\naof_enabled:0\r\naof_last_write_status:err"),
        Order{})[0];
    EXPECT_EQ(failed.standing, Standing::bad);
    EXPECT_EQ(failed.title, "it cannot keep what it has: rdb_last_bgsave_status is err");
    EXPECT_EQ(judge_persistence(sample("", "rdb_last_bgsave_status:ok"), Order{})[0].standing,
              Standing::fine);
}

}  // namespace
}  // namespace sg::platform::redis
