#include "gateway/control/checker.h"

#include <spdlog/spdlog.h>

#include "http/h1/parse.h"

namespace sg::gateway {

using runtime::Stream;
using runtime::Task;
using runtime::Wake;
using upstream::HealthState;

struct Checker::Check : runtime::Timer, std::enable_shared_from_this<Checker::Check> {
    Check(Checker& c, const config::HealthCheck& how, std::uint64_t seed)
        : Timer([](Timer& timer) {
              auto& self = static_cast<Check&>(timer);
              self.checker.due(self);
          }),
          checker(c),
          state(how, seed, c.loop_.now()) {}

    Checker& checker;
    std::string service;
    std::string version;
    upstream::EndpointAddress endpoint;
    std::shared_ptr<const Compiled> compiled;  // Keeps `spec` alive.
    const ServiceSpec* spec = nullptr;
    HealthState state;
    Tick suspected_until;
    bool gone = false;
};

Checker::Checker(runtime::Loop& loop, Say say) : loop_(loop), say_(std::move(say)) {}
Checker::~Checker() = default;

void Checker::set_endpoints(const std::string& service, const std::string& version,
                            const EndpointTable::List& list,
                            const std::shared_ptr<const Compiled>& compiled) {
    const auto spec = compiled->services.find(service);
    if (spec == compiled->services.end()) return;
    const auto& how = spec->second.config->health;
    std::map<Key, std::shared_ptr<Check>> before = std::move(checks_);
    checks_.clear();
    for (auto& [key, check] : before)
        if (check->service != service || check->version != version) checks_.emplace(key, check);
    for (const auto& endpoint : list) {
        if (how.kind == config::HealthCheck::Kind::none) break;
        const Key key{service, endpoint.text};
        auto it = before.find(key);
        std::shared_ptr<Check> check;
        if (it != before.end() && it->second->version == version) {
            check = it->second;
            before.erase(it);
            check->state.configure(how);
        } else {
            const std::hash<std::string> hash;
            check = std::make_shared<Check>(*this, how, hash(service + endpoint.text));
        }
        check->service = service;
        check->version = version;
        check->endpoint = endpoint;
        check->compiled = compiled;
        check->spec = &spec->second;
        checks_[key] = check;
        plan(*check);
        // Workers that have just been told of the endpoint know nothing of its health yet.
        if (check->state.health() != upstream::Health::unknown)
            say_({service, endpoint.text, check->state.health(),
                  check->state.health() == upstream::Health::healthy});
    }
    for (auto& [key, check] : before) {
        if (checks_.contains(key)) continue;
        check->gone = true;
        check->disarm();
    }
}

void Checker::forget_others(const Compiled& compiled) {
    std::erase_if(checks_, [&](auto& entry) {
        const auto service = compiled.services.find(entry.second->service);
        const bool stays = service != compiled.services.end() &&
                           service->second.config->versions.contains(entry.second->version) &&
                           service->second.config->health.kind != config::HealthCheck::Kind::none;
        if (stays) return false;
        entry.second->gone = true;
        entry.second->disarm();
        return true;
    });
}

void Checker::plan(Check& check) { loop_.arm(check, check.state.next_check()); }

void Checker::suspect(const std::string& service, const std::string& endpoint) {
    const auto it = checks_.find({service, endpoint});
    if (it == checks_.end()) return;
    it->second->suspected_until = loop_.now() + 1s;
    it->second->state.suspect(loop_.now());
    plan(*it->second);
}

upstream::Health Checker::health_of(const std::string& service, const std::string& endpoint) const {
    const auto it = checks_.find({service, endpoint});
    return it == checks_.end() ? upstream::Health::unknown : it->second->state.health();
}

void Checker::due(Check& check) {
    check.state.began(loop_.now());
    run(gate_, check.shared_from_this());
}

runtime::Detached Checker::run(runtime::Gate&, std::shared_ptr<Check> check) {
    const bool passed = co_await probe(*check);
    if (check->gone) co_return;
    const Tick now = loop_.now();
    if (now >= check->suspected_until) check->state.trust();
    const auto change =
        check->state.ended(passed ? HealthState::Result::passed : HealthState::Result::failed, now);
    if (change == HealthState::Change::became_unhealthy)
        spdlog::warn("endpoint {} of {} is unhealthy", check->endpoint.text, check->service);
    if (change == HealthState::Change::became_healthy)
        spdlog::info("endpoint {} of {} is healthy", check->endpoint.text, check->service);
    say_({check->service, check->endpoint.text, check->state.health(), passed});
    plan(*check);
}

Task<bool> Checker::probe(Check& check) {
    const auto compiled = check.compiled;  // A reload meanwhile must not take the ground away.
    const config::Service& service = *check.spec->config;
    const auto tls = check.spec->tls;
    if (check.endpoint.address.length == 0) co_return false;
    const Tick deadline = loop_.after(service.health.timeout);
    Stream stream;
    const auto connected =
        co_await runtime::connect(loop_, stream, check.endpoint.address, deadline);
    if (!connected) co_return false;
    if (service.health.kind == config::HealthCheck::Kind::tcp) {
        stream.reset();  // No TIME_WAIT for each check.
        co_return true;
    }
    if (check.endpoint.scheme == config::Scheme::https && tls) {
        const auto host = parse_host_port(check.endpoint.name, 443);
        const std::string name = !service.tls.server_name.empty() ? service.tls.server_name
                                 : host                           ? host->host
                                                                  : std::string();
        const auto done = co_await stream.connect_tls(*tls, name, deadline);
        if (!done) co_return false;
    }
    const bool passed = co_await probe_http(check, stream, deadline);
    co_return passed;
}

Task<bool> Checker::probe_http(Check& check, Stream& stream, Tick deadline) {
    const config::HealthCheck how = check.spec->config->health;
    const std::string request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: streamgate-health\r\nConnection: close\r\n\r\n",
        how.path, how.host.empty() ? check.endpoint.name : how.host);
    const auto sent = co_await runtime::write_all(stream, request, how.timeout);
    if (!sent) co_return false;
    auto buffer = runtime::Buffer::take(runtime::Buffer::small);
    http::h1::HeadScan scan;
    const auto head = std::make_unique<http::ResponseHead>();
    for (;;) {
        const auto n = stream.read_some(buffer.room());
        if (n == Stream::would_block) {
            const Wake wake = co_await stream.can_read(deadline);
            if (wake != Wake::ready) co_return false;
            continue;
        }
        if (n <= 0) co_return false;
        buffer.filled(static_cast<std::size_t>(n));
        const auto verdict = http::h1::parse_response(buffer.text(), {.head_bytes = 16384}, scan,
                                                      http::Method::get, *head);
        if (verdict.progress == http::h1::Progress::bad) co_return false;
        if (verdict.progress == http::h1::Progress::done)
            co_return head->status >= how.status_from && head->status <= how.status_to;
        if (buffer.room().empty()) co_return false;
    }
}

}  // namespace sg::gateway
