// Worker: one core's share of the gateway. Everything here is touched by its own thread only;
// others post.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/rc.h"
#include "directive/model.h"
#include "gateway/client.h"
#include "gateway/exchange.h"
#include "gateway/guards/refusals.h"
#include "gateway/plan.h"
#include "gateway/telemetry/access_log.h"
#include "gateway/telemetry/counters.h"
#include "gateway/telemetry/trace.h"
#include "http/date.h"
#include "http/out.h"
#include "runtime/loop.h"
#include "runtime/socket.h"

namespace sg::gateway {

// Directives that are in force, as one immutable value; replaced whole.
using DirectivesInForce = std::shared_ptr<const std::vector<directive::Directive>>;

// What workers share with each other: limits that must mean what they say.
struct Totals {
    alignas(64) std::atomic<std::uint32_t> requests{0};
    alignas(64) std::atomic<std::uint32_t> connections{0};
    alignas(64) std::atomic<std::uint32_t> queued{0};  // Requests that wait for a place, anywhere.
};

struct HealthNews {
    std::string service;
    std::string endpoint;  // EndpointAddress::text
    upstream::Health health = upstream::Health::unknown;
    bool passed = false;
};

// One address that this worker accepts from.
struct Listener {
    runtime::Watcher watcher;
    std::shared_ptr<const Compiled> owner;
    const ListenerSpec* spec = nullptr;
    SocketAddress address;
    runtime::Gate accepting;
    bool closing = false;
};

class Worker {
  public:
    // Asked of the control loop, which runs checks: this endpoint looks stalled or failing.
    using Suspect =
        std::move_only_function<void(const std::string& service, const std::string& endpoint)>;

    struct Position {  // Among the others.
        std::uint16_t index = 0;
        std::uint32_t workers = 1;
    };
    struct Surroundings {  // With the others.
        Shared& shared;
        Totals& totals;
        AccessLog& log;
        upstream::HashKey key;
    };
    Worker(Position position, const Surroundings& around);
    ~Worker();

    void start();  // Runs the loop on a thread of its own.
    void join();
    runtime::Loop& loop() { return loop_; }
    const WorkerCounters& counters() const { return counters_; }

    // --- on the worker's own thread; use loop().post()
    // -----------------------------------------------
    void adopt(std::shared_ptr<const Compiled> compiled);
    void set_endpoints(const std::string& service, const std::string& version,
                       const std::vector<upstream::EndpointAddress>& list);
    void set_health(const HealthNews& news);
    void set_directives(DirectivesInForce directives);
    void listen(runtime::UniqueFd fd, SocketAddress address);
    void stop_listening(const SocketAddress& address);
    void drain();          // Accepts nothing new; a connection ends with its next response.
    void interrupt_all();  // What still runs must end now.
    std::size_t clients() const { return clients_.running(); }
    Suspect on_suspect;

    // --- for the files that serve
    // ----------------------------------------------------------------------
    Rc<Plan> plan() const { return plan_; }
    WorkerCounters& count() { return counters_; }
    LogLane& log() { return log_; }
    IdGenerator& ids() { return ids_; }
    Shared& shared() { return shared_; }
    Totals& totals() { return totals_; }
    bool draining() const { return draining_; }
    runtime::Gate& gate() { return clients_; }
    std::uint64_t random() { return ids_.next(); }

    Exchange& take_exchange();
    void give_exchange(Exchange& exchange);
    upstream::EndpointIo& io_of(ServiceState& service, upstream::EndpointState& endpoint);
    const guards::Fault* fault_for(const Exchange& exchange);
    // Of the version or the endpoint that the present attempt goes to.
    const guards::Fault* fault_of_attempt(const Exchange& exchange);
    bool refuses_some() const { return !refusals_.empty(); }
    // Null: in clear.
    const runtime::TlsServer* tls_of(const ListenerSpec& listener, const Compiled& compiled) const;
    Ending refused(Exchange& exchange);  // By directive, and why; ok: it is not.
    Instant wall_at(Tick t) const { return {t.ns + wall_offset_ns_}; }  // Of the last 100 ms.
    std::string_view date() const { return date_; }  // IMF-fixdate, of this second.

    // Where heads are written before they are sent. Nobody may wait while it holds something.
    static constexpr std::size_t scratch_size = 96 * 1024;
    http::Out scratch() { return {scratch_.get(), scratch_size}; }
    char* scratch_memory() { return scratch_.get(); }
    http::ResponseHead& response_head() { return response_head_; }

    // Waiting for a place in flight at a service (the circuit's queue).
    runtime::Task<Ending> enter_service(Exchange& exchange);
    void leave_service(ServiceState& service);
    void service_has_room(const std::string& service);
    std::move_only_function<void(const std::string& service)> on_room;  // Tells the other workers.

  private:
    void tick();
    void apply_directives(ServiceState& service);
    Rc<ServiceState> service_for(const std::shared_ptr<const Compiled>& compiled,
                                 const ServiceSpec& spec);
    void tick_service(ServiceState& service, Tick now);
    void welcome(Listener& listener, int fd, const SocketAddress& peer);
    runtime::Detached accept_loop(runtime::Gate& gate, Listener& listener);

    const Position position_;
    Shared& shared_;
    Totals& totals_;
    upstream::HashKey key_;
    runtime::Loop loop_;
    WorkerCounters counters_;
    LogLane& log_;
    IdGenerator ids_;
    std::thread thread_;

    Rc<Plan> plan_;
    std::map<std::string, Rc<ServiceState>, std::less<>> services_;
    DirectivesInForce directives_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    runtime::Gate clients_;
    std::vector<std::unique_ptr<Exchange>> exchanges_;
    std::vector<Exchange*> spare_;
    std::unique_ptr<char[]> scratch_;
    http::ResponseHead response_head_;
    struct Ticker : runtime::Timer {
        explicit Ticker(Worker& w);
        Worker& worker;
    };
    std::unique_ptr<Ticker> ticker_;
    guards::Faults faults_;
    guards::Refusals refusals_;
    std::vector<guards::Ended> ended_;  // Listeners that show a certificate that has ended.
    http::DateCache date_cache_;
    std::string date_;
    Tick date_until_;
    std::int64_t wall_offset_ns_ = 0;
    Tick tick_due_;
    bool draining_ = false;
};

}  // namespace sg::gateway
