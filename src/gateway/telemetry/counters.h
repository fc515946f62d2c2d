// Everything that one worker counts. One writer, the worker itself; any thread may read
// (collect.h). Cumulative for the life of the process. No allocation once every combination in use
// has been seen.
#pragma once

#include <cstdint>

#include "gateway/telemetry/account.h"
#include "gateway/telemetry/affected.h"
#include "gateway/telemetry/cell.h"
#include "gateway/telemetry/registry.h"
#include "telemetry/snapshot.h"

namespace sg::gateway {

enum class UrlScheme : std::uint8_t { http, https };
inline constexpr std::size_t method_count = static_cast<std::size_t>(http::Method::other) + 1;

struct RowKey {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    bool operator==(const RowKey&) const = default;
    std::size_t hash() const {
        const std::uint64_t mixed = (a ^ (b * 0x9e3779b97f4a7c15)) * 0xd6e8feb86659fd93;
        return static_cast<std::size_t>(mixed ^ (mixed >> 32));
    }
};

struct ServiceCells {
    struct Minute {
        std::atomic<std::int64_t> minute{-1};  // -1 while it is being cleared.
        SketchCells seen;
        SketchCells affected;
    };
    static constexpr std::size_t minutes_kept = 4;

    Gauge active;
    Cell retries;
    Cell retries_refused;
    Cell circuit_refused;
    SketchCells clients;
    SketchCells clients_affected;
    std::array<Minute, minutes_kept> minutes;
    std::array<AffectedCells, minutes_kept> affected;

    void saw_client(std::uint64_t hash, std::int64_t minute, bool affected_now);
};

struct EndpointCells {
    Gauge active;
    Gauge connections;
    Gauge ejected;  // 0 or 1.
    BasicCell<telemetry::Health> health;
    Cell connects;
    Cell connect_failures;
    Cell connect_sum_ns;
    Cell pool_hits;
    Cell ejections;
    Cell health_changes;
    ExponentialCells<3> first_byte;
};

struct FlowCells {  // Of a route to a version, under one objective.
    using Key = RowKey;
    Key key;
    Cell duration_within;
    Cell first_byte_within;
    Cell tunnels;
    Cell cache_hits;
    Cell cache_misses;
    ExponentialCells<4> duration;
};

struct RequestCells {
    using Key = RowKey;
    Key key;
    BoundedCells duration;
    Cell bytes_in;
    Cell bytes_out;
    // Where else such a request counts; known to the writer only.
    FlowCells* flow = nullptr;
    std::uint64_t flow_objective_ns = 0;
    ServiceCells* service = nullptr;
};

struct AttemptCells {
    using Key = RowKey;
    Key key;
    BoundedCells duration;
};

class alignas(64) WorkerCounters {
  public:
    // Room for named combinations; beyond it requests count by their ending alone. A stranger can
    // choose among methods and endings only, an endpoint among status codes.
    static constexpr std::uint32_t request_rows_max = 8192;
    static constexpr std::uint32_t attempt_rows_max = 8192;
    static constexpr std::uint32_t flow_rows_max = 2048;

    explicit WorkerCounters(const Registry& registry, std::uint16_t worker = 0);

    // Clients.
    void connection_opened();
    void connection_closed() { connections_.add(-1); }
    void connection_refused() { connections_refused_.add(); }
    void tunnel_opened() { tunnels_.add(1); }
    void tunnel_closed() { tunnels_.add(-1); }
    void request_began(http::Method method, UrlScheme scheme) { active(method, scheme).add(1); }
    void request_ended(http::Method method, UrlScheme scheme) { active(method, scheme).add(-1); }

    // Services.
    void service_entered(std::uint16_t service);
    void service_left(std::uint16_t service);
    void circuit_refused(std::uint16_t service);
    void retry_refused(std::uint16_t service);  // The budget is spent.

    // Endpoints. Connects, pool hits and retries are counted from the attempts of an Account.
    void endpoint_entered(std::uint16_t endpoint);
    void endpoint_left(std::uint16_t endpoint);
    void endpoint_connection_opened(std::uint16_t endpoint);
    void endpoint_connection_closed(std::uint16_t endpoint);
    void endpoint_ejected(std::uint16_t endpoint);
    void endpoint_returned(std::uint16_t endpoint);
    void endpoint_health(std::uint16_t endpoint, telemetry::Health health);

    // The event loop: how late it came back, and each time that the watchdog had to notice.
    void loop_lag(Duration lag);
    void loop_stalled() { loop_stalls_.add(); }

  private:
    friend void account(WorkerCounters& counters, const Account& account);
    friend class Collector;

    Gauge& active(http::Method method, UrlScheme scheme) {
        return active_[static_cast<std::size_t>(method) * 2 + static_cast<std::size_t>(scheme)];
    }
    RequestCells& request_row(const Account& account);
    RequestCells& overflow_row(Ending ending);
    FlowCells* flow_row(const Account& account, std::uint64_t objective_ns);
    void count_flow(RequestCells& row, const Account& account);
    void count_client(RequestCells& row, const Account& account);
    void count_affected(ServiceCells& service, const Account& account) const;
    void count_attempt(const Account& account, std::size_t index);

    const Registry& registry_;
    const std::uint16_t worker_;
    Gauge connections_;
    Gauge tunnels_;
    Cell connections_accepted_;
    Cell connections_refused_;
    Cell loop_stalls_;
    Cell rows_refused_;
    BoundedCells loop_lag_;
    std::array<Gauge, method_count * 2> active_;
    RowTable<RequestCells> requests_;
    RowTable<AttemptCells> attempts_;
    RowTable<FlowCells> flows_;
    IndexedRows<ServiceCells> services_;
    IndexedRows<EndpointCells> endpoints_;
    std::array<RequestCells, ending_count> overflow_;
    RequestCells* last_row_ = nullptr;  // The next request is often like the last.
    IpAddress last_client_;
    std::uint64_t last_client_hash_ = 0;
};

// Counts a request that has ended, once. Aim: at most 150 ns (counters_bench.cc).
void account(WorkerCounters& counters, const Account& account);

}  // namespace sg::gateway
