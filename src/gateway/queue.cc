// The circuit's queue: requests that wait for a place among a service's requests in flight. First
// come, first served on each worker; bounded in number and time.
#include <algorithm>

#include "gateway/worker.h"

namespace sg::gateway {

// Somebody who waits.
struct Place : runtime::Timer {
    Place(runtime::Loop& l, std::deque<Place*>& q)
        : Timer([](Timer& timer) { static_cast<Place&>(timer).leave_queue(Verdict::too_late); }),
          loop(l),
          queue(q) {}

    enum class Verdict : std::uint8_t { granted, too_late };

    void leave_queue(Verdict v) {
        verdict = v;
        queue.erase(std::find(queue.begin(), queue.end(), this));
        loop.resume_soon(handle);
    }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        handle = waiting;
        queue.push_back(this);
    }
    Verdict await_resume() const noexcept { return verdict; }

    runtime::Loop& loop;
    std::deque<Place*>& queue;
    std::coroutine_handle<> handle;
    Verdict verdict = Verdict::too_late;
};

runtime::Task<Ending> Worker::enter_service(Exchange& x) {
    ServiceState& service = *x.service;
    if (service.queue.size() >= service.circuit.queue_max || service.circuit.queue_timeout <= 0s) {
        counters_.circuit_refused(service.spec.telemetry);
        co_return Ending::circuit_open;
    }
    Place place(loop_, service.queue);
    loop_.arm(place, loop_.after(service.circuit.queue_timeout));
    totals_.queued.fetch_add(1, std::memory_order_relaxed);
    const Place::Verdict verdict = co_await place;
    totals_.queued.fetch_sub(1, std::memory_order_relaxed);
    if (verdict == Place::Verdict::too_late) {
        counters_.circuit_refused(service.spec.telemetry);
        co_return Ending::queue_timeout;
    }
    x.in_service = true;
    counters_.service_entered(service.spec.telemetry);
    co_return Ending::ok;
}

void Worker::leave_service(ServiceState& service) {
    service.spec.requests->leave();
    if (totals_.queued.load(std::memory_order_relaxed) == 0) return;
    if (!service.queue.empty()) service_has_room(service.name);
    else if (on_room) on_room(service.name);  // Somebody may wait on another core.
}

void Worker::service_has_room(const std::string& name) {
    const auto it = services_.find(name);
    if (it == services_.end()) return;
    ServiceState& service = *it->second;
    while (!service.queue.empty() && service.spec.requests->try_enter(service.circuit.requests_max))
        service.queue.front()->leave_queue(Place::Verdict::granted);
}

}  // namespace sg::gateway
