// A service, its endpoints and a gateway's workers in virtual time, for tests: what clients see
// while endpoints fail and heal. The proxy modelled here does what proxy.cc does with a
// ServicePolicy, and nothing else.
#pragma once

#include <algorithm>
#include <compare>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/time.h"
#include "gateway/upstream/health_state.h"
#include "gateway/upstream/policy.h"

namespace sg::gateway::upstream::simulation {

enum class Mode : std::uint8_t {
    fine,
    hangs,    // Takes requests and forgets them, also those it has.
    stopped,  // SIGSTOP: answers what it has when it is continued.
    resets,
    answers_500,
    refuses
};

class Timeline {
  public:
    Tick now{1'000'000'000};

    void at(Tick when, std::function<void()> what) {
        events_.push_back({when, ++sequence_, std::move(what)});
        std::ranges::push_heap(events_);
    }
    void after(Duration wait, std::function<void()> what) { at(now + wait, std::move(what)); }
    void run_until(Tick end) {
        while (!events_.empty() && events_.front().when <= end) {
            std::ranges::pop_heap(events_);
            const Event next = std::move(events_.back());
            events_.pop_back();
            now = next.when;
            next.what();
        }
        now = end;
    }

  private:
    struct Event {
        Tick when;
        std::uint64_t sequence;
        std::function<void()> what;
        // The heap's greatest is the earliest.
        std::strong_ordering operator<=>(const Event& other) const {
            return std::tie(other.when, other.sequence) <=> std::tie(when, sequence);
        }
        bool operator==(const Event& other) const { return sequence == other.sequence; }
    };
    std::vector<Event> events_;  // A heap.
    std::uint64_t sequence_ = 0;
};

struct Server {
    Mode mode = Mode::fine;
    Duration usual = 4ms;  // Mean time to the first byte, exponentially distributed, plus 1 ms.
    double blocked_share =
        0;  // Of the requests are held on purpose (a playlist that is not there yet)...
    Duration blocked_for = 1500ms;  // ...until it is, at most this long.
    std::uint64_t attempts = 0;
    std::vector<std::function<void()>> held;  // While stopped.
};

enum class Reply : std::uint8_t { ok, error, reset, refused };

struct Record {  // Of a finished request.
    Tick began;
    Tick ended;
    bool idempotent;
    bool ok;
    int endpoint;
};

struct World {
    config::Service service;
    Duration first_byte = 30s;
    double idempotent_share = 0.95;
    Timeline time;
    std::mt19937_64 random;
    std::vector<Server> servers;
    std::vector<std::unique_ptr<ServicePolicy>> workers;
    std::vector<HealthState> health;
    std::vector<Record> records;
    std::uint64_t requests = 0;

    World(config::Service said, int server_count, std::uint32_t worker_count, std::uint64_t seed)
        : service(std::move(said)), random(seed), servers(static_cast<std::size_t>(server_count)) {
        std::vector<EndpointAddress> list;
        for (int i = 0; i < server_count; ++i) {
            EndpointAddress& id = list.emplace_back();
            id.text = id.name = "10.0.0." + std::to_string(i + 1) + ":80";
            id.telemetry = static_cast<std::uint16_t>(i);
        }
        for (std::uint32_t w = 0; w < worker_count; ++w) {
            PolicyContext context{{1, 2}, seed * 100 + w + 1, worker_count};
            auto& policy = *workers.emplace_back(std::make_unique<ServicePolicy>(service, context));
            policy.set_endpoints("default", list, time.now);
            policy.on_abandon = [this, &policy](EndpointState& e) {
                time.after(0ns, [this, &policy, &e] { leave_abandoned(policy, e); });
            };
        }
        time.after(100ms, [this] { tick(); });
        if (service.health.kind == config::HealthCheck::Kind::none) return;
        for (std::size_t i = 0; i < servers.size(); ++i)
            health.emplace_back(service.health, seed + i * 77, time.now);
    }

    void set(std::size_t server, Mode mode) {
        servers[server].mode = mode;
        if (mode != Mode::fine) return;
        for (auto& answer : std::exchange(servers[server].held, {}))
            time.after(1ms, std::move(answer));
    }

    // Requests come at random (Poisson) until `end`.
    void traffic(double per_second, Tick end) {
        const double wait = std::exponential_distribution<>(per_second)(random);
        time.after(Duration{static_cast<std::int64_t>(wait * 1e9)}, [this, per_second, end] {
            if (time.now >= end) return;
            begin();
            traffic(per_second, end);
        });
    }

    std::uint64_t attempts() const {
        std::uint64_t sum = 0;
        for (const Server& s : servers) sum += s.attempts;
        return sum;
    }

  private:
    struct Request {
        ServicePolicy* policy;
        Tick began;
        bool idempotent;
        std::vector<EndpointState*> tried;
        Choice choice;
        std::uint32_t attempt = 0;  // Present one; replies to others are ignored.
        bool done = false;
    };
    using Ref = std::shared_ptr<Request>;
    std::vector<Ref> waiting_;

    void begin() {
        ++requests;
        auto r = std::make_shared<Request>();
        r->policy = workers[random() % workers.size()].get();
        r->began = time.now;
        r->idempotent = std::uniform_real_distribution<>()(random) < idempotent_share;
        waiting_.push_back(r);
        Choice first = r->policy->choose(input(*r));
        if (!first) return finish(*r, false);
        send(r, first);
    }

    ChooseInput input(const Request& r) const {
        ChooseInput in;
        in.now = time.now;
        in.tried = r.tried;
        const bool last = r.tried.size() + 1 >= service.retry.attempts;
        in.replay = r.idempotent && !last ? Replay::possible : Replay::impossible;
        return in;
    }

    void send(const Ref& r, const Choice& choice) {
        r->choice = choice;
        r->tried.push_back(choice.endpoint);
        const std::uint32_t attempt = ++r->attempt;
        serve(choice.endpoint->id.telemetry, servers[choice.endpoint->id.telemetry].usual,
              [this, r, attempt](Reply reply) {
                  if (!r->done && r->attempt == attempt) replied(r, reply);
              });
        const Duration allowed = r->policy->try_timeout(choice, {no_timeout, first_byte});
        if (allowed != no_timeout)
            time.after(allowed, [this, r, attempt] {
                if (!r->done && r->attempt == attempt) again(r, RetryCause::slow, Outcome::slow);
            });
        time.after(first_byte, [this, r, attempt] {
            if (r->done || r->attempt != attempt) return;
            if (!again(r, RetryCause::failed, Outcome::timeout)) fail(*r, Outcome::timeout);
        });
    }

    void serve(std::size_t index, Duration usual, std::function<void(Reply)> reply) {
        Server& s = servers[index];
        ++s.attempts;
        if (s.mode == Mode::resets) return time.after(500us, [reply] { reply(Reply::reset); });
        if (s.mode == Mode::refuses) return time.after(200us, [reply] { reply(Reply::refused); });
        if (s.mode == Mode::answers_500) return time.after(1ms, [reply] { reply(Reply::error); });
        if (s.mode == Mode::hangs) return;
        std::uniform_real_distribution<> lot;
        const double mean = std::chrono::duration<double>(usual).count();
        const double took = lot(random) < s.blocked_share
                                ? lot(random) * std::chrono::duration<double>(s.blocked_for).count()
                                : std::exponential_distribution<>(1 / mean)(random);
        time.after(1ms + Duration{static_cast<std::int64_t>(took * 1e9)}, [&s, reply] {
            if (s.mode == Mode::stopped) s.held.push_back([reply] { reply(Reply::ok); });
            else if (s.mode != Mode::hangs) reply(Reply::ok);
        });
    }

    void replied(const Ref& r, Reply reply) {
        if (reply == Reply::ok || reply == Reply::error) {
            r->policy->answered(r->choice, reply == Reply::ok ? 200 : 500, time.now);
            if (reply == Reply::error && again(r, RetryCause::failed, Outcome::done)) return;
            r->policy->end(r->choice, Outcome::done, time.now);
            return finish(*r, reply == Reply::ok);
        }
        const Outcome outcome = reply == Reply::reset ? Outcome::reset : Outcome::connect_failed;
        if (!again(r, RetryCause::failed, outcome)) fail(*r, outcome);
    }

    // True: another attempt is under way, and the present one has ended as `outcome`.
    bool again(const Ref& r, RetryCause cause, Outcome outcome) {
        if (r->choice.replay == Replay::impossible) return false;
        Choice next = r->policy->retry(input(*r), cause);
        if (!next) return false;
        r->policy->end(r->choice, outcome, time.now);
        send(r, next);
        return true;
    }

    void fail(Request& r, Outcome outcome) {
        r.policy->end(r.choice, outcome, time.now);
        finish(r, false);
    }

    void finish(Request& r, bool ok) {
        r.done = true;
        const int last = r.tried.empty() ? -1 : r.tried.back()->id.telemetry;
        records.push_back({r.began, time.now, r.idempotent, ok, last});
    }

    void leave_abandoned(ServicePolicy& policy, EndpointState& e) {
        std::erase_if(waiting_, [](const Ref& r) { return r->done; });
        for (const Ref& r : std::vector<Ref>(waiting_))
            if (!r->done && r->policy == &policy && r->choice.endpoint == &e &&
                r->choice.abandoned())
                again(r, RetryCause::failed, Outcome::abandoned);
    }

    void tick() {
        for (auto& policy : workers) {
            policy->tick(time.now);
            if (health.empty()) continue;
            policy->suspects(time.now,
                             [&](EndpointState& e) { health[e.id.telemetry].suspect(time.now); });
        }
        for (std::size_t i = 0; i < health.size(); ++i)
            if (health[i].next_check() <= time.now) check(i);
        if (waiting_.size() > 4096) std::erase_if(waiting_, [](const Ref& r) { return r->done; });
        time.after(50ms, [this] { tick(); });
    }

    void check(std::size_t i) {
        health[i].began(time.now);
        auto open = std::make_shared<bool>(true);
        const auto conclude = [this, i, open](bool passed) {
            if (!std::exchange(*open, false)) return;
            health[i].ended(passed ? HealthState::Result::passed : HealthState::Result::failed,
                            time.now);
            if (passed) health[i].trust();
            for (auto& policy : workers)
                policy->set_health(*policy->endpoints()[i], health[i].health(), passed, time.now);
        };
        --servers[i].attempts;  // Checks are no attempts.
        // Their path needs no dependency: quick while the service is slow.
        serve(i, 2ms, [conclude](Reply reply) { conclude(reply == Reply::ok); });
        time.after(service.health.timeout, [conclude] { conclude(false); });
    }
};

}  // namespace sg::gateway::upstream::simulation
