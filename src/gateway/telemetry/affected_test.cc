// The bounded list of clients that a worker keeps for a minute, against what really happened.
#include "gateway/telemetry/affected.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

namespace sg::gateway {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t start = 1'000 * minute_ms;
const telemetry::SketchKey key{1, 2};

IpAddress address(std::uint32_t number) {
    IpAddress client = parse_ip("10.0.0.0").value();
    for (std::size_t i = 0; i < 3; ++i)
        client.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return client;
}

std::uint64_t hash_of(std::uint32_t number) { return telemetry::keyed_hash(key, number, 0) | 1; }

using Truth = std::map<std::string, std::int64_t>;

void fail_once(AffectedCells& cells, Truth& truth, std::uint32_t number) {
    cells.add(address(number), hash_of(number), start);
    ++truth[address(number).text()];
}

TEST(Affected, NothingFailedSoNothingIsSaid) {
    const AffectedCells cells;
    EXPECT_EQ(cells.read().minute, -1);
}

TEST(Affected, AsManyAsThereIsRoomForAreExact) {
    AffectedCells cells;
    Truth truth;
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i)
        fail_once(cells, truth, static_cast<std::uint32_t>(random() % AffectedCells::clients_max));
    const auto read = cells.read();
    EXPECT_EQ(read.minute, 1'000);
    EXPECT_EQ(read.list.failed, 20'000);
    EXPECT_TRUE(read.list.is_complete());
    EXPECT_EQ(read.list.unlisted_max, 0);
    ASSERT_EQ(read.list.clients.size(), truth.size());
    for (const auto& client : read.list.clients) {
        EXPECT_EQ(client.failed, truth[client.name]) << client.name;
        EXPECT_EQ(client.unsure, 0);
    }
}

// Ten heavy ones among four times as many clients as there is room for.
TEST(Affected, BeyondItWhatIsSaidHoldsForEveryClient) {
    AffectedCells cells;
    Truth truth;
    std::mt19937 random(2);
    for (int i = 0; i < 60'000; ++i) {
        const bool heavy = random() % 4 == 0;
        const auto number = heavy ? random() % 10 : random() % (AffectedCells::clients_max * 4);
        fail_once(cells, truth, static_cast<std::uint32_t>(number));
    }
    const auto list = cells.read().list;
    EXPECT_EQ(list.failed, 60'000);
    EXPECT_EQ(list.clients.size(), AffectedCells::clients_max);
    EXPECT_LE(list.unlisted_max, 60'000 / AffectedCells::clients_max);
    Truth listed;
    for (const auto& client : list.clients) {
        EXPECT_LE(client.failed, truth[client.name]) << client.name;
        EXPECT_GE(client.failed + client.unsure, truth[client.name]) << client.name;
        EXPECT_GT(client.failed, 0);
        listed[client.name] = client.failed;
    }
    EXPECT_EQ(listed.size(), list.clients.size()) << "one is there twice";
    EXPECT_LT(list.listed_failed(), list.failed);
    for (const auto& [name, failed] : truth) {
        if (listed.contains(name)) continue;
        EXPECT_LE(failed, list.unlisted_max) << name;
    }
    for (std::uint32_t heavy = 0; heavy < 10; ++heavy)
        EXPECT_GT(listed[address(heavy).text()], 1'000);
}

TEST(Affected, AMinuteIsForgottenForTheNext) {
    AffectedCells cells;
    for (std::uint32_t i = 0; i < 2'000; ++i) cells.add(address(i), hash_of(i), start);
    cells.add(address(7), hash_of(7), start + 4 * minute_ms + 59'999);
    cells.add(address(8), hash_of(8), start);  // The clock went back: nothing newer is wiped.
    const auto read = cells.read();
    EXPECT_EQ(read.minute, 1'004);
    EXPECT_EQ(read.list.failed, 1);
    EXPECT_EQ(read.list.unlisted_max, 0);
    ASSERT_EQ(read.list.clients.size(), 1U);
    EXPECT_EQ(read.list.clients[0].name, "10.0.0.7");
    EXPECT_EQ(read.list.clients[0].last_ms, start + 4 * minute_ms + 59'999);
}

// Clients come and go while another thread reads: never one that did not fail, never two alike.
TEST(Affected, IsReadWhileItIsWritten) {
    AffectedCells cells;
    std::jthread reader([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto list = cells.read().list;
            for (const auto& client : list.clients) {
                ASSERT_TRUE(client.name.starts_with("10.0.")) << client.name;
                ASSERT_GT(client.failed, 0);
            }
            ASSERT_LE(list.listed_failed(), list.failed);
        }
    });
    for (std::uint32_t i = 0; i < 200'000; ++i)
        cells.add(address(i % 3'000), hash_of(i % 3'000), start + i / 50'000 * minute_ms);
    reader.request_stop();
    reader.join();
    EXPECT_EQ(cells.read().list.failed, 50'000);
}

TEST(Affected, NamesOfClients) {
    const auto name = [](const char* ip) { return client_name(client_key(*parse_ip(ip))); };
    EXPECT_EQ(name("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(name("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

}  // namespace
}  // namespace sg::gateway
