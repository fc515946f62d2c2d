#include "gateway/guards/admit.h"

#include "gateway/router/path.h"
#include "gateway/worker.h"

namespace sg::gateway::guards {

namespace {

// A gateway of an installation may lie twice on the way of a request on purpose; more often is a
// circle.
constexpr std::size_t passages_most = 3;

runtime::Task<Ending> suffer(Exchange& x) {
    const Fault& fault = *x.fault;
    if (fault.delay) co_await x.worker.loop().sleep_until(x.worker.loop().after(*fault.delay));
    if (fault.reset) {
        x.unfinished = x.close_client = true;
        x.response_begun = true;  // Nothing is to be said.
        co_return Ending::fault_injected;
    }
    if (fault.abort) co_return Ending::fault_injected;
    x.detail.clear();  // Delayed or narrowed, but served.
    co_return Ending::ok;
}

}  // namespace

Ending inspect(Exchange& x) {
    const auto& request = x.request;
    if (request.method == http::Method::connect) {
        x.detail = "this gateway opens no tunnels to elsewhere";
        return Ending::method_not_allowed;
    }
    const auto normal = router::normalize_path(request.path, x.path_scratch);
    if (!normal.ok) {
        x.detail = normal.reason;
        return Ending::request_malformed;
    }
    x.path = normal.path;
    if (request.fields.has(http::FieldId::via) &&
        proxy::count_in_via(request.fields, x.worker.shared().pseudonym) >= passages_most)
        return Ending::loop_detected;
    return Ending::ok;
}

runtime::Task<Ending> admit(Exchange& x) {
    const auto& limits = x.plan->config().limits;
    if (x.request.content_length > x.route->body_max) {
        x.detail = "Content-Length says so";
        co_return Ending::request_body_too_large;
    }
    x.in_gateway = true;
    if (x.worker.totals().requests.fetch_add(1, std::memory_order_relaxed) >= limits.requests_max)
        co_return Ending::overloaded;
    if (x.service == nullptr) co_return Ending::ok;
    if (const Fault* const fault = x.worker.fault_for(x); fault != nullptr) {
        x.fault = *fault;
        x.detail = "by directive " + fault->directive;
        const Ending end = co_await suffer(x);
        if (end != Ending::ok) co_return end;
    }
    if (x.service->spec.requests->try_enter(x.service->circuit.requests_max)) {
        x.in_service = true;
        x.worker.count().service_entered(x.service->spec.telemetry);
        co_return Ending::ok;
    }
    const Ending end = co_await x.worker.enter_service(x);
    co_return end;
}

void leave(Exchange& x) {
    if (x.in_gateway) x.worker.totals().requests.fetch_sub(1, std::memory_order_relaxed);
    if (x.in_service) {
        x.worker.count().service_left(x.service->spec.telemetry);
        x.worker.leave_service(*x.service);
    }
    x.in_gateway = x.in_service = false;
}

}  // namespace sg::gateway::guards
