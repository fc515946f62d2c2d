// The life of a request. Reads top to bottom; every early return names an Ending (endings.def).
// Runs on the core that accepted the connection, from first byte to last.
#include "gateway/serve.h"

#include "gateway/guards/admit.h"
#include "gateway/proxy/forward.h"
#include "gateway/proxy/replies.h"
#include "gateway/upstream/select.h"
#include "gateway/worker.h"

namespace sg::gateway {

namespace {

// Host, path, method → route; who asked; which trace it belongs to.
Ending route(Exchange& x) {
    const config::Config& config = x.plan->config();
    x.caller = {.ip = x.client->peer,
                .listener_port = x.client->local_port,
                .tls = x.client->tls,
                .trusted = proxy::is_trusted(config.trusted_proxies, x.client->peer)};
    x.origin = proxy::find_origin(x.request, x.caller, config.trusted_proxies);
    x.variables = {.client = x.origin.client,
                   .request_id = x.account.request_id,
                   .host = router::host_of(x.request.authority),
                   .path = x.path};
    x.account.trace =
        begin_trace(x.request.fields, config.telemetry.trace_trust,
                    x.caller.trusted ? Peer::trusted : Peer::stranger, x.worker.ids());
    x.match = x.plan->compiled->router->match(x.request, x.path);
    if (x.match.kind == router::Match::Kind::no_route) return Ending::no_route;
    if (x.match.kind == router::Match::Kind::method_not_allowed) return Ending::method_not_allowed;
    x.route = &x.plan->routes[x.match.route->index];
    x.service = x.route->service.get();
    x.account.route = x.route->telemetry;
    if (x.service != nullptr) x.account.service = x.service->spec.telemetry;
    if (x.route->timeouts->total != no_timeout)
        x.give_up_at = x.worker.loop().after(x.route->timeouts->total);
    return Ending::ok;
}

}  // namespace

runtime::Task<Ending> serve(Exchange& x) {
    if (const Ending end = guards::inspect(x); end != Ending::ok) co_return end;
    if (const Ending end = route(x); end != Ending::ok) co_return end;
    const Ending refused =
        co_await guards::admit(x);  // Cheapest first: sizes, load, faults, circuit.
    if (refused != Ending::ok) co_return refused;
    if (x.match.route->route->redirect) co_return co_await proxy::reply_redirect(x);
    if (x.match.route->route->respond) co_return co_await proxy::reply_fixed(x);
    if (!x.route->files.empty()) co_return co_await proxy::reply_file(x);

    x.watch_client();
    if (const Ending none = upstream::choose(x); none != Ending::ok) co_return none;
    for (;;) {  // Bound: the route's attempts, each further one paid from the service's retry
                // budget.
        const Ending end =
            co_await proxy::forward(x);  // Streams; says ok once the response is delivered.
        if (!upstream::choose_again(x, end)) co_return end;
    }
}

}  // namespace sg::gateway
