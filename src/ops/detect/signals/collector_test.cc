// Pulling, watching and collecting, against gateways, probes and a machine that the test plays.
#include "ops/detect/signals/collector.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "telemetry/encode.h"

namespace sg::signals {
namespace {

using ports::http::Done;
using ports::http::Request;
using ports::http::Response;

constexpr Instant epoch{1'780'000'000'000'000'000};

telemetry::Snapshot gateway_after(int requests) {
    telemetry::Snapshot snapshot{.gateway = "g", .started_at = epoch, .taken_at = epoch + 1s};
    snapshot.sequence = static_cast<std::uint64_t>(requests) + 1;
    snapshot.endings = {{"ok", "-", "none"}};
    snapshot.services = {"catalog"};
    snapshot.requests = {{.service = 0, .ending = 0}};
    snapshot.requests[0].duration.counts[0] = static_cast<std::uint64_t>(requests);
    return snapshot;
}

// Answers when the test says so; by socket or by URL.
class Exchanges final : public ports::http::Exchanges {
  public:
    void start(Request request, Done done) override {
        const auto to = request.unix_socket.empty() ? request.url : request.unix_socket;
        asked.push_back({to, std::move(request), std::move(done)});
    }
    void run(Tick) override {
        auto waiting = std::exchange(asked, {});
        for (auto& one : waiting) {
            const auto answer = answers.find(one.to);
            if (answer == answers.end()) asked.push_back(std::move(one));
            else one.done(answer->second());
        }
    }
    std::size_t under_way() const override { return asked.size(); }
    void wake() override {}

    struct Asked {
        std::string to;
        Request request;
        Done done;
    };
    std::vector<Asked> asked;
    std::map<std::string, std::function<Result<Response>()>> answers;
};

Result<Response> answer_of(const telemetry::Snapshot& snapshot) {
    return Response{.status = 200, .body = telemetry::encode(snapshot)};
}

TEST(Pull, one_that_is_slow_is_counted_later) {
    Exchanges exchanges;
    Pull pull(exchanges);
    pull.set_gateways(
        {{.name = "local", .unix_socket = "a"}, {.name = "slow", .unix_socket = "b"}});
    exchanges.answers["a"] = [] { return answer_of(gateway_after(5)); };
    const auto first = pull.second(epoch + 1s, {});
    EXPECT_EQ(first.services.at("catalog").requests, 5);
    EXPECT_FALSE(first.complete);

    EXPECT_EQ(exchanges.asked.size(), 1U);
    exchanges.answers["b"] = [] {
        auto other = gateway_after(3);
        other.gateway = "h";
        return answer_of(other);
    };
    pull.wait_for_late_answers({});
    const auto second = pull.second(epoch + 2s, {});
    EXPECT_EQ(second.services.at("catalog").requests, 3);
    EXPECT_TRUE(second.complete);
}

TEST(Pull, what_is_no_snapshot_is_a_miss) {
    Exchanges exchanges;
    Pull pull(exchanges);
    pull.set_gateways({{.name = "local", .unix_socket = "a"}});
    const std::function<Result<Response>()> bad[] = {
        [] { return Result<Response>(Response{.status = 200, .body = "<html>"}); },
        [] { return Result<Response>(Response{.status = 503}); },
        [] { return Result<Response>(fail(Errc::connection_refused)); }};
    for (const auto& answer : bad) {
        exchanges.answers["a"] = answer;
        const auto second = pull.second(epoch + 1s, {});
        EXPECT_FALSE(second.complete);
        EXPECT_FALSE(second.gateways.at(0).answers);
    }
}

TEST(Pull, those_that_leave_count_but_do_not_stand) {
    Exchanges exchanges;
    Pull pull(exchanges);
    pull.set_gateways({{.name = "local", .unix_socket = "a"}});
    pull.set_leaving({"old", "gone"});
    exchanges.answers["a"] = [] { return answer_of(gateway_after(5)); };
    exchanges.answers["old"] = [] {
        auto old = gateway_after(2);
        old.started_at = epoch - 1s;
        return answer_of(old);
    };
    exchanges.answers["gone"] = [] { return Result<Response>(fail(Errc::connection_refused)); };
    const auto second = pull.second(epoch + 1s, {});
    EXPECT_EQ(second.services.at("catalog").requests, 7);
    EXPECT_TRUE(second.complete);
    EXPECT_EQ(second.gateways.size(), 1U);
}

TEST(Pull, a_gateway_that_is_gone_from_the_file_is_not_waited_for) {
    Exchanges exchanges;
    Pull pull(exchanges);
    pull.set_gateways({{.name = "east", .host_port = "east:9", .ca = "ca.pem"}});
    EXPECT_FALSE(pull.second(epoch + 1s, {}).complete);
    EXPECT_EQ(exchanges.asked.at(0).request.url, "https://east:9/snapshot");
    EXPECT_EQ(exchanges.asked.at(0).request.ca, "ca.pem");
    EXPECT_LT(exchanges.asked.at(0).request.timeout, 1s);
    pull.set_gateways({});
    exchanges.answers["https://east:9/snapshot"] = [] { return answer_of(gateway_after(1)); };
    const auto second = pull.second(epoch + 2s, {});
    EXPECT_TRUE(second.complete);
    EXPECT_TRUE(second.services.empty());
    EXPECT_TRUE(second.gateways.empty());
}

class Prober final : public ports::Prober {
  public:
    Result<void> look(const ports::ProbeTarget& target, Instant) const override {
        if (target.target == "ill") return fail(Errc::timed_out, "no answer in time");
        return {};
    }
};

class Promql final : public ports::Promql {
  public:
    Result<std::vector<ports::PromqlSample>> ask(const std::string&, const std::string& expression,
                                                 Duration) const override {
        if (expression == "bad") return fail(Errc::invalid_argument);
        return std::vector<ports::PromqlSample>{{{{"job", "a"}}, 7}};
    }
};

class Machine final : public ports::Machine {
  public:
    ports::MachineText look() override {
        return {.at = steady_now(), .meminfo = "MemTotal: 100 kB\nMemAvailable: 40 kB\n"};
    }
};

class Services final : public ports::UseOfServices {
  public:
    Result<ports::ServiceUse> look() override {
        return ports::ServiceUse{.at = steady_now(), .processes = {{"catalog", 1, 1s, 20'480}}};
    }
};

struct World {
    Exchanges exchanges;
    Prober prober;
    Promql promql;
    Machine machine;
    Services services;
};

config::Config sample_config() {
    config::Config config;
    config.operations.probes["front"] = {.name = "front", .url = "well", .service = "catalog"};
    config.operations.needs["db"] = {.name = "db", .target = "ill"};
    config.operations.ops.prometheus = "http://prometheus";
    config.operations.alerts["queue"] = {.name = "queue", .promql = "sum(queue)"};
    config.operations.alerts["odd"] = {.name = "odd", .promql = "bad"};
    return config;
}

// Waits until `condition` holds for a second that is told.
class Told {
  public:
    void operator()(const Second& second) {
        const std::scoped_lock lock(mutex_);
        seconds_.push_back(second);
        changed_.notify_all();
    }
    Second wait_for(const std::function<bool(const Second&)>& condition) {
        std::unique_lock lock(mutex_);
        for (;;) {
            for (const auto& second : seconds_)
                if (condition(second)) return second;
            changed_.wait(lock);
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Second> seconds_;
};

TEST(Collector, tells_what_everybody_says) {
    const auto file = ::testing::TempDir() + "collector.db";
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end);
    World world;
    world.exchanges.answers["a"] = [] { return answer_of(gateway_after(5)); };
    {
        Told told;
        Collector collector(
            {world.exchanges, world.prober, world.promql, world.machine, world.services}, file);
        collector.start(setup_of(sample_config(), "a"), std::ref(told));
        const auto second = told.wait_for([](const Second& s) {
            return !s.probes.empty() && !s.needs.empty() && !s.outside.empty() &&
                   s.resources.contains("service:catalog");
        });
        EXPECT_EQ(second.at.ns % 1'000'000'000, 0);
        EXPECT_EQ(second.probes.at("front").health, Health::well);
        EXPECT_EQ(second.needs.at("db").health, Health::ill);
        EXPECT_EQ(second.needs.at("db").what, "no answer in time");
        EXPECT_EQ(second.outside.at("sum(queue)").at(0).value, 7);
        EXPECT_FALSE(second.outside.contains("bad"));
        EXPECT_DOUBLE_EQ(second.resources.at("host").memory, 0.6);
        EXPECT_DOUBLE_EQ(second.resources.at("service:catalog").memory, 0.2);
        const auto& past = collector.history();
        EXPECT_EQ(past.service("catalog", second.at - 10min, second.at).requests, 5);
        EXPECT_GE(past.probes("catalog", second.at - 10min, second.at).second, 1);

        config::Config other;
        collector.reconfigure(setup_of(other, "a"));
        told.wait_for([](const Second& s) { return s.needs.empty() && s.probes.empty(); });
    }
    // Another process goes on: what was counted is not counted again.
    world.exchanges.asked.clear();
    world.exchanges.answers["a"] = [] { return answer_of(gateway_after(7)); };
    Told told;
    Collector collector(
        {world.exchanges, world.prober, world.promql, world.machine, world.services}, file);
    collector.start(setup_of({}, "a"), std::ref(told));
    const auto second =
        told.wait_for([](const Second& s) { return s.services.contains("catalog"); });
    EXPECT_EQ(second.services.at("catalog").requests, 2);
    EXPECT_EQ(collector.history().service("catalog", second.at - 10min, second.at).requests, 7);
    collector.stop();
    EXPECT_EQ(collector.stored().trouble, "");
}

}  // namespace
}  // namespace sg::signals
