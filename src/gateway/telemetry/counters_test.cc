// What is counted, seen through the snapshot that readers get.
#include "gateway/telemetry/counters.h"

#include <gtest/gtest.h>

#include <thread>

#include "gateway/telemetry/collect.h"
#include "gateway/telemetry/sample_account.h"
#include "telemetry/encode.h"

namespace sg::gateway {
namespace {

struct CountersTest : testing::Test {
    Registry registry{telemetry::SketchKey{1, 2}};
    SampleNames names = add_sample_names(registry);
    WorkerCounters first{registry, 0};
    WorkerCounters second{registry, 1};
    Collector collector{registry, "here", "0.1.0", Instant{1'795'000'000'000'000'000}};

    void SetUp() override {
        collector.add(first);
        collector.add(second);
    }
    telemetry::Snapshot collect() { return collector.collect({1'795'414'952'000'000'000}, {}); }
};

TEST_F(CountersTest, WorkersAddUpIntoOneRow) {
    const auto a = sample_account(names);
    account(first, a);
    account(first, a);
    account(second, a);
    const auto snapshot = collect();
    ASSERT_EQ(snapshot.requests.size(), 1U);
    const auto& row = snapshot.requests[0];
    EXPECT_EQ(row.route, names.route);
    EXPECT_EQ(row.service, names.service);
    EXPECT_EQ(row.version, names.version);
    EXPECT_EQ(row.status, 200);
    EXPECT_EQ(snapshot.methods[row.method], "GET");
    EXPECT_EQ(snapshot.endings[row.ending].name, "ok");
    EXPECT_EQ(row.duration.count(), 3U);
    EXPECT_EQ(row.duration.counts[2], 3U);  // 12.3 ms: above 10 ms, at most 25 ms.
    EXPECT_EQ(row.duration.sum_ns, 3 * 12'345'678U);
    EXPECT_EQ(row.bytes_out, 3 * 4096U);
    EXPECT_EQ(snapshot.sequence, 1U);
    EXPECT_EQ(collect().sequence, 2U);
}

TEST_F(CountersTest, AttemptsGoToTheirEndpoints) {
    account(first, sample_account(names));
    const auto snapshot = collect();
    ASSERT_EQ(snapshot.attempts.size(), 2U);
    EXPECT_EQ(snapshot.endings[snapshot.attempts[0].ending].name, "upstream_refused");
    EXPECT_EQ(snapshot.attempts[0].duration.sum_ns, 900'000U);     // To the second attempt.
    EXPECT_EQ(snapshot.attempts[1].duration.sum_ns, 11'345'678U);  // To the end.
    ASSERT_EQ(snapshot.endpoint_rows.size(), 2U);
    EXPECT_EQ(snapshot.endpoint_rows[0].connect_failures, 1U);
    EXPECT_EQ(snapshot.endpoint_rows[1].connects, 1U);
    EXPECT_EQ(snapshot.endpoint_rows[1].connect_sum_ns, 500'000U);
    EXPECT_EQ(snapshot.endpoint_rows[1].first_byte.count(), 1U);
    EXPECT_EQ(snapshot.service_rows[0].retries, 1U);
}

TEST_F(CountersTest, ObjectivesAreCountedExactly) {
    auto a = sample_account(names);
    a.first_byte_ns = 1'000'000;
    for (const std::int64_t ms : {50, 199, 200, 201, 5'000}) {
        a.duration_ns = ms * 1'000'000;
        account(first, a);
    }
    const auto flow = collect().flows.at(0);
    EXPECT_EQ(flow.objective_ns, 200'000'000U);
    EXPECT_EQ(flow.duration.count(), 5U);
    EXPECT_EQ(flow.duration_within, 3U);
    EXPECT_EQ(flow.first_byte_within, 5U);
}

TEST_F(CountersTest, AChangedObjectiveStartsANewRow) {
    const auto a = sample_account(names);
    account(first, a);
    registry.set_objective(names.service, 10ms);
    account(first, a);
    account(first, a);
    const auto flows = collect().flows;
    ASSERT_EQ(flows.size(), 2U);
    EXPECT_EQ(flows[0].objective_ns, 10'000'000U);
    EXPECT_EQ(flows[0].duration.count(), 2U);
    EXPECT_EQ(flows[0].duration_within, 0U);
    EXPECT_EQ(flows[1].duration_within, 1U);
}

TEST_F(CountersTest, ErrorsAndTunnelsDoNotLookFast) {
    auto a = sample_account(names);
    a.duration_ns = 1'000;
    a.ending = Ending::upstream_refused;
    account(first, a);
    a.ending = Ending::tunnel_closed;
    a.tunnel = true;
    account(first, a);
    // A client that waited beyond the objective for nothing counts as slow; one that left early
    // says nothing.
    a.tunnel = false;
    a.ending = Ending::client_gone;
    a.first_byte_ns = 0;
    account(first, a);
    a.duration_ns = 3'000'000'000;
    account(first, a);
    const auto flow = collect().flows.at(0);
    EXPECT_EQ(flow.tunnels, 1U);
    EXPECT_EQ(flow.duration.count(), 1U);
    EXPECT_EQ(flow.duration_within, 0U);
    EXPECT_EQ(flow.first_byte_within, 0U);
}

TEST_F(CountersTest, DistinctClientsAndThoseAffected) {
    auto a = sample_account(names);
    for (int i = 0; i < 200; ++i) {
        a.client = parse_ip("10.1.0." + std::to_string(i)).value();
        a.ending = i < 20 ? Ending::upstream_timeout : Ending::ok;
        account(i % 2 == 0 ? first : second, a);
        account(first, a);
    }
    a.client = parse_ip("10.2.0.1").value();
    a.ending = Ending::request_malformed;
    a.status = 400;
    account(first, a);
    const auto row = collect().service_rows.at(0);
    EXPECT_NEAR(row.clients.estimate(), 201, 201 * 0.15);
    EXPECT_NEAR(row.clients_affected.estimate(), 20, 3);
    ASSERT_EQ(row.minutes.size(), 1U);
    EXPECT_EQ(row.minutes[0].seen, row.clients);
}

TEST_F(CountersTest, WhoWasAffectedIsListedOverAllWorkers) {
    auto a = sample_account(names);
    a.started_at = {60'000'000'000LL * 1'000};
    a.duration_ns = 0;
    a.ending = Ending::upstream_timeout;
    for (int i = 0; i < 30; ++i) {
        a.client = parse_ip("10.1.0." + std::to_string(i % 3)).value();
        a.started_at = a.started_at + 1s;
        account(i % 2 == 0 ? first : second, a);
    }
    a.ending = Ending::ok;
    a.client = parse_ip("10.1.0.9").value();
    account(first, a);  // Succeeds: not affected.
    a.ending = Ending::request_malformed;
    a.status = 400;
    account(first, a);  // Its own fault.
    const auto row = collect().service_rows.at(0);
    ASSERT_EQ(row.minutes.size(), 1U);
    const auto& list = row.minutes[0].listed;
    EXPECT_EQ(list.failed, 30);
    EXPECT_TRUE(list.is_complete());
    ASSERT_EQ(list.clients.size(), 3U);
    EXPECT_EQ(list.clients[0], (telemetry::AffectedClient{.name = "10.1.0.0",
                                                          .failed = 10,
                                                          .first_ms = 60'000LL * 1'000 + 1'000,
                                                          .last_ms = 60'000LL * 1'000 + 28'000}));
}

TEST_F(CountersTest, AServerErrorAffectsWhateverItsBlame) {
    auto a = sample_account(names);
    a.status = 500;
    account(first, a);
    EXPECT_EQ(collect().service_rows.at(0).minutes.at(0).listed.failed, 1);
}

TEST_F(CountersTest, ASubscriberIsOneClientInAllOfItsAddresses) {
    auto a = sample_account(names);
    for (int i = 0; i < 100; ++i) {
        a.client = parse_ip("2001:db8:1:2::" + std::to_string(i + 1)).value();
        account(first, a);
    }
    EXPECT_NEAR(collect().service_rows.at(0).clients.estimate(), 1, 0.2);
    a.ending = Ending::upstream_timeout;
    account(first, a);
    a.client = parse_ip("2001:db8:1:2::ffff").value();
    account(first, a);
    const auto list = collect().service_rows.at(0).minutes.at(0).listed;
    ASSERT_EQ(list.clients.size(), 1U);
    EXPECT_EQ(list.clients[0].name, "2001:db8:1:2::/64");
    EXPECT_EQ(list.clients[0].failed, 2);
}

TEST_F(CountersTest, MinutesOfClientsGoRound) {
    auto a = sample_account(names);
    a.started_at = {60'000'000'000LL * 1'000};
    for (int minute = 0; minute < 6; ++minute) {
        account(first, a);
        a.started_at = a.started_at + 1min;
    }
    a.started_at = {60'000'000'000LL * 1'001};  // The wall clock went back: nothing newer is wiped.
    account(first, a);
    const auto row = collect().service_rows.at(0);
    ASSERT_EQ(row.minutes.size(), ServiceCells::minutes_kept);
    EXPECT_EQ(row.minutes.front().minute, 1'005);
    EXPECT_EQ(row.minutes.back().minute, 1'002);
    for (const auto& minute : row.minutes) EXPECT_NEAR(minute.seen.estimate(), 1, 0.2);
}

TEST_F(CountersTest, RequestsWithoutARouteCountToo) {
    Account a;
    a.ending = Ending::request_malformed;
    a.status = 400;
    account(first, a);
    const auto snapshot = collect();
    ASSERT_EQ(snapshot.requests.size(), 1U);
    EXPECT_EQ(snapshot.requests[0].route, telemetry::unknown);
    EXPECT_TRUE(snapshot.flows.empty());
    EXPECT_TRUE(snapshot.service_rows.empty());
}

TEST_F(CountersTest, FullTablesLoseNamesButNeverRequests) {
    auto a = sample_account(names);
    a.attempts = 0;
    const std::uint64_t requests = WorkerCounters::request_rows_max + 500;
    for (std::uint64_t i = 0; i < requests; ++i) {
        a.status = static_cast<std::uint16_t>(i % 60'000);
        account(first, a);
    }
    const auto snapshot = collect();
    std::uint64_t total = 0;
    for (const auto& row : snapshot.requests) total += row.duration.count();
    EXPECT_EQ(total, requests);
    EXPECT_EQ(snapshot.workers[0].rows_refused, 500U);
    EXPECT_EQ(snapshot.requests.back().route, telemetry::unknown);
    EXPECT_EQ(snapshot.requests.back().duration.count(), 500U);
}

TEST_F(CountersTest, GaugesOfRequestsConnectionsAndEndpoints) {
    first.connection_opened();
    first.connection_opened();
    first.connection_closed();
    first.tunnel_opened();
    first.request_began(http::Method::get, UrlScheme::https);
    second.request_began(http::Method::get, UrlScheme::https);
    second.request_ended(http::Method::get, UrlScheme::https);
    first.service_entered(names.service);
    first.circuit_refused(names.service);
    first.retry_refused(names.service);
    first.endpoint_entered(names.first);
    first.endpoint_connection_opened(names.first);
    first.endpoint_ejected(names.first);
    second.endpoint_ejected(names.first);
    second.endpoint_returned(names.first);
    first.endpoint_health(names.first, telemetry::Health::healthy);
    first.endpoint_health(names.first, telemetry::Health::unhealthy);
    first.endpoint_entered(Account::none);  // Unknown: nothing happens.
    first.loop_lag(30ms);
    first.loop_stalled();

    const auto snapshot = collect();
    EXPECT_EQ(snapshot.workers[0].connections, 1);
    EXPECT_EQ(snapshot.workers[0].connections_accepted, 2U);
    EXPECT_EQ(snapshot.workers[0].tunnels, 1);
    EXPECT_EQ(snapshot.workers[0].loop_stalls, 1U);
    EXPECT_EQ(snapshot.workers[0].loop_lag.counts[3], 1U);
    ASSERT_EQ(snapshot.active.size(), 1U);
    EXPECT_EQ(snapshot.active[0].requests, 1);
    EXPECT_TRUE(snapshot.active[0].https);
    EXPECT_EQ(snapshot.service_rows[0].active, 1);
    EXPECT_EQ(snapshot.service_rows[0].circuit_refused, 1U);
    EXPECT_EQ(snapshot.service_rows[0].retries_refused, 1U);
    const auto& endpoint = snapshot.endpoint_rows.at(0);
    EXPECT_EQ(endpoint.ejections, 2U);
    EXPECT_EQ(endpoint.ejected_by, 1U);
    EXPECT_EQ(endpoint.health, telemetry::Health::unhealthy);
    EXPECT_EQ(endpoint.health_changes, 1U);
    EXPECT_EQ(endpoint.connections, 1);
    EXPECT_GT(snapshot.process.resident_bytes, 0U);
    EXPECT_GT(snapshot.process.open_files, 2U);
}

TEST_F(CountersTest, IsReadWhileItCounts) {
    std::jthread reader([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) ASSERT_TRUE(telemetry::decode(encode(collect())));
    });
    auto a = sample_account(names);
    for (int i = 0; i < 20'000; ++i) {
        a.status = static_cast<std::uint16_t>(200 + i % 300);
        a.duration_ns = i * 1'000;
        account(first, a);
    }
    reader.request_stop();
    reader.join();
    std::uint64_t total = 0;
    for (const auto& row : collect().requests) total += row.duration.count();
    EXPECT_EQ(total, 20'000U);
}

}  // namespace
}  // namespace sg::gateway
