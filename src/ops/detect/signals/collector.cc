#include "ops/detect/signals/collector.h"

#include "config/formats.h"

namespace sg::signals {

namespace {

constexpr Duration services_every = 5s;
constexpr Duration outside_every = 10s;
constexpr Duration outside_timeout = 5s;

Instant floored_second(Instant at) { return floored(0, at); }

}  // namespace

Setup setup_of(const config::Config& config, const std::string& local_socket) {
    const auto& operations = config.operations;
    Setup setup;
    if (!local_socket.empty())
        setup.gateways.push_back({.name = "local", .unix_socket = local_socket});
    for (const auto& source : operations.ops.gateways) {
        auto address = gateway_address(source.name, source.address);
        address.certificate = source.certificate.certificate;
        address.key = source.certificate.key;
        address.ca = source.ca;
        setup.gateways.push_back(std::move(address));
    }
    for (const auto& [name, probe] : operations.probes) {
        setup.lookouts.push_back(lookout_of(probe));
        setup.lookouts.back().name = name;
        if (!probe.service.empty()) setup.service_of_probe[name] = probe.service;
    }
    for (const auto& [name, need] : operations.needs) {
        setup.lookouts.push_back(lookout_of(need));
        setup.lookouts.back().name = name;
    }
    for (const auto& [name, rule] : operations.alerts)
        if (!rule.promql.empty() && !operations.ops.prometheus.empty())
            setup.lookouts.push_back(
                {.kind = Lookout::Kind::outside,
                 .name = rule.promql,
                 .target = {.target = operations.ops.prometheus, .timeout = outside_timeout},
                 .every = outside_every});
    setup.lookouts.push_back({.kind = Lookout::Kind::services, .every = services_every});
    setup.clients_keep = operations.ops.clients_keep;
    setup.link_bits = config::formats::bits_per_second(operations.ops.host_link).value_or(0);
    return setup;
}

Collector::Collector(Ports ports, const std::string& history_file)
    : ports_(std::move(ports)),
      past_(history_file),
      pull_(ports_.exchanges),
      watch_({ports_.prober, ports_.promql, ports_.services, ports_.clock}) {
    // Without the file the seconds count from here; writing tries again.
    if (const auto known = past_.open()) pull_.counts().restore(*known);
}

Collector::~Collector() { stop(); }

void Collector::start(Setup setup, OnSecond told) {
    told_ = std::move(told);
    reconfigure(std::move(setup));
    apply_setup();
    seconds_ = std::thread([this] { make_seconds(); });
    writer_ = std::thread([this] { write_past(); });
}

void Collector::reconfigure(Setup setup) {
    const std::scoped_lock lock(mutex_);
    setup_ = std::move(setup);
}

void Collector::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    ports_.exchanges.wake();
    const bool was_running = seconds_.joinable();
    if (seconds_.joinable()) seconds_.join();
    if (writer_.joinable()) writer_.join();
    watch_.stop();
    if (was_running) write();  // The last seconds, too.
}

void Collector::apply_setup() {
    std::optional<Setup> setup;
    {
        const std::scoped_lock lock(mutex_);
        setup = std::exchange(setup_, std::nullopt);
    }
    if (!setup) return;
    pull_.set_gateways(std::move(setup->gateways));
    watch_.set(std::move(setup->lookouts));
    past_.set_probes(std::move(setup->service_of_probe));
    past_.set_clients_keep(setup->clients_keep);
    meter_.set_link(setup->link_bits);
}

bool Collector::sleep(Duration length) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, length, [this] { return stopping_; });
}

void Collector::make_seconds() {
    for (;;) {
        const auto next = floored_second(ports_.clock.wall()) + 1s;
        const auto left = next - ports_.clock.wall();
        pull_.wait_for_late_answers(ports_.clock.steady() + left);
        if (!sleep(std::max<Duration>(next - ports_.clock.wall(), 0s))) return;
        apply_setup();
        // Late by more than a second (we were not running): the second is the present one.
        const auto now = floored_second(ports_.clock.wall());
        const auto made = second(std::max(next, now));
        past_.add(made, pull_.counts().known());
        past_.add_affected(pull_.counts().take_affected());
        told_(made);
    }
}

Second Collector::second(Instant at) {
    pull_.set_leaving(ports_.leaving());
    Second second = pull_.second(at, ports_.clock.steady());
    second.resources["host"] = meter_.look(ports_.machine.look());
    if (const auto use = watch_.services(); use.at != services_seen_) {
        services_ = meter_.services(use);
        services_seen_ = use.at;
    }
    if (ports_.clock.steady() - services_seen_ > 3 * services_every) services_.clear();  // Too old.
    for (const auto& [service, level] : services_) second.resources["service:" + service] = level;
    watch_.fill(second);
    return second;
}

void Collector::write() {
    [[maybe_unused]] const auto result = past_.write();  // stored() says how it went.
}

void Collector::write_past() {
    while (sleep(write_every)) write();
}

}  // namespace sg::signals
