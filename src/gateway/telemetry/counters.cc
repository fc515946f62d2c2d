#include "gateway/telemetry/counters.h"

#include <algorithm>
#include <cstring>

namespace sg::gateway {

namespace {

std::uint64_t at_least_0(std::int64_t ns) { return ns > 0 ? static_cast<std::uint64_t>(ns) : 0; }

RowKey request_key(const Account& a) {
    return {std::uint64_t{a.route} << 48 | std::uint64_t{a.service} << 32 |
                std::uint64_t{a.version} << 16 | a.status,
            std::uint64_t{static_cast<std::uint8_t>(a.method)} |
                std::uint64_t{a.tls ? 1U : 0U} << 8 |
                std::uint64_t{static_cast<std::uint8_t>(a.ending)} << 16};
}

RowKey overflow_key(Ending ending) {
    Account nameless;
    nameless.ending = ending;
    return request_key(nameless);
}

// Hurt by us or by what is behind us. What a client does wrong itself does not make it an affected
// one.
bool is_affected(const Account& a) {
    const auto blame = row_of(a.ending).blame;
    return blame == BlameOf::us || blame == BlameOf::upstream || a.status >= 500;
}

bool is_connect_failure(Ending ending) {
    switch (ending) {
        case Ending::dns_failed:
        case Ending::upstream_refused:
        case Ending::upstream_unreachable:
        case Ending::upstream_connect_timeout:
        case Ending::upstream_tls_failed:
        case Ending::upstream_tls_untrusted: return true;
        default: return false;
    }
}

}  // namespace

void ServiceCells::saw_client(std::uint64_t hash, std::int64_t minute, bool affected_now) {
    clients.add(hash);
    if (affected_now) clients_affected.add(hash);

    auto& slot = minutes[static_cast<std::size_t>(minute) % minutes_kept];
    const auto held = slot.minute.load(std::memory_order_relaxed);
    if (held != minute) [[unlikely]] {
        if (held > minute) return;  // The wall clock went back: do not wipe what is newer.
        slot.minute.store(-1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        slot.seen.clear();
        slot.affected.clear();
        slot.minute.store(minute, std::memory_order_release);
    }
    slot.seen.add(hash);
    if (affected_now) slot.affected.add(hash);
}

WorkerCounters::WorkerCounters(const Registry& registry, std::uint16_t worker)
    : registry_(registry),
      worker_(worker),
      requests_(request_rows_max),
      attempts_(attempt_rows_max),
      flows_(flow_rows_max),
      services_(Registry::services_max),
      endpoints_(Registry::endpoints_max) {
    for (std::size_t i = 0; i < ending_count; ++i)
        overflow_[i].key = overflow_key(static_cast<Ending>(i));
}

void WorkerCounters::connection_opened() {
    connections_.add(1);
    connections_accepted_.add();
}

void WorkerCounters::service_entered(std::uint16_t service) {
    if (auto* cells = services_.at(service)) cells->active.add(1);
}

void WorkerCounters::service_left(std::uint16_t service) {
    if (auto* cells = services_.at(service)) cells->active.add(-1);
}

void WorkerCounters::circuit_refused(std::uint16_t service) {
    if (auto* cells = services_.at(service)) cells->circuit_refused.add();
}

void WorkerCounters::retry_refused(std::uint16_t service) {
    if (auto* cells = services_.at(service)) cells->retries_refused.add();
}

void WorkerCounters::endpoint_entered(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) cells->active.add(1);
}

void WorkerCounters::endpoint_left(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) cells->active.add(-1);
}

void WorkerCounters::endpoint_connection_opened(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) cells->connections.add(1);
}

void WorkerCounters::endpoint_connection_closed(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) cells->connections.add(-1);
}

void WorkerCounters::endpoint_ejected(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) {
        cells->ejections.add();
        cells->ejected.set(1);
    }
}

void WorkerCounters::endpoint_returned(std::uint16_t endpoint) {
    if (auto* cells = endpoints_.at(endpoint)) cells->ejected.set(0);
}

void WorkerCounters::endpoint_health(std::uint16_t endpoint, telemetry::Health health) {
    auto* cells = endpoints_.at(endpoint);
    if (cells == nullptr || cells->health.get() == health) return;
    if (cells->health.get() != telemetry::Health::unknown) cells->health_changes.add();
    cells->health.set(health);
}

void WorkerCounters::loop_lag(Duration lag) { loop_lag_.record(at_least_0(lag.count())); }

RequestCells& WorkerCounters::overflow_row(Ending ending) {
    rows_refused_.add();
    return overflow_[static_cast<std::size_t>(ending)];
}

RequestCells& WorkerCounters::request_row(const Account& a) {
    const RowKey key = request_key(a);
    if (last_row_ != nullptr && last_row_->key == key) return *last_row_;
    RequestCells* row = requests_.find(key);
    if (row == nullptr) [[unlikely]] {
        row = requests_.add(key);
        if (row == nullptr) return overflow_row(a.ending);
        row->service = services_.at(a.service);
    }
    last_row_ = row;
    return *row;
}

FlowCells* WorkerCounters::flow_row(const Account& a, std::uint64_t objective_ns) {
    const RowKey key{std::uint64_t{a.route} << 32 | std::uint64_t{a.service} << 16 | a.version,
                     objective_ns};
    FlowCells* flow = flows_.find(key);
    if (flow == nullptr) flow = flows_.add(key);
    return flow;
}

void WorkerCounters::count_flow(RequestCells& row, const Account& a) {
    const auto objective = registry_.objective_ns(a.service);
    if (row.flow == nullptr || row.flow_objective_ns != objective) [[unlikely]] {
        row.flow = flow_row(a, objective);
        row.flow_objective_ns = objective;
        if (row.flow == nullptr) {
            rows_refused_.add();
            return;
        }
    }
    FlowCells& flow = *row.flow;
    if (a.cache == CacheOutcome::hit) flow.cache_hits.add();
    if (a.cache == CacheOutcome::miss) flow.cache_misses.add();
    if (a.tunnel) {
        flow.tunnels.add();
        return;
    }
    const auto duration = at_least_0(a.duration_ns);
    const auto first_byte = at_least_0(a.first_byte_ns);
    // Errors are counted by their ending, and would look fast here. But a client that left
    // unanswered after the objective had passed was not served within it.
    const bool answered = row_of(a.ending).blame == BlameOf::none;
    const bool gave_up = a.ending == Ending::client_gone && first_byte == 0 && duration > objective;
    if (!answered && !gave_up) return;
    flow.duration.record(duration);
    if (!answered) return;
    if (duration <= objective) flow.duration_within.add();
    if (first_byte <= objective) flow.first_byte_within.add();
}

void WorkerCounters::count_client(RequestCells& row, const Account& a) {
    if (last_client_hash_ == 0 || !(last_client_ == a.client)) {
        std::uint64_t words[2];
        std::memcpy(words, a.client.bytes.data(), sizeof words);
        if (!a.client.is_v4()) words[1] = 0;  // As client_key() says.
        last_client_ = a.client;
        last_client_hash_ = telemetry::keyed_hash(registry_.sketch_key(), words[0], words[1]) | 1;
    }
    const auto minute = (a.started_at.ns + a.duration_ns) / 60'000'000'000;
    const bool affected = is_affected(a);
    row.service->saw_client(last_client_hash_, std::max<std::int64_t>(minute, 0), affected);
    if (affected) [[unlikely]]
        count_affected(*row.service, a);
}

// Apart, so that a request that succeeds does not pay for it.
[[gnu::noinline, gnu::cold]] void WorkerCounters::count_affected(ServiceCells& service,
                                                                 const Account& a) const {
    const auto ms = std::max<std::int64_t>((a.started_at.ns + a.duration_ns) / 1'000'000, 0);
    auto& cells = service.affected[static_cast<std::size_t>(ms / 60'000) % service.affected.size()];
    cells.add(client_key(a.client), last_client_hash_, ms);
}

void WorkerCounters::count_attempt(const Account& a, std::size_t index) {
    const AttemptRecord& attempt = a.attempt[index];
    auto duration = attempt.duration_ns;
    if (duration == 0) {
        const bool last = index + 1 == a.attempts;
        duration = (last ? a.duration_ns : a.attempt[index + 1].started_ns) - attempt.started_ns;
    }
    const RowKey key{std::uint64_t{attempt.endpoint} << 16 | attempt.status,
                     std::uint64_t{static_cast<std::uint8_t>(a.method)} |
                         std::uint64_t{static_cast<std::uint8_t>(attempt.ending)} << 16};
    AttemptCells* row = attempts_.find(key);
    if (row == nullptr) row = attempts_.add(key);
    if (row != nullptr) row->duration.record(at_least_0(duration));
    else rows_refused_.add();

    EndpointCells* cells = endpoints_.at(attempt.endpoint);
    if (cells == nullptr) return;
    if (attempt.first_byte_ns > 0) cells->first_byte.record(at_least_0(attempt.first_byte_ns));
    if (attempt.reused) {
        cells->pool_hits.add();
    } else if (is_connect_failure(attempt.ending)) {
        cells->connect_failures.add();
    } else if (attempt.connect_ns > 0) {  // Else it ended before there was a connection.
        cells->connects.add();
        cells->connect_sum_ns.add(at_least_0(attempt.connect_ns));
    }
}

void account(WorkerCounters& counters, const Account& a) {
    RequestCells& row = counters.request_row(a);
    row.duration.record(at_least_0(a.duration_ns));
    row.bytes_in.add(a.bytes_in);
    row.bytes_out.add(a.bytes_out);
    if (a.service != Account::none) counters.count_flow(row, a);
    if (row.service != nullptr) {
        counters.count_client(row, a);
        if (a.attempts > 1) row.service->retries.add(a.attempts - 1U);
    }
    const auto attempts = std::min<std::size_t>(a.attempts, Account::attempts_max);
    for (std::size_t i = 0; i < attempts; ++i) counters.count_attempt(a, i);
}

}  // namespace sg::gateway
