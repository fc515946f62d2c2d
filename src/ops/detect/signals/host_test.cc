// Recorded texts of the kernel, and what they mean.
#include "ops/detect/signals/host.h"

#include <gtest/gtest.h>

namespace sg::signals {
namespace {

constexpr const char* stat_before =
    "cpu  1000 50 300 8000 200 10 40 0 500 0\n"
    "cpu0 500 25 150 4000 100 5 20 0 250 0\n"
    "cpu1 500 25 150 4000 100 5 20 0 250 0\n"
    "intr 1 2 3\nctxt 99\nbtime 1700000000\n";
constexpr const char* stat_after =
    "cpu  1060 50 330 8090 210 10 50 0 500 0\n"
    "cpu0 530 25 165 4045 105 5 25 0 250 0\n"
    "cpu1 530 25 165 4045 105 5 25 0 250 0\n";
constexpr const char* meminfo =
    "MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB\n"
    "Buffers:           10000 kB\n";
constexpr const char* net_dev_before =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n"
    "    lo: 9000000   10    0    0    0     0          0         0  9000000   10    0    0    0 "
    "    0       0          0\n"
    "  eth0: 1000000   10    0    0    0     0          0         0  2000000   10    0    0    0 "
    "    0       0          0\n";
constexpr const char* net_dev_after =
    "    lo: 999000000  10    0    0    0     0          0         0  999000000  10    0    0 0 0 "
    "0 0\n"
    "  eth0: 26000000   10    0    0    0     0          0         0  14500000   10    0    0 0 0 "
    "0 0\n"
    "  wlan0: 26000000   10    0    0    0     0          0         0  14500000   10    0    0 0 0 "
    "0 0\n";

ports::MachineText before() {
    return {.at = {1'000'000'000},
            .stat = stat_before,
            .meminfo = meminfo,
            .net_dev = net_dev_before,
            .speeds = {{"eth0", "1000\n"}, {"lo", ""}},
            .file_systems = {{"/var", {60, 40}}, {"/data", {900, 100}}, {"/odd", {0, 0}}}};
}

ports::MachineText after() {
    auto text = before();
    text.at = {2'000'000'000};
    text.stat = stat_after;
    text.net_dev = net_dev_after;
    return text;
}

TEST(Host, shares_of_the_machine) {
    HostMeter meter;
    const auto first = meter.look(before());
    EXPECT_EQ(first.cpu, -1);
    EXPECT_EQ(first.network, -1);
    EXPECT_DOUBLE_EQ(first.memory, 0.75);
    EXPECT_DOUBLE_EQ(first.disk, 0.9);
    EXPECT_EQ(first.disk_free_bytes, 100);
    const auto second = meter.look(after());
    EXPECT_DOUBLE_EQ(second.cpu, 0.5);      // 100 of 200 ticks; 10 waited for a disk.
    EXPECT_DOUBLE_EQ(second.network, 0.2);  // 25 MB in a second of 1 Gbit/s.
}

TEST(Host, the_file_may_say_how_fast_the_network_is) {
    HostMeter meter(4e8);
    meter.look(before());
    EXPECT_DOUBLE_EQ(meter.look(after()).network, 0.5);
    HostMeter nobody_knows;
    auto text = before();
    text.speeds["eth0"] = "-1\n";
    nobody_knows.look(text);
    text = after();
    text.speeds["eth0"] = "-1\n";
    EXPECT_EQ(nobody_knows.look(text).network, -1);
}

TEST(Host, within_the_limits_of_our_group) {
    auto text = before();
    text.cpu_max = "50000 100000\n";
    text.cpu_stat = "usage_usec 1000000\nuser_usec 900000\n";
    text.memory_max = "1048576000\n";
    text.memory_current = "734003200\n";
    text.memory_stat = "anon 1\ninactive_file 209715200\n";
    HostMeter meter;
    EXPECT_DOUBLE_EQ(meter.look(text).memory, 0.5);
    text.at = {2'000'000'000};
    text.cpu_stat = "usage_usec 1250000\n";
    EXPECT_DOUBLE_EQ(meter.look(text).cpu, 0.5);  // A quarter of a core, of half a core.
    text.at = {3'000'000'000};
    text.cpu_max = "max 100000\n";
    text.memory_max = "max\n";
    text.stat = stat_after;
    const auto unlimited = meter.look(text);
    EXPECT_DOUBLE_EQ(unlimited.cpu, 0.5);
    EXPECT_DOUBLE_EQ(unlimited.memory, 0.75);
}

TEST(Host, texts_that_say_nothing_give_nothing) {
    EXPECT_FALSE(parse_stat(""));
    EXPECT_FALSE(parse_stat("cpu\ncpu0 1\n"));
    EXPECT_FALSE(parse_meminfo("MemFree: 1 kB\n"));
    EXPECT_TRUE(parse_net_dev("eth0: 1 2 3\n:\n").empty());
    HostMeter meter;
    meter.look({.at = {1}});
    const auto level = meter.look({.at = {2}});
    for (const auto share : {level.cpu, level.memory, level.disk, level.network})
        EXPECT_EQ(share, -1);
}

TEST(Host, a_counter_that_began_anew_is_unknown) {
    HostMeter meter;
    auto text = after();
    text.at = {1};
    meter.look(text);
    text = before();
    const auto level = meter.look(text);
    EXPECT_EQ(level.cpu, -1);
    EXPECT_EQ(level.network, -1);
}

TEST(Host, services_add_up_their_processes) {
    HostMeter meter;
    meter.look(before());
    EXPECT_EQ(meter
                  .services({.at = {5'000'000'000},
                             .processes = {{"catalog", 1, 10s, 819'200'000},
                                           {"catalog", 2, 20s, 819'200'000},
                                           {"live", 3, 1s, 0}}})
                  .at("catalog")
                  .cpu,
              -1);
    const auto levels = meter.services({.at = {6'000'000'000},
                                        .processes = {{"catalog", 1, 10s + 500ms, 819'200'000},
                                                      {"catalog", 9, 250ms, 819'200'000},
                                                      {"live", 3, 1s, 0}}});
    EXPECT_DOUBLE_EQ(levels.at("catalog").cpu, 0.375);  // 0.75 s of the second of two cores.
    EXPECT_DOUBLE_EQ(levels.at("catalog").memory, 0.2);
    EXPECT_EQ(levels.at("live").cpu, 0);
}

}  // namespace
}  // namespace sg::signals
