#include "platform/redis/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "platform/inspect/text.h"

namespace sg::platform::redis {

using inspect::Findings;
using inspect::Order;
using inspect::Standing;

namespace {

constexpr Duration sample_length = 1s;

std::string hint_for(const Error& error) {
    const auto has = [&](const char* text) { return error.what.find(text) != std::string::npos; };
    if (has("WRONGPASS") || has("invalid password") || has("NOAUTH"))
        return "the user or the password in the need's target is wrong, or missing";
    if (has("NOPERM")) return "give this user +info +ping +slowlog|get +scan +memory|usage +object";
    if (has("max number of clients"))
        return "every connection is taken: who holds them, `redis-cli client list`";
    if (error.code == Errc::connection_refused)
        return "nothing listens there: is the server running?";
    if (error.code == Errc::timed_out)
        return "it takes connections but does not answer: it hangs, or runs one long command";
    return error.hint;
}

// Of what else was to be looked at nothing is known.
Findings unreachable(const Order& order, const Error& error) {
    const bool is_asked = order.wants("redis.server") && error.code != Errc::invalid_argument;
    return {{.what = order.wants("redis.server") ? "redis.server" : order.what.front(),
             .key = "reachable",
             .standing = is_asked ? Standing::bad : Standing::unknown,
             .title = "no session with Redis: " + inspect::shown(error.what, 300),
             .value = 0,
             .unit = "count",
             .threshold = 1,
             .hint = hint_for(error)}};
}

Result<Facts> facts_of(Session& session) {
    TRY(const auto reply, session.ask({"INFO", "all"}));
    return Facts::of(reply.text);
}

// A second apart, or a third of what is left where that is less.
Result<Sample> sample_of(Session& session, Facts before) {
    const Tick began = steady_now();
    const auto left = session.deadline() - began;
    // Rule Zero: a rate is what changes between two looks, with a moment between them.
    std::this_thread::sleep_for(std::clamp<Duration>(left / 3, 0s, sample_length));
    TRY(auto now, facts_of(session));
    return Sample{std::move(before), std::move(now),
                  std::chrono::duration<double>(steady_now() - began).count()};
}

class Gathered {
  public:
    explicit Gathered(const Order& order) : order_(order) {}

    void add(const char* what, Result<Findings> found) {
        if (!found) {
            auto error = found.error();
            error.hint = hint_for(error);
            findings_.push_back(inspect::unseen(what, error));
            return;
        }
        for (auto& finding : *found) {
            finding.what = what;
            findings_.push_back(std::move(finding));
        }
    }
    template <class Look>
    void look(const char* what, Look look) {
        if (order_.wants(what)) add(what, look());
    }
    Findings take() { return std::move(findings_); }

  private:
    const Order& order_;
    Findings findings_;
};

}  // namespace

Findings inspect(const Order& order) {
    if (order.what.empty()) return {};
    const Tick began = steady_now();
    auto session = Session::open(order.target, order.ca, order.deadline);
    if (!session) return unreachable(order, session.error());
    auto facts = facts_of(*session);
    if (!facts) return unreachable(order, facts.error());
    const Duration first = steady_now() - began;
    Gathered gathered(order);
    gathered.look("redis.server", [&] { return look_at_server(*session, *facts, first); });
    gathered.look("redis.slow", [&] { return look_at_slow(*session, order); });
    gathered.look("redis.keys", [&] { return look_at_keys(*session, *facts, order); });
    constexpr struct {
        const char* what;
        Judge* judge;
    } judges[] = {{"redis.hits", judge_hits},
                  {"redis.memory", judge_memory},
                  {"redis.clients", judge_clients},
                  {"redis.replication", judge_replication},
                  {"redis.persistence", judge_persistence}};
    const bool sampled =
        std::ranges::any_of(judges, [&](const auto& row) { return order.wants(row.what); });
    if (!sampled) return gathered.take();
    const auto sample = sample_of(*session, std::move(*facts));
    for (const auto& [what, judge] : judges)
        gathered.look(what, [&]() -> Result<Findings> {
            if (!sample) return std::unexpected(sample.error());
            return judge(*sample, order);
        });
    return gathered.take();
}

}  // namespace sg::platform::redis
