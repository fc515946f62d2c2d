// INFO, keys and commands, read.
#include "platform/redis/texts.h"

#include <gtest/gtest.h>

namespace sg::platform::redis {
namespace {

constexpr const char* info =
    "# Server\r\nredis_version:7.0.15\r\n\r\n# Stats\r\nkeyspace_hits:96\r\n"
    // Rule Zero: the word of Redis' INFO.
    "# Replication\r\nrole:master\r\n"
    "slave0:ip=10.0.0.2,port=6379,state=online,offset=1200,lag=1\r\n"
    "# Keyspace\r\ndb0:keys=30,expires=6,avg_ttl=0\r\ndb11:keys=1,expires=0,avg_ttl=0\r\n"
    "dbsize_of_nothing:7\r\nbroken\r\n";

TEST(RedisTexts, facts_are_read) {
    const auto facts = Facts::of(info);
    EXPECT_EQ(facts.text("redis_version"), "7.0.15");
    EXPECT_EQ(facts.number("keyspace_hits"), 96);
    EXPECT_EQ(facts.number("redis_version"), 7.0);
    EXPECT_EQ(facts.number("none"), 0);
    EXPECT_FALSE(facts.has("broken"));
    const auto databases = facts.databases();
    ASSERT_EQ(databases.size(), 2U);
    EXPECT_EQ(databases[0].keys, 30);
    EXPECT_EQ(databases[0].expires, 6);
    EXPECT_EQ(databases[1].name, "db11");
    const auto replicas = facts.replicas();
    ASSERT_EQ(replicas.size(), 1U);
    EXPECT_EQ(replicas[0].address, "10.0.0.2:6379");
    EXPECT_EQ(replicas[0].offset, 1200);
}

TEST(RedisTexts, keys_have_prefixes) {
    EXPECT_EQ(prefix_of("session:17:token"), "session:*");
    EXPECT_EQ(prefix_of("user42:name"), "user#:*");
    EXPECT_EQ(prefix_of("counter9000"), "counter#");
    EXPECT_EQ(prefix_of(""), "");
    EXPECT_EQ(prefix_of("\x1b[2J:x"), "\\x1b[#J:*");
}

TEST(RedisTexts, commands_are_cut_and_hide_secrets) {
    EXPECT_EQ(command_text({"GET", "a\nb"}), "GET a b");
    EXPECT_EQ(command_text({"auth", "geheim"}), "auth ***");
    EXPECT_EQ(command_text({"CONFIG", "SET", "requirepass", "geheim"}), "CONFIG ***");
    EXPECT_EQ(command_text({"CONFIG", "GET", "maxmemory"}), "CONFIG GET maxmemory");
    EXPECT_EQ(command_text({"ACL", "SETUSER", "x", ">geheim"}), "ACL ***");
    EXPECT_EQ(command_text({"MGET", "1", "2", "3", "4", "5", "6", "7", "8", "9"}),
              "MGET 1 2 3 4 5 6 7 … 2 more");
    EXPECT_EQ(command_text({}), "");
}

}  // namespace
}  // namespace sg::platform::redis
