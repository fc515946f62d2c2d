#include "gateway/worker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "http/date.h"

namespace sg::gateway {

namespace {

constexpr Duration tick_every = 100ms;

Tick next_tick(runtime::Loop& loop) { return loop.after(tick_every); }

}  // namespace

Worker::Ticker::Ticker(Worker& w)
    : Timer([](Timer& timer) { static_cast<Ticker&>(timer).worker.tick(); }), worker(w) {}

Worker::Worker(Position position, const Surroundings& around)
    : position_(position),
      shared_(around.shared),
      totals_(around.totals),
      key_(around.key),
      counters_(around.shared.registry, position.index),
      log_(around.log.add_lane()),
      directives_(std::make_shared<const std::vector<directive::Directive>>()),
      scratch_(new char[scratch_size]),
      ticker_(std::make_unique<Ticker>(*this)) {}

Worker::~Worker() = default;

void Worker::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), ("worker-" + std::to_string(position_.index)).c_str());
        tick();
        loop_.run();
    });
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

// --- configuration -------------------------------------------------------------------------------

Rc<ServiceState> Worker::service_for(const std::shared_ptr<const Compiled>& compiled,
                                     const ServiceSpec& spec) {
    const std::string& name = spec.config->name;
    auto it = services_.find(name);
    if (it == services_.end()) {
        const upstream::PolicyContext context{
            .key = key_, .seed = ids_.next(), .workers = position_.workers};
        it = services_.emplace(name, Rc<ServiceState>::make(spec, context)).first;
        ServiceState& fresh = *it->second;
        fresh.policy.on_abandon = [&fresh](upstream::EndpointState& endpoint) {
            static_cast<void>(fresh);
            if (endpoint.attachment == nullptr) return;
            for (Exchange* const x : upstream::EndpointIo::of(endpoint).waiting())
                if (x->attempt && x->attempt.abandoned()) x->interrupt(Interruption::abandoned);
        };
    } else {
        it->second->spec = spec;
        it->second->policy.configure(*spec.config);
        it->second->name_versions();
    }
    it->second->snapshot = compiled->snapshot;
    apply_directives(*it->second);
    return it->second;
}

void Worker::adopt(std::shared_ptr<const Compiled> compiled) {
    Plan plan;
    plan.compiled = compiled;
    const config::Config& config = *compiled->snapshot;
    std::map<std::string, Rc<ServiceState>, std::less<>> present;
    for (const auto& [name, spec] : compiled->services)
        present.emplace(name, service_for(compiled, spec));
    services_ = std::move(present);
    for (const auto& route : compiled->router->routes()) {
        const config::Route& said = *route.route;
        RouteState state;
        state.compiled = &route;
        state.telemetry = compiled->route_telemetry[route.index];
        state.files = compiled->route_files[route.index];
        static const config::Timeouts no_timeouts;
        static const config::Retry no_retry;
        state.timeouts = said.timeouts ? &*said.timeouts : &no_timeouts;
        state.retry = said.retry ? &*said.retry : &no_retry;
        if (const auto it = services_.find(said.service); it != services_.end()) {
            state.service = it->second;
            if (!said.timeouts) state.timeouts = &it->second->spec.config->timeouts;
            if (!said.retry) state.retry = &it->second->spec.config->retry;
        }
        state.body_max = said.body_max.value_or(config.limits.body_max).count;
        plan.routes.push_back(std::move(state));
    }
    plan_ = Rc<Plan>::make(std::move(plan));
    set_directives(directives_);
    for (const auto& listener : listeners_) {
        for (const auto& spec : compiled->listeners) {
            if (!(spec.address == listener->address)) continue;
            listener->spec = &spec;
            listener->owner = compiled;
        }
    }
}

void Worker::set_endpoints(const std::string& service, const std::string& version,
                           const std::vector<upstream::EndpointAddress>& list) {
    const auto it = services_.find(service);
    if (it == services_.end()) return;
    it->second->policy.set_endpoints(version, list, loop_.now());
    apply_directives(*it->second);
}

void Worker::set_health(const HealthNews& news) {
    const auto it = services_.find(news.service);
    if (it == services_.end()) return;
    for (const auto& endpoint : it->second->policy.endpoints()) {
        if (endpoint->id.text != news.endpoint || endpoint->leaving) continue;
        // Checked once for all workers, so one of them counts it.
        if (position_.index == 0 && endpoint->health != news.health)
            counters_.endpoint_health(endpoint->id.telemetry,
                                      static_cast<telemetry::Health>(news.health));
        it->second->policy.set_health(*endpoint, news.health, news.passed, loop_.now());
    }
}

void Worker::apply_directives(ServiceState& service) {
    std::map<std::string, std::uint32_t> weights;
    std::vector<std::string> drained;
    std::vector<std::string> breakers;
    std::set<std::string_view> without;
    service.circuit = service.spec.config->circuit;
    for (const auto& directive : *directives_) {
        if (const auto* w = std::get_if<directive::SetWeights>(&directive.what)) {
            if (w->service != service.name) continue;
            for (const auto& [version, weight] : w->weights) weights[version] = weight;
        } else if (const auto* d = std::get_if<directive::DrainEndpoint>(&directive.what)) {
            if (d->service == service.name) drained.push_back(d->endpoint);
        } else if (const auto* c = std::get_if<directive::SetCircuit>(&directive.what)) {
            if (c->service != service.name) continue;
            if (c->requests_max) service.circuit.requests_max = *c->requests_max;
            if (c->connections_max) service.circuit.connections_max = *c->connections_max;
            if (c->queue_max) service.circuit.queue_max = *c->queue_max;
        } else if (const auto* b = std::get_if<directive::OpenBreaker>(&directive.what)) {
            if (b->service == service.name) breakers.push_back(b->endpoint);
        } else if (const auto* o = std::get_if<directive::SwitchOff>(&directive.what)) {
            if (o->service == service.name) without.insert(o->need);
        }
    }
    service.without = fmt::to_string(fmt::join(without, ", "));
    service.policy.set_weights(weights);
    service.policy.set_drained(drained);
    service.policy.set_breakers(breakers, loop_.now());
}

void Worker::set_directives(DirectivesInForce directives) {
    directives_ = std::move(directives);
    for (const auto& [name, service] : services_) apply_directives(*service);
    if (!plan_) return;
    const auto route = [this](std::string_view name) -> std::optional<std::uint16_t> {
        for (const auto& state : plan_->routes)
            if (state.compiled->route->name == name) return state.telemetry;
        return {};
    };
    const auto service = [this](std::string_view name) -> std::optional<std::uint16_t> {
        const auto it = services_.find(name);
        return it == services_.end() ? std::optional<std::uint16_t>{} : it->second->spec.telemetry;
    };
    const guards::Moment now{.wall = wall_now(), .steady = steady_now()};
    faults_ = guards::Faults::compile(*directives_, route, service, now);
    refusals_ = guards::Refusals::compile(*directives_, service, now);
    ended_ = guards::ended_certificates(*directives_, now);
}

const runtime::TlsServer* Worker::tls_of(const ListenerSpec& listener,
                                         const Compiled& compiled) const {
    if (!listener.tls || ended_.empty()) return listener.tls.get();
    const bool shows_ended = std::ranges::any_of(ended_, [&](const guards::Ended& one) {
        return loop_.now() < one.expires && (one.listener.empty() || one.listener == listener.name);
    });
    return shows_ended && compiled.ended_tls ? compiled.ended_tls.get() : listener.tls.get();
}

Ending Worker::refused(Exchange& x) {
    const auto* const refusal = refusals_.pick({.service = x.account.service,
                                                .client = x.origin.client,
                                                .random = ids_.next(),
                                                .now = loop_.now()});
    if (refusal == nullptr) return Ending::ok;
    x.detail = "by directive " + refusal->directive;
    x.retry_after_s = refusal->retry_after_s;
    return refusal->ending;
}

const guards::Fault* Worker::fault_for(const Exchange& x) {
    if (faults_.empty()) return nullptr;
    return faults_.pick(x.account.route, x.account.service, ids_.next(), loop_.now());
}

const guards::Fault* Worker::fault_of_attempt(const Exchange& x) {
    if (!faults_.any_narrow()) return nullptr;
    const auto& endpoint = *x.attempt.endpoint;
    const auto version =
        endpoint.leaving ? std::string_view() : x.service->policy.version_name(endpoint.version);
    return faults_.pick_narrow({.route = x.account.route,
                                .service = x.account.service,
                                .to = {version, endpoint.id.text, endpoint.id.name}},
                               ids_.next(), loop_.now());
}

// --- now and then --------------------------------------------------------------------------------

void Worker::tick_service(ServiceState& service, Tick now) {
    service.policy.tick(now);
    for (const auto& io : service.io) io->count_ejections();
    if (on_suspect) {
        service.policy.suspects(now, [&](upstream::EndpointState& endpoint) {
            on_suspect(service.name, endpoint.id.text);
        });
    }
    // Endpoints that have left and have nothing in flight lose their connections; then the policy
    // frees them.
    std::erase_if(service.io, [](const std::unique_ptr<upstream::EndpointIo>& io) {
        return io->state().leaving && io->state().in_flight == 0 && io->waiting().empty();
    });
}

void Worker::tick() {
    const Tick now = steady_now();
    if (tick_due_.ns != 0) counters_.loop_lag(std::max(now - tick_due_, Duration::zero()));
    wall_offset_ns_ = wall_now().ns - now.ns;
    for (const auto& [name, service] : services_) tick_service(*service, now);
    if (now >= date_until_) {
        date_ = date_cache_.at(wall_now());
        date_until_ = now + 500ms;
    }
    tick_due_ = next_tick(loop_);
    loop_.arm(*ticker_, tick_due_);
}

// --- exchanges -----------------------------------------------------------------------------------

Exchange& Worker::take_exchange() {
    if (spare_.empty()) {
        exchanges_.push_back(std::make_unique<Exchange>(*this));
        return *exchanges_.back();
    }
    Exchange* const x = spare_.back();
    spare_.pop_back();
    return *x;
}

void Worker::give_exchange(Exchange& x) { spare_.push_back(&x); }

upstream::EndpointIo& Worker::io_of(ServiceState& service, upstream::EndpointState& endpoint) {
    if (endpoint.attachment == nullptr) [[unlikely]] {
        service.io.push_back(std::make_unique<upstream::EndpointIo>(
            endpoint, shared_.circuits.of_endpoint(service.name, endpoint.id.text), counters_));
    }
    return upstream::EndpointIo::of(endpoint);
}

void Worker::drain() {
    draining_ = true;
    for (const auto& listener : listeners_) {
        listener->closing = true;
        listener->watcher.cancel();
    }
}

void Worker::interrupt_all() {
    for (const auto& x : exchanges_)
        if (x->client != nullptr) x->interrupt(Interruption::shutdown);
}

}  // namespace sg::gateway
