// What a Redis server says when it is asked further: latency, slow log, a sample of its keys.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "platform/inspect/text.h"
#include "platform/redis/inspect.h"

namespace sg::platform::redis {

using inspect::add_row;
using inspect::Evidence;
using inspect::Finding;
using inspect::Findings;
using inspect::Order;
using inspect::show_count;
using inspect::show_seconds;
using inspect::show_share;
using inspect::show_size;
using inspect::shown;
using inspect::Standing;

// `first`: from dialling to the first answer.
Result<Findings> look_at_server(Session& session, const Facts& facts, Duration first) {
    std::vector<double> took;
    for (int n = 0; n < 3; ++n) {  // One that was unlucky does not count.
        const Tick began = steady_now();
        TRY_VOID(session.ask({"PING"}));
        took.push_back(std::chrono::duration<double, std::milli>(steady_now() - began).count());
    }
    std::ranges::sort(took);
    constexpr inspect::Bounds bounds{10, 200};  // Milliseconds, of a PING.
    // It may stand still for a while and be quick again: whoever came just then has waited.
    constexpr inspect::Bounds first_bounds{200, 1000};
    const double waited = std::chrono::duration<double, std::milli>(first).count();
    const auto at_first = inspect::standing_of(waited, first_bounds);
    const bool loads = facts.number("loading") > 0;
    return Findings{
        {.key = "latency",
         .standing =
             loads ? Standing::bad : std::max(at_first, inspect::standing_of(took[1], bounds)),
         .title = fmt::format("Redis {} answers in {}; {}, up {}{}{}",
                              shown(facts.text("redis_version"), 20), show_seconds(took[1] / 1000),
                              // Rule Zero: the word of Redis' INFO.
                              facts.text("role") == "slave" ? "replica" : "primary",
                              show_seconds(facts.number("uptime_in_seconds")),
                              at_first == Standing::fine ? ""
                                                         : fmt::format(", its first answer took {}",
                                                                       show_seconds(waited / 1000)),
                              loads ? ", still loading its data" : ""),
         .value = took[1],
         .unit = "ms",
         .threshold = bounds.odd_from}};
}

// --- slow log ------------------------------------------------------------------------------------

// Each entry: number, when, microseconds, words, and since Redis 4 the client's address and name.
Result<Findings> look_at_slow(Session& session, const Order& order) {
    TRY(const auto reply, session.ask({"SLOWLOG", "GET", "128"}));
    Evidence evidence{{"when", "took", "command", "client"}, {}, 0};
    double slowest = 0;
    std::size_t lately = 0;
    std::string command;
    const double now = static_cast<double>(order.now.ns) / 1e9;
    const double since = now - std::chrono::duration<double>(order.extent.before).count();
    for (const auto& entry : reply.items) {
        if (entry.items.size() < 4) continue;
        const auto at = static_cast<double>(entry.items[1].number);
        const double seconds = static_cast<double>(entry.items[2].number) / 1e6;
        std::vector<std::string> words;
        for (const auto& word : entry.items[3].items) words.push_back(word.text);
        const auto text = command_text(words);
        if (at >= since) {
            ++lately;
            if (seconds > slowest) command = text;
            slowest = std::max(slowest, seconds);
        }
        add_row(evidence,
                {show_seconds(std::max(now - at, 0.0)) + " ago", show_seconds(seconds), text,
                 entry.items.size() > 4 ? shown(entry.items[4].text, 60) : ""},
                order.extent.rows);
    }
    // It does one command at a time: everybody waits that long.
    constexpr inspect::Bounds bounds{0.1, 1};
    return Findings{
        {.key = "log",
         .standing = inspect::standing_of(slowest, bounds),
         .title = lately == 0
                      ? fmt::format("no slow command in the last {}", to_text(order.extent.before))
                      : fmt::format("{} slow command{} in the last {}, the longest took "
                                    "{}: {}",
                                    lately, lately == 1 ? "" : "s", to_text(order.extent.before),
                                    show_seconds(slowest), command),
         .value = slowest,
         .unit = "s",
         .threshold = bounds.odd_from,
         .hint = slowest >= bounds.odd_from
                     ? "all other clients wait meanwhile: SCAN instead of KEYS, smaller values"
                     : "",
         .evidence = std::move(evidence)}};
}

// --- keys ----------------------------------------------------------------------------------------

namespace {

struct Key {
    std::string name;
    double bytes = 0;
    double idle = 0;  // Seconds since it was last used; -1: the server does not say.
};

constexpr double used_lately = 60;  // Seconds.

Result<std::vector<std::string>> scan(Session& session, std::uint32_t most) {
    std::set<std::string> names;  // SCAN may say a key twice.
    std::string cursor = "0";
    // Bound: rounds, for a sparse table answers many of them with nothing.
    for (std::uint32_t round = 0; round < most / 10 + 10 && names.size() < most; ++round) {
        TRY(const auto reply, session.ask({"SCAN", cursor, "COUNT", "200"}));
        if (reply.items.size() != 2)
            return fail(Errc::protocol_violation, "the answer is not that of Redis");
        for (const auto& name : reply.items[1].items)
            if (names.size() < most) names.insert(name.text);
        cursor = reply.items[0].text;
        if (cursor == "0") break;
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::vector<Key>> sample_keys(Session& session, std::uint32_t most) {
    TRY(const auto names, scan(session, most));
    std::vector<Key> keys;
    constexpr std::size_t at_once = 100;
    for (std::size_t from = 0; from < names.size(); from += at_once) {
        const auto to = std::min(names.size(), from + at_once);
        std::vector<Command> commands;
        for (auto at = from; at < to; ++at) {
            commands.push_back({"MEMORY", "USAGE", names[at]});
            commands.push_back({"OBJECT", "IDLETIME", names[at]});
        }
        TRY(const auto replies, session.ask_all(commands));
        using Kind = Reply::Kind;
        for (auto at = from; at < to; ++at) {
            const auto& bytes = replies[2 * (at - from)];
            const auto& idle = replies[2 * (at - from) + 1];
            if (bytes.kind == Kind::error) return fail(Errc::unavailable, shown(bytes.text, 200));
            if (bytes.kind != Kind::number) continue;  // It is gone by now.
            keys.push_back({names[at], static_cast<double>(bytes.number),
                            idle.kind == Kind::number ? static_cast<double>(idle.number) : -1});
        }
    }
    return keys;
}

Finding databases_of(const Facts& facts, const Order& order) {
    Finding finding{.key = "databases",
                    .standing = Standing::fine,
                    .unit = "count",
                    .evidence = {{"database", "keys", "expiring"}, {}, 0}};
    double keys = 0, expires = 0;
    for (const auto& database : facts.databases()) {
        keys += database.keys;
        expires += database.expires;
        add_row(finding.evidence,
                {shown(database.name, 20), show_count(database.keys),
                 show_share(database.keys > 0 ? database.expires / database.keys : 0)},
                order.extent.rows);
    }
    finding.value = keys;
    finding.title = keys == 0 ? "it holds no key"
                              : fmt::format("{} keys, {} of them expire by themselves",
                                            show_count(keys), show_share(expires / keys));
    return finding;
}

Finding largest_of(std::vector<Key> keys, const Order& order) {
    std::ranges::sort(keys, std::greater{}, &Key::bytes);
    constexpr inspect::Bounds bounds{1 << 20, 32 << 20};  // Bytes: to send one takes as long.
    Finding finding{.key = "largest",
                    .value = keys.front().bytes,
                    .unit = "bytes",
                    .threshold = bounds.odd_from,
                    .evidence = {{"key", "size"}, {}, 0}};
    finding.standing = inspect::standing_of(keys.front().bytes, bounds);
    finding.title = fmt::format("the largest of {} keys sampled is {}, {}", keys.size(),
                                shown(keys.front().name, 120), show_size(keys.front().bytes));
    for (const auto& key : keys)
        add_row(finding.evidence, {shown(key.name, 120), show_size(key.bytes)}, order.extent.rows);
    return finding;
}

struct Prefix {
    std::string name;
    double keys = 0, bytes = 0, used = 0;  // Of the sample; `used` lately.
};

Finding prefixes_of(const std::vector<Key>& keys, const Order& order) {
    std::map<std::string, Prefix> by_name;
    double used = 0;
    for (const auto& key : keys) {
        auto& prefix = by_name[prefix_of(key.name)];
        ++prefix.keys;
        prefix.bytes += key.bytes;
        const bool lately = key.idle >= 0 && key.idle < used_lately;
        prefix.used += lately ? 1 : 0;
        used += lately ? 1 : 0;
    }
    std::vector<Prefix> prefixes;
    for (auto& [name, prefix] : by_name) {
        prefix.name = name;
        prefixes.push_back(prefix);
    }
    std::ranges::sort(prefixes, std::greater{},
                      [](const Prefix& p) { return std::tuple(p.used, p.keys, p.name); });
    Finding finding{.key = "prefixes",
                    .standing = Standing::fine,
                    .value = used / static_cast<double>(keys.size()),
                    .unit = "share",
                    .evidence = {{"prefix", "keys", "size", "used in the last minute"}, {}, 0}};
    const auto& first = prefixes.front();
    finding.title =
        used > 0
            ? fmt::format(
                  "{} of the keys sampled were used in the last minute, most of them "
                  "{} ({})",
                  show_share(*finding.value), first.name, show_share(first.used / used))
            : fmt::format("no key sampled was used in the last minute; most are {}", first.name);
    for (const auto& prefix : prefixes)
        add_row(finding.evidence,
                {prefix.name, show_count(prefix.keys), show_size(prefix.bytes),
                 show_count(prefix.used)},
                order.extent.rows);
    return finding;
}

}  // namespace

Result<Findings> look_at_keys(Session& session, const Facts& facts, const Order& order) {
    Findings findings{databases_of(facts, order)};
    TRY(const auto keys, sample_keys(session, order.extent.keys));
    if (keys.empty()) return findings;
    findings.push_back(largest_of(keys, order));
    findings.push_back(prefixes_of(keys, order));
    return findings;
}

}  // namespace sg::platform::redis
