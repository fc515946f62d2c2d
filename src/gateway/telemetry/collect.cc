#include "gateway/telemetry/collect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/check.h"
#include "gateway/telemetry/trace.h"

namespace sg::gateway {

namespace {

using KeyPair = std::pair<std::uint64_t, std::uint64_t>;
KeyPair pair_of(const RowKey& key) { return {key.a, key.b}; }

std::uint16_t low16(std::uint64_t word, int shift) {
    return static_cast<std::uint16_t>(word >> shift & 0xFFFF);
}
std::uint8_t low8(std::uint64_t word, int shift) {
    return static_cast<std::uint8_t>(word >> shift & 0xFF);
}

// One row per key, over all workers. Ordered, so that two snapshots line up.
struct Sums {
    std::map<KeyPair, telemetry::RequestRow> requests;
    std::map<KeyPair, telemetry::AttemptRow> attempts;
    std::map<KeyPair, telemetry::FlowRow> flows;
    std::map<std::uint16_t, telemetry::ServiceRow> services;
    // By service and minute.
    std::map<std::pair<std::uint16_t, std::int64_t>, telemetry::AffectedSum> affected;
    std::map<std::uint16_t, telemetry::EndpointRow> endpoints;
};

void add_request(Sums& sums, const RequestCells& cells) {
    auto& row = sums.requests[pair_of(cells.key)];
    row.route = low16(cells.key.a, 48);
    row.service = low16(cells.key.a, 32);
    row.version = low16(cells.key.a, 16);
    row.status = low16(cells.key.a, 0);
    row.method = low8(cells.key.b, 0);
    row.https = low8(cells.key.b, 8) != 0;
    row.ending = low8(cells.key.b, 16);
    cells.duration.add_to(row.duration);
    row.bytes_in += cells.bytes_in.get();
    row.bytes_out += cells.bytes_out.get();
}

void add_attempt(Sums& sums, const AttemptCells& cells) {
    auto& row = sums.attempts[pair_of(cells.key)];
    row.endpoint = low16(cells.key.a, 16);
    row.status = low16(cells.key.a, 0);
    row.method = low8(cells.key.b, 0);
    row.ending = low8(cells.key.b, 16);
    cells.duration.add_to(row.duration);
}

void add_flow(Sums& sums, const FlowCells& cells) {
    auto& row = sums.flows[pair_of(cells.key)];
    row.route = low16(cells.key.a, 32);
    row.service = low16(cells.key.a, 16);
    row.version = low16(cells.key.a, 0);
    row.objective_ns = cells.key.b;
    row.duration_within += cells.duration_within.get();
    row.first_byte_within += cells.first_byte_within.get();
    row.tunnels += cells.tunnels.get();
    row.cache_hits += cells.cache_hits.get();
    row.cache_misses += cells.cache_misses.get();
    row.duration.merge(cells.duration.read());
}

// Empty if the writer began to clear it for another minute meanwhile.
telemetry::ClientMinute read_minute(const ServiceCells::Minute& cells) {
    telemetry::ClientMinute out;
    out.minute = cells.minute.load(std::memory_order_acquire);
    cells.seen.add_to(out.seen);
    cells.affected.add_to(out.affected);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (cells.minute.load(std::memory_order_relaxed) != out.minute) out.minute = -1;
    return out;
}

void add_service(Sums& sums, std::uint32_t index, const ServiceCells& cells) {
    auto& row = sums.services[static_cast<std::uint16_t>(index)];
    row.service = static_cast<std::uint16_t>(index);
    row.active += cells.active.get();
    row.retries += cells.retries.get();
    row.retries_refused += cells.retries_refused.get();
    row.circuit_refused += cells.circuit_refused.get();
    cells.clients.add_to(row.clients);
    cells.clients_affected.add_to(row.clients_affected);
    for (const auto& slot : cells.affected)
        if (const auto read = slot.read(); read.minute >= 0)
            sums.affected[{row.service, read.minute}].add(read.list);
    for (const auto& slot : cells.minutes) {
        const auto minute = read_minute(slot);
        if (minute.minute < 0) continue;
        auto same = std::ranges::find(row.minutes, minute.minute, &telemetry::ClientMinute::minute);
        if (same == row.minutes.end()) {
            row.minutes.push_back(minute);
        } else {
            same->seen.merge(minute.seen);
            same->affected.merge(minute.affected);
        }
    }
}

void add_endpoint(Sums& sums, std::uint32_t index, const EndpointCells& cells) {
    auto& row = sums.endpoints[static_cast<std::uint16_t>(index)];
    row.endpoint = static_cast<std::uint16_t>(index);
    row.active += cells.active.get();
    row.connections += cells.connections.get();
    row.connects += cells.connects.get();
    row.connect_failures += cells.connect_failures.get();
    row.connect_sum_ns += cells.connect_sum_ns.get();
    row.pool_hits += cells.pool_hits.get();
    row.ejections += cells.ejections.get();
    row.health_changes += cells.health_changes.get();
    row.ejected_by += cells.ejected.get() != 0 ? 1 : 0;
    row.health = std::max(row.health, cells.health.get());  // The worst that any worker knows.
    row.first_byte.merge(cells.first_byte.read());
}

// To the minute that the sketches are of; one that they no longer have is over as well.
void add_affected(Sums& sums) {
    for (const auto& [key, sum] : sums.affected) {
        auto& minutes = sums.services[key.first].minutes;
        const auto at = std::ranges::find(minutes, key.second, &telemetry::ClientMinute::minute);
        if (at != minutes.end()) at->listed = sum.take(telemetry::affected_clients_max);
    }
}

template <class Map, class Row>
void move_into(std::vector<Row>& rows, Map& map) {
    rows.reserve(map.size());
    for (auto& [key, row] : map) rows.push_back(std::move(row));
}

void add_names(telemetry::Snapshot& out, const Registry& registry) {
    for (std::size_t m = 0; m < method_count; ++m)
        out.methods.emplace_back(http::name_of(static_cast<http::Method>(m)));
    for (const auto& row : endings)
        out.endings.push_back(
            {std::string(row.name), std::string(row.token), std::string(name_of(row.blame))});
    const auto& routes = registry.routes();
    for (std::uint16_t i = 0, n = routes.size(); i < n; ++i)
        out.routes.push_back(routes.at(i).name);
    const auto& services = registry.services();
    for (std::uint16_t i = 0, n = services.size(); i < n; ++i)
        out.services.push_back(services.at(i).name);
    const auto& versions = registry.versions();
    for (std::uint16_t i = 0, n = versions.size(); i < n; ++i)
        out.versions.push_back({versions.at(i).parent, versions.at(i).name});
    const auto& endpoints = registry.endpoints();
    for (std::uint16_t i = 0, n = endpoints.size(); i < n; ++i)
        out.endpoints.push_back({endpoints.at(i).parent, endpoints.at(i).name});
}

telemetry::ProcessRow read_process() {
    telemetry::ProcessRow row;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        const auto ns = [](const timeval& t) {
            return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 +
                   static_cast<std::uint64_t>(t.tv_usec) * 1'000;
        };
        row.cpu_ns = ns(usage.ru_utime) + ns(usage.ru_stime);
    }
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;  // The second figure: resident.
    row.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++row.open_files;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) row.open_files_max = limit.rlim_cur;
    return row;
}

}  // namespace

Collector::Collector(const Registry& registry, std::string gateway, std::string build,
                     Instant started_at)
    : registry_(registry),
      gateway_(std::move(gateway)),
      build_(std::move(build)),
      started_at_(started_at) {}

void Collector::add(const WorkerCounters& counters) { workers_.push_back(&counters); }

telemetry::Snapshot Collector::collect(Instant now, const GatewayFacts& facts) {
    telemetry::Snapshot out;
    out.gateway = gateway_;
    out.build = build_;
    out.config = facts.config;
    out.started_at = started_at_;
    out.taken_at = now;
    out.sequence = ++sequence_;
    out.sketch_key_print = registry_.sketch_key().fingerprint();

    Sums sums;
    std::array<std::int64_t, method_count * 2> active{};
    for (const auto* w : workers_) {
        w->requests_.each([&](const RequestCells& cells) { add_request(sums, cells); });
        for (const auto& cells : w->overflow_)
            if (std::ranges::any_of(cells.duration.counts,
                                    [](const Cell& c) { return c.get() > 0; }))
                add_request(sums, cells);
        w->attempts_.each([&](const AttemptCells& cells) { add_attempt(sums, cells); });
        w->flows_.each([&](const FlowCells& cells) { add_flow(sums, cells); });
        w->services_.each([&](auto index, const auto& cells) { add_service(sums, index, cells); });
        w->endpoints_.each(
            [&](auto index, const auto& cells) { add_endpoint(sums, index, cells); });
        for (std::size_t i = 0; i < active.size(); ++i) active[i] += w->active_[i].get();

        telemetry::WorkerRow row;
        row.worker = w->worker_;
        row.connections = w->connections_.get();
        row.connections_accepted = w->connections_accepted_.get();
        row.connections_refused = w->connections_refused_.get();
        row.tunnels = w->tunnels_.get();
        row.loop_stalls = w->loop_stalls_.get();
        w->loop_lag_.add_to(row.loop_lag);
        row.rows_refused = w->rows_refused_.get();
        out.workers.push_back(row);
    }
    add_names(out, registry_);  // After the rows: every index in a row has its name.

    add_affected(sums);
    for (auto& [index, row] : sums.services)
        std::ranges::sort(row.minutes, std::greater{}, &telemetry::ClientMinute::minute);
    move_into(out.requests, sums.requests);
    move_into(out.attempts, sums.attempts);
    move_into(out.flows, sums.flows);
    move_into(out.service_rows, sums.services);
    move_into(out.endpoint_rows, sums.endpoints);
    for (std::size_t i = 0; i < active.size(); ++i)
        if (active[i] != 0)
            out.active.push_back({static_cast<std::uint8_t>(i / 2), i % 2 != 0, active[i]});
    out.process = read_process();
    out.log = facts.log;
    out.reloads = facts.reloads;
    out.reloads_refused = facts.reloads_refused;
    out.oddities = oddities();
    out.names_refused = registry_.refused();
    return out;
}

std::string gateway_identity(const std::string& state) {
    const std::string path = state + "/gateway-id";
    std::string text;
    std::ifstream(path) >> text;
    if (parse_id(text)) return text;

    IdGenerator ids;
    const auto hex = to_hex(ids.id());
    text.assign(hex.data(), hex.size());
    std::error_code ignored;
    std::filesystem::create_directories(state, ignored);
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    std::ofstream(draft) << text << '\n';
    std::filesystem::rename(draft, path, ignored);
    return text;
}

}  // namespace sg::gateway
