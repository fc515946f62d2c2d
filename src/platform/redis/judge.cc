// What two looks at INFO, a moment apart, say of a Redis server. Pure.
#include <fmt/format.h>

#include <algorithm>

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

namespace {

double share_of(double part, double whole) { return whole > 0 ? part / whole : 0; }

double keys_of(const Facts& facts) {
    double keys = 0;
    for (const auto& database : facts.databases()) keys += database.keys;
    return keys;
}

}  // namespace

Findings judge_hits(const Sample& sample, const Order&) {
    const double hits = sample.now.number("keyspace_hits");
    const double all = hits + sample.now.number("keyspace_misses");
    const double hits_now = hits - sample.before.number("keyspace_hits");
    const double all_now =
        hits_now + sample.now.number("keyspace_misses") - sample.before.number("keyspace_misses");
    const double since_start = share_of(hits, all), now = share_of(hits_now, all_now);
    constexpr double least = 20;                         // Lookups in the sample, to judge it.
    constexpr double odd_below = 0.8, cold_below = 0.5;  // Of a cache that is of use.
    constexpr double fell_by = 0.2;                      // Below what it was: something happened.
    const bool cold = all_now >= least && now < cold_below && since_start - now >= fell_by;
    const bool low = all_now >= least && now < odd_below;
    const auto keys = keys_of(sample.now);
    Finding finding{.key = "now",
                    .standing = cold  ? Standing::bad
                                : low ? Standing::odd
                                      : Standing::fine,
                    .value = now,
                    .unit = "share",
                    .threshold = odd_below};
    const auto past =
        all > 0 ? fmt::format("{} of {} since its start", show_share(since_start), show_count(all))
                : std::string("no lookup since its start");
    if (all_now < least) {
        if (all_now == 0) finding.value.reset();
        finding.title = fmt::format("{} lookups in {}: too few for a hit rate; hits were {}",
                                    show_count(all_now), show_seconds(sample.seconds), past);
        return {finding};
    }
    finding.title = fmt::format(
        "{}hit rate {} in the last {} ({} lookups), {}; {} keys, {} "
        "evicted and {} expired per second",
        cold ? "the cache is cold: " : "", show_share(now), show_seconds(sample.seconds),
        show_count(all_now), past, show_count(keys), show_count(sample.rate("evicted_keys")),
        show_count(sample.rate("expired_keys")));
    if (cold)
        finding.hint = sample.rate("evicted_keys") > 0
                           ? "it throws keys out to make room: see redis.memory"
                           : "it was emptied or restarted: let it fill, and shed load from what is "
                             "behind it until then";
    return {finding};
}

Findings judge_memory(const Sample& sample, const Order&) {
    const auto& facts = sample.now;
    const double used = facts.number("used_memory");
    const double configured = facts.number("maxmemory");
    const double limit = configured > 0 ? configured : facts.number("total_system_memory");
    const auto policy = shown(facts.text("maxmemory_policy"), 40);
    const double share = share_of(used, limit);
    const double evictions = sample.rate("evicted_keys");
    const bool refuses = policy == "noeviction" && configured > 0;
    Standing standing = Standing::fine;  // A cache that evicts is full when it works well.
    if (refuses || configured <= 0) standing = inspect::standing_of(share, {0.8, 0.95});
    else if (evictions > 0) standing = Standing::odd;
    Findings findings;
    findings.push_back(
        {.key = "used",
         .standing = standing,
         .title =
             fmt::format("{} of {} ({}) used{}; policy {}, {} keys evicted per second, {} "
                         "since its start",
                         show_size(used), show_size(limit), show_share(share),
                         configured > 0 ? "" : ", of the machine's: maxmemory is not set", policy,
                         show_count(evictions), show_count(facts.number("evicted_keys"))),
         .value = share,
         .unit = "share",
         .threshold = 0.8,
         .hint = standing == Standing::fine ? ""
                 : refuses ? "when it is full it refuses writes: raise maxmemory, or let it evict "
                             "(maxmemory-policy allkeys-lru)"
                 : configured > 0 ? "raise maxmemory, or shorten how long keys live; see redis.keys"
                                  : "set maxmemory: without it the kernel ends the process"});
    const double ratio = facts.number("mem_fragmentation_ratio");
    constexpr double resident_least = 64.0 * (1 << 20);  // Below that the ratio says nothing.
    const bool matters = facts.number("used_memory_rss") > resident_least;
    findings.push_back(
        {.key = "fragmentation",
         .standing =
             matters && (ratio > 1.5 || (ratio > 0 && ratio < 1)) ? Standing::odd : Standing::fine,
         .title = fmt::format("it holds {} of the machine's memory, {:.2f} times what it uses",
                              show_size(facts.number("used_memory_rss")), ratio),
         .value = ratio,
         .unit = "ratio",
         .threshold = 1.5,
         .hint = matters && ratio > 0 && ratio < 1 ? "part of it is swapped out: it will be slow"
                 : matters && ratio > 1.5          ? "config set activedefrag yes, or restart it"
                                                   : ""});
    return findings;
}

Findings judge_clients(const Sample& sample, const Order&) {
    const auto& facts = sample.now;
    const double connected = facts.number("connected_clients");
    const double limit = facts.number("maxclients");
    const double rejected = sample.rate("rejected_connections") * sample.seconds;
    const double share = share_of(connected, limit);
    constexpr inspect::Bounds bounds{0.8, 0.95};
    const auto standing = rejected > 0 ? Standing::bad : inspect::standing_of(share, bounds);
    return {{.key = "connected",
             .standing = standing,
             .title = fmt::format("{} of {} clients connected ({}), {} blocked, {} refused since "
                                  "its start",
                                  show_count(connected), show_count(limit), show_share(share),
                                  show_count(facts.number("blocked_clients")),
                                  show_count(facts.number("rejected_connections"))),
             .value = share,
             .unit = "share",
             .threshold = bounds.odd_from,
             .hint = standing == Standing::fine
                         ? ""
                         : "make the pools of its clients smaller, or raise maxclients"}};
}

Findings judge_replication(const Sample& sample, const Order& order) {
    const auto& facts = sample.now;
    constexpr inspect::Bounds seconds{10, 60};
    // Rule Zero: the word of Redis' INFO.
    if (facts.text("role") == "slave") {
        const bool up = facts.text("master_link_status") == "up";
        const double quiet = facts.number("master_last_io_seconds_ago");
        const double down = facts.number("master_link_down_since_seconds");
        return {{.key = "link",
                 .standing = up ? inspect::standing_of(quiet, seconds) : Standing::bad,
                 .title = up ? fmt::format("replica; its primary was heard {} ago",
                                           show_seconds(std::max(quiet, 0.0)))
                             : fmt::format("replica; the link to its primary is down since {}",
                                           show_seconds(std::max(down, 0.0))),
                 .value = up ? quiet : down,
                 .unit = "s",
                 .threshold = seconds.odd_from}};
    }
    Evidence evidence{{"replica", "state", "behind", "heard"}, {}, 0};
    const double offset = facts.number("master_repl_offset");
    double worst = 0, behind = 0;
    bool streams = true;
    const auto replicas = facts.replicas();
    for (const auto& replica : replicas) {
        worst = std::max(worst, replica.lag);
        behind = std::max(behind, offset - replica.offset);
        streams = streams && replica.state == "online";
        add_row(evidence,
                {shown(replica.address, 60), shown(replica.state, 20),
                 show_size(offset - replica.offset), show_seconds(replica.lag) + " ago"},
                order.extent.rows);
    }
    return {{.key = "replicas",
             .standing = !streams ? Standing::odd : inspect::standing_of(worst, seconds),
             .title = replicas.empty()
                          ? "primary without replicas"
                          : fmt::format("{} replicas, the last {} behind, heard {} ago",
                                        replicas.size(), show_size(behind), show_seconds(worst)),
             .value = worst,
             .unit = "s",
             .threshold = seconds.odd_from,
             .evidence = std::move(evidence)}};
}

Findings judge_persistence(const Sample& sample, const Order& order) {
    const auto& facts = sample.now;
    std::string failed;
    for (const auto* const name :
         {"rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status"}) {
        const bool counts =
            !std::string_view(name).starts_with("aof") || facts.number("aof_enabled") > 0;
        if (counts && facts.has(name) && facts.text(name) != "ok")
            failed += fmt::format("{}{} is {}", failed.empty() ? "" : ", ", name,
                                  shown(facts.text(name), 20));
    }
    const double saved = facts.number("rdb_last_save_time");
    const double age = std::max(static_cast<double>(order.now.ns) / 1e9 - saved, 0.0);
    return {{.key = "status",
             .standing = failed.empty() ? Standing::fine : Standing::bad,
             .title = failed.empty()
                          ? fmt::format("last saved {} ago, {} changes since; append-only file {}",
                                        show_seconds(age),
                                        show_count(facts.number("rdb_changes_since_last_save")),
                                        facts.number("aof_enabled") > 0 ? "on" : "off")
                          : "it cannot keep what it has: " + failed,
             .value = failed.empty() ? 0 : 1,
             .unit = "count",
             .threshold = 1,
             .hint = failed.empty() ? ""
                                    : "look for a full disk or missing rights in its log; by "
                                      "default it refuses writes until a save succeeds"}};
}

}  // namespace sg::platform::redis
