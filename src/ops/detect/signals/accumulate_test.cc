// Snapshots in, seconds out: every request in exactly one second, whatever happens to the pulls.
#include "ops/detect/signals/accumulate.h"

#include <gtest/gtest.h>

#include <random>

#include "telemetry/encode.h"
#include "telemetry/sample_snapshot.h"

namespace sg::signals {
namespace {

using telemetry::Snapshot;

constexpr Instant epoch{1'780'000'000'000'000'000};

// A gateway with two versions of one service, whose counts the test turns up.
struct Gateway {
    explicit Gateway(std::string identity, Instant started_at = epoch) {
        snapshot.gateway = std::move(identity);
        snapshot.started_at = started_at;
        snapshot.taken_at = started_at;
        snapshot.endings = {{"ok", "-", "none"},
                            {"upstream_status", "-", "upstream"},
                            {"no_route", "-", "client"},
                            {"overloaded", "-", "us"}};
        snapshot.routes = {"shop"};
        snapshot.services = {"catalog"};
        snapshot.versions = {{0, "v1"}, {0, "v2"}};
        snapshot.workers = {{}, {}};
    }

    void end(std::uint16_t version, std::uint8_t ending, int times, std::uint64_t ns = 1'000'000) {
        telemetry::RequestRow& row = request_row(version, ending);
        telemetry::FlowRow& flow = flow_row(version);
        for (int i = 0; i < times; ++i) {
            ++row.duration.counts[telemetry::bound_of(ns)];
            row.bytes_out += 10;
            if (ending > 1) continue;
            flow.duration.record(ns);
            flow.duration_within += ns <= 200'000'000 ? 1 : 0;
        }
    }
    const Snapshot& take(Duration after) {
        ++snapshot.sequence;
        snapshot.taken_at = snapshot.started_at + after;
        return snapshot;
    }

    Snapshot snapshot;

  private:
    telemetry::RequestRow& request_row(std::uint16_t version, std::uint8_t ending) {
        for (auto& row : snapshot.requests)
            if (row.version == version && row.ending == ending) return row;
        const std::uint16_t service = ending == 2 ? telemetry::unknown : 0;
        return snapshot.requests.emplace_back(telemetry::RequestRow{
            .route = service, .service = service, .version = version, .ending = ending});
    }
    telemetry::FlowRow& flow_row(std::uint16_t version) {
        for (auto& row : snapshot.flows)
            if (row.version == version) return row;
        return snapshot.flows.emplace_back(
            telemetry::FlowRow{.route = 0, .service = 0, .version = version});
    }
};

TEST(Accumulator, counts_by_blame) {
    Gateway gateway("a");
    Accumulator seconds;
    gateway.end(0, 0, 7);
    gateway.end(1, 1, 2, 300'000'000);
    gateway.end(telemetry::unknown, 2, 4);
    gateway.end(0, 3, 1);
    seconds.hear("local", gateway.take(1s), epoch + 1s);
    const auto second = seconds.close(epoch + 1s);

    const auto& catalog = second.services.at("catalog");
    EXPECT_EQ(catalog.requests, 10);
    EXPECT_EQ(catalog.failed, 3);
    EXPECT_EQ(catalog.client_errors, 0);
    EXPECT_EQ(catalog.timed, 9);
    EXPECT_EQ(catalog.within, 7);
    EXPECT_EQ(catalog.bytes_out, 100);
    EXPECT_EQ(catalog.duration.count(), 9U);
    EXPECT_EQ(second.versions.at("catalog/v1").requests, 8);
    EXPECT_EQ(second.versions.at("catalog/v2").failed, 2);
    EXPECT_EQ(second.routes.at("shop").requests, 10);
    EXPECT_EQ(second.routes.at("-").client_errors, 4);
    EXPECT_EQ(second.endings.at("catalog").at("upstream_status"), 2);
    EXPECT_EQ(second.endings.at("-").at("no_route"), 4);
    EXPECT_EQ(second.services.size(), 1U);
    EXPECT_TRUE(second.complete);
}

TEST(Accumulator, only_what_is_new_counts) {
    Gateway gateway("a");
    Accumulator seconds;
    gateway.end(0, 0, 7);
    seconds.hear("local", gateway.take(1s), epoch + 1s);
    seconds.close(epoch + 1s);
    gateway.end(0, 0, 5);
    seconds.hear("local", gateway.take(2s), epoch + 2s);
    const auto second = seconds.close(epoch + 2s);
    EXPECT_EQ(second.services.at("catalog").requests, 5);
    EXPECT_EQ(second.services.at("catalog").duration.count(), 5U);
    EXPECT_FALSE(second.versions.contains("catalog/v2"));
    EXPECT_EQ(second.span, 1s);
    seconds.hear("local", gateway.take(3s), epoch + 3s);
    EXPECT_TRUE(seconds.close(epoch + 3s).services.empty());
}

TEST(Accumulator, a_missed_pull_costs_resolution_only) {
    Gateway gateway("a");
    Accumulator seconds;
    gateway.end(0, 0, 1);
    seconds.hear("local", gateway.take(1s), epoch + 1s);
    seconds.close(epoch + 1s);
    gateway.end(0, 0, 5);
    seconds.miss("local");
    const auto missed = seconds.close(epoch + 2s);
    EXPECT_FALSE(missed.complete);
    EXPECT_TRUE(missed.services.empty());
    ASSERT_EQ(missed.gateways.size(), 1U);
    EXPECT_FALSE(missed.gateways[0].answers);
    EXPECT_EQ(missed.gateways[0].heard_at, epoch + 1s);
    gateway.end(0, 0, 2);
    seconds.hear("local", gateway.take(3s), epoch + 3s);
    const auto second = seconds.close(epoch + 3s);
    EXPECT_TRUE(second.complete);
    EXPECT_EQ(second.services.at("catalog").requests, 7);
}

TEST(Accumulator, a_restarted_gateway_counts_anew) {
    Gateway before("a");
    Accumulator seconds;
    before.end(0, 0, 100);
    seconds.hear("local", before.take(1s), epoch + 1s);
    seconds.close(epoch + 1s);
    Gateway after("a", epoch + 2s);
    after.end(0, 0, 3);
    seconds.hear("local", after.take(10min), epoch + 3s);
    EXPECT_EQ(seconds.close(epoch + 3s).services.at("catalog").requests, 3);
    // What its draining predecessor still ends counts too, when it is pulled as well.
    before.end(0, 0, 4);
    seconds.hear("local", before.take(3s), epoch + 4s);
    EXPECT_EQ(seconds.close(epoch + 4s).services.at("catalog").requests, 4);
}

TEST(Accumulator, gateways_are_merged_by_identity) {
    Gateway a("a"), b("b");
    Accumulator seconds;
    a.end(0, 0, 1);
    b.end(0, 0, 2);
    seconds.hear("local", a.take(1s), epoch + 1s);
    seconds.hear("east", b.take(1s), epoch + 1s);
    seconds.hear("also local", a.snapshot, epoch + 1s);  // The same answer by another way.
    const auto second = seconds.close(epoch + 1s);
    EXPECT_EQ(second.services.at("catalog").requests, 3);
    EXPECT_EQ(second.gateways.size(), 2U);
}

TEST(Accumulator, what_an_old_gateway_counted_before_us_was_nobodys_second) {
    Gateway old("a");
    Accumulator seconds;
    old.end(0, 0, 1'000'000);
    seconds.hear("local", old.take(72h), epoch + 72h);
    EXPECT_TRUE(seconds.close(epoch + 72h).services.empty());
    old.end(0, 0, 2);
    seconds.hear("local", old.take(72h + 1s), epoch + 72h + 1s);
    EXPECT_EQ(seconds.close(epoch + 72h + 1s).services.at("catalog").requests, 2);
}

TEST(Accumulator, goes_on_where_an_earlier_process_stopped) {
    Gateway gateway("a");
    Accumulator::Known known;
    {
        Accumulator seconds;
        gateway.end(0, 0, 50);
        seconds.hear("local", gateway.take(1s), epoch + 1s);
        seconds.close(epoch + 1s);
        for (const auto& heard : seconds.known()) {
            auto read = unpack_heard(pack(*heard));
            ASSERT_TRUE(read);
            known.push_back(std::make_shared<const Heard>(*read));
        }
    }
    gateway.end(0, 0, 9);
    Accumulator seconds;
    seconds.restore(known);
    seconds.hear("local", gateway.take(1h), epoch + 1h);
    const auto second = seconds.close(epoch + 1h);
    EXPECT_EQ(second.services.at("catalog").requests, 9);
    EXPECT_EQ(second.span, 1h - 1s);
}

TEST(Accumulator, a_name_that_counts_anew_is_not_negative) {
    Gateway gateway("a");
    Accumulator seconds;
    gateway.end(0, 0, 50);
    seconds.hear("local", gateway.take(1s), epoch + 1s);
    seconds.close(epoch + 1s);
    gateway.snapshot.requests.clear();
    gateway.snapshot.flows.clear();
    gateway.end(0, 0, 4);
    seconds.hear("local", gateway.take(2s), epoch + 2s);
    const auto second = seconds.close(epoch + 2s);
    EXPECT_EQ(second.services.at("catalog").requests, 4);
    EXPECT_EQ(second.endings.at("catalog").at("ok"), 4);
}

TEST(Accumulator, knows_an_endpoint_once_and_well_if_any_gateway_reaches_it) {
    Gateway a("a"), b("b");
    for (auto* gateway : {&a, &b}) {
        gateway->snapshot.endpoints = {{0, "10.0.0.1:80"}, {0, "10.0.0.2:80"}, {1, "10.0.0.3:80"}};
        gateway->snapshot.endpoint_rows = {{.endpoint = 0, .health = telemetry::Health::healthy},
                                           {.endpoint = 1, .health = telemetry::Health::unhealthy},
                                           {.endpoint = 2, .ejected_by = 2}};
    }
    b.snapshot.endpoint_rows[0].health = telemetry::Health::unhealthy;
    Accumulator seconds;
    seconds.hear("local", a.take(1s), epoch + 1s);
    seconds.hear("east", b.take(1s), epoch + 1s);
    const auto second = seconds.close(epoch + 1s);
    EXPECT_EQ(second.endpoints.at("catalog"), std::pair(std::int64_t{3}, std::int64_t{1}));
    EXPECT_EQ(second.gateways[1].endpoints_healthy, 1);
    EXPECT_EQ(second.gateways[0].endpoints_healthy, 0);
}

TEST(Accumulator, shares_the_processor_among_the_workers) {
    Gateway gateway("a");
    Accumulator seconds;
    seconds.hear("local", gateway.take(1s), epoch + 1s);
    EXPECT_TRUE(seconds.close(epoch + 1s).resources.empty());
    gateway.snapshot.process.cpu_ns = 500'000'000;
    seconds.hear("local", gateway.take(2s), epoch + 2s);
    EXPECT_DOUBLE_EQ(seconds.close(epoch + 2s).resources.at("gateway:local").cpu, 0.25);
}

TEST(Accumulator, takes_the_wire_form_and_indexes_that_lead_nowhere) {
    auto snapshot = telemetry::sample_snapshot();
    snapshot.started_at = snapshot.taken_at - 1s;
    snapshot.requests.push_back({.route = 900, .service = 901, .version = 902, .ending = 200});
    snapshot.requests.back().duration.counts[0] = 1;
    snapshot.endpoint_rows.push_back({.endpoint = 999});
    const auto read = telemetry::decode(telemetry::encode(snapshot));
    ASSERT_TRUE(read);
    Accumulator seconds;
    seconds.hear("local", *read, read->taken_at);
    const auto second = seconds.close(read->taken_at);
    EXPECT_EQ(second.endings.at("-").at("-"), 1);
}

// Many gateways, pulls missed and out of order, restarts of either side: the sum is what happened.
TEST(Accumulator, loses_and_doubles_nothing) {
    std::mt19937_64 random(3);
    std::vector<Gateway> gateways;
    for (const auto* identity : {"a", "b", "c"}) gateways.emplace_back(identity);
    Accumulator seconds;
    Accumulator::Known written;
    Flow total;
    std::int64_t ended = 0, unwritten = 0;
    Instant now = epoch;
    for (int round = 0; round < 2000; ++round) {
        now = now + 1s;
        for (std::size_t i = 0; i < gateways.size(); ++i) {
            auto& gateway = gateways[i];
            const int times = static_cast<int>(random() % 5);
            gateway.end(random() % 2, random() % 2, times, 1 + random() % 1'000'000'000);
            ended += times;
            const bool last = round > 1990;
            if (!last && random() % 4 == 0) seconds.miss(std::to_string(i));
            else
                seconds.hear(std::to_string(i), gateway.take(now - gateway.snapshot.started_at),
                             now);
            const bool unwritten_only = round > 770 && round <= 777;
            if (!last && !unwritten_only && random() % 50 == 0) {  // Just after it was pulled.
                seconds.hear(std::to_string(i), gateway.take(now - gateway.snapshot.started_at),
                             now);
                gateway = Gateway(gateway.snapshot.gateway, now);
            }
        }
        const auto second = seconds.close(now);
        if (second.services.contains("catalog")) {
            total += second.services.at("catalog");
            unwritten += second.services.at("catalog").requests;
        }
        if (round % 10 == 0) {
            written = seconds.known();
            unwritten = 0;
        }
        if (round == 777) {  // We crash: what was not written comes again.
            total.requests -= unwritten;
            seconds = {};
            seconds.restore(written);
        }
    }
    EXPECT_EQ(total.requests, ended);
}

TEST(Heard, damaged_bytes_are_an_error) {
    Heard heard{.gateway = "g"};
    heard.totals.services["catalog"].duration.record(77);
    const auto bytes = pack(heard);
    EXPECT_TRUE(unpack_heard(bytes));
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_FALSE(unpack_heard(std::string_view(bytes).substr(0, length)));
    EXPECT_FALSE(unpack_heard(bytes + "x"));
}

}  // namespace
}  // namespace sg::signals
