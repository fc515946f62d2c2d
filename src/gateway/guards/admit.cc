#include "gateway/guards/admit.h"

#include "gateway/router/path.h"
#include "gateway/worker.h"

namespace sg::gateway::guards {

namespace {

// A gateway of an installation may lie twice on the way of a request on purpose; more often is a
// circle.
constexpr std::size_t passages_most = 3;

using runtime::Task;

// A place among the service's requests in flight.
Task<Ending> enter(Exchange& x) {
    if (!x.service->spec.requests->try_enter(x.service->circuit.requests_max))
        return x.worker.enter_service(x);
    x.in_service = true;
    x.worker.count().service_entered(x.service->spec.telemetry);
    return Task<Ending>::ready(Ending::ok);
}

Task<Ending> suffer_and_enter(Exchange& x, const Fault& fault) {
    const Ending end = co_await suffer(x, fault);
    if (end != Ending::ok) co_return end;
    const Ending entered = co_await enter(x);
    co_return entered;
}

}  // namespace

// It is copied before anything is waited for: the directives may change meanwhile.
Task<Ending> suffer(Exchange& x, const Fault& injected) {
    x.fault = injected;
    x.detail = "by directive " + injected.directive;
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

Task<Ending> admit(Exchange& x) {
    const auto& limits = x.plan->config().limits;
    if (x.request.content_length > x.route->body_max) {
        x.detail = "Content-Length says so";
        return Task<Ending>::ready(Ending::request_body_too_large);
    }
    if (x.worker.refuses_some()) [[unlikely]] {
        const Ending refused = x.worker.refused(x);
        if (refused != Ending::ok) return Task<Ending>::ready(refused);
    }
    x.in_gateway = true;
    if (x.worker.totals().requests.fetch_add(1, std::memory_order_relaxed) >= limits.requests_max)
        return Task<Ending>::ready(Ending::overloaded);
    if (x.service == nullptr) return Task<Ending>::ready(Ending::ok);
    if (const Fault* const fault = x.worker.fault_for(x); fault != nullptr) {
        return suffer_and_enter(x, *fault);
    }
    return enter(x);
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
