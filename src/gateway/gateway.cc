#include "gateway/gateway.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sched.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/load.h"

namespace sg::gateway {

namespace {

std::uint32_t cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(std::max(CPU_COUNT(&set), 1));
}

// Known to the gateways of one installation: kept with the state, made at the first start.
upstream::HashKey load_key(const std::string& state, IdGenerator& ids) {
    const std::string path = state + "/hash-key";
    upstream::HashKey key;
    std::ifstream in(path, std::ios::binary);
    if (in.read(reinterpret_cast<char*>(&key), sizeof key)) return key;
    key = {ids.next(), ids.next()};
    const mode_t before = ::umask(0077);
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&key), sizeof key);
    ::umask(before);
    return key;
}

}  // namespace

std::string print_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const std::string bytes = text.str();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
    std::string print;
    for (unsigned i = 0; i < 6; ++i) print += fmt::format("{:02x}", digest[i]);
    return print;
}

Gateway::Gateway(GatewayOptions options, config::Snapshot config)
    : options_(std::move(options)),
      config_(std::move(config)),
      state_(options_.state.empty() ? config_->state : options_.state),
      started_at_(wall_now()),
      loaded_at_(started_at_),
      expiry_(*this) {}

Gateway::~Gateway() = default;

namespace {

// Before any thread is started: they inherit the mask, and signals are read from a descriptor
// (shutdown.cc).
void block_signals() {
    sigset_t handled;
    sigemptyset(&handled);
    for (const int s : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&handled, s);
    pthread_sigmask(SIG_BLOCK, &handled, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

namespace {

// What the supervisor knows to be good, in place of what somebody may be typing into the file: a
// gateway that is started again after a crash must come up.
Result<config::Snapshot> first_config(const std::string& file) {
    const char* const accepted = std::getenv("STREAMGATE_ACCEPTED_CONFIG");
    if (accepted == nullptr) return config::load_file(file);
    std::ifstream in(accepted, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const auto loaded = config::load_text(text.str(), file);
    if (!in || !loaded.config) return config::load_file(file);
    return loaded.config;
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::make(GatewayOptions options) {
    block_signals();
    TRY(config::Snapshot config, first_config(options.config_file));
    std::unique_ptr<Gateway> gateway(new Gateway(std::move(options), std::move(config)));
    TRY_VOID(gateway->open_state());
    TRY_VOID(gateway->open_log());
    TRY(gateway->compiled_, compile(gateway->config_, gateway->state_, gateway->shared_));
    TRY_VOID(gateway->bind(*gateway->compiled_));
    return gateway;
}

Result<> Gateway::open_state() {
    std::error_code error;
    std::filesystem::create_directories(state_ + "/run", error);
    if (error)
        return fail(Errc::io_failed, fmt::format("cannot make {}/run: {}", state_, error.message()),
                    "`state` in the configuration, or --state, names a folder this user may write");
    IdGenerator ids;
    key_ = load_key(state_, ids);
    const auto identity = gateway_identity(state_);
    shared_.pseudonym = "streamgate-" + identity.substr(0, 8);
    config_print_ = print_of(options_.config_file);
    collector_ =
        std::make_unique<Collector>(shared_.registry, identity, options_.version, started_at_);
    book_ = std::make_unique<directive::DirectiveBook>(state_ + "/directives.json");
    const auto loaded = book_->load(started_at_);
    for (const auto& problem : loaded.problems) spdlog::warn("directives: {}", problem);
    return {};
}

Result<> Gateway::open_log() {
    config::Config effective = *config_;
    effective.state = state_;
    TRY(log_, AccessLog::start(AccessLog::options_of(effective), shared_.registry));
    return {};
}

Result<> Gateway::bind(const Compiled& compiled) {
    const std::uint32_t count = config_->workers == 0 ? cores() : config_->workers;
    for (std::uint32_t i = 0; i < count; ++i) {
        workers_.push_back(std::make_unique<Worker>(
            Worker::Position{.index = static_cast<std::uint16_t>(i), .workers = count},
            Worker::Surroundings{.shared = shared_, .totals = totals_, .log = *log_, .key = key_}));
        collector_->add(workers_.back()->counters());
    }
    std::vector<runtime::Inherited> inherited = runtime::inherited_listeners();
    for (const auto& spec : compiled.listeners) {
        Bound bound{spec.address, {}};
        for (auto& one : inherited)
            if (one.fd && one.address == spec.address) bound.fds.push_back(std::move(one.fd));
        if (bound.fds.empty()) {
            TRY(bound.fds, runtime::listen_group(spec.address, count));
        }
        bound_.push_back(std::move(bound));
    }
    return {};
}

// --- starting ------------------------------------------------------------------------------------

void Gateway::post_to_workers(std::function<void(Worker&)> what) {
    for (const auto& worker : workers_) worker->loop().post([w = worker.get(), what] { what(*w); });
}

// Duplicates: we keep the originals for handing over, and close them when the address is gone.
void Gateway::hand_listeners_to_workers(const Bound& bound) {
    const std::size_t rounds = std::max(bound.fds.size(), workers_.size());
    for (std::size_t i = 0; i < rounds; ++i) {
        // More workers than sockets: some share one. More sockets than workers: some take several.
        const int fd = ::fcntl(bound.fds[i % bound.fds.size()].get(), F_DUPFD_CLOEXEC, 3);
        if (fd < 0) continue;
        Worker* const worker = workers_[i % workers_.size()].get();
        worker->loop().post([worker, fd, address = bound.address] {
            worker->listen(runtime::UniqueFd(fd), address);
        });
    }
}

void Gateway::tell_handover() {
    std::vector<Handover::Held> held;
    for (const auto& bound : bound_)
        for (const auto& fd : bound.fds) held.push_back({fd.get(), bound.address});
    handover_->set(std::move(held));
}

void Gateway::start_workers() {
    for (const auto& worker : workers_) {
        worker->on_suspect = [this](const std::string& service, const std::string& endpoint) {
            loop_.post([this, service, endpoint] { checker_->suspect(service, endpoint); });
        };
        worker->on_room = [this](const std::string& service) {
            post_to_workers([service](Worker& w) { w.service_has_room(service); });
        };
        worker->start();
    }
    post_to_workers([compiled = compiled_](Worker& w) { w.adopt(compiled); });
    say_directives();
    endpoints_->configure(compiled_, book_->in_force());
    for (const auto& bound : bound_) hand_listeners_to_workers(bound);
}

Result<> Gateway::open_admin() {
    admin_ = std::make_unique<web::Server>(
        loop_, [this](web::Request request) { return answer(std::move(request)); });
    const std::string socket = fmt::format("{}/run/gateway-{}.sock", state_, ::getpid());
    TRY(const SocketAddress local, parse_socket_address("unix:" + socket));
    TRY_VOID(admin_->listen(local, std::string(local_door)));
    handover_ = std::make_unique<Handover>(loop_);
    TRY_VOID(handover_->listen(fmt::format("{}/run/gateway-{}.fds", state_, ::getpid())));
    tell_handover();

    const auto& telemetry = config_->telemetry;
    if (telemetry.listen != "off" && !telemetry.listen.empty()) {
        TRY(const SocketAddress address, parse_socket_address(telemetry.listen));
        TRY_VOID(admin_->listen(address, std::string(metrics_door)));
    }
    if (!telemetry.snapshot_listen.empty()) {
        TRY(const SocketAddress address, parse_socket_address(telemetry.snapshot_listen));
        const auto& files = telemetry.snapshot_certificate;
        TRY(auto tls, runtime::TlsServer::make({.certificates = {{files.certificate, files.key}},
                                                .client_ca = telemetry.snapshot_client_ca}));
        const auto door = telemetry.snapshot_directives ? operations_door : metrics_door;
        TRY_VOID(admin_->listen(address, std::string(door), std::move(tls)));
    }
    return {};
}

namespace {

// Points `<state>/run/gateway.sock` at ours, in one step.
void publish(const std::string& state, std::string_view kind) {
    const std::string link = fmt::format("{}/run/gateway.{}", state, kind);
    const std::string target = fmt::format("gateway-{}.{}", ::getpid(), kind);
    const std::string fresh = link + ".new";
    ::unlink(fresh.c_str());
    if (::symlink(target.c_str(), fresh.c_str()) == 0) ::rename(fresh.c_str(), link.c_str());
}

}  // namespace

void Gateway::run() {
    resolver_ = std::make_unique<Resolver>(loop_);
    checker_ = std::make_unique<Checker>(loop_, [this](const HealthNews& news) {
        post_to_workers([news](Worker& w) { w.set_health(news); });
    });
    endpoints_ = std::make_unique<EndpointTable>(
        loop_, *resolver_, shared_.registry,
        [this](const std::string& service, const std::string& version,
               const EndpointTable::List& list) {
            post_to_workers(
                [service, version, list](Worker& w) { w.set_endpoints(service, version, list); });
            checker_->set_endpoints(service, version, list, compiled_);
        });
    if (const auto opened = open_admin(); !opened) {
        spdlog::error("{}", opened.error().message());
        leave(1);
    }
    start_workers();
    std::vector<Worker*> watched;
    for (const auto& worker : workers_) watched.push_back(worker.get());
    watchdog_ = std::make_unique<Watchdog>(std::move(watched));
    watch_signals(gate_);
    publish(state_, "sock");
    publish(state_, "fds");
    // The loop's first turn comes after everything posted above has reached the workers.
    loop_.post([this] {
        notify(fmt::format("READY=1\nSTATUS=serving, configuration {}\nMAINPID={}\n", config_print_,
                           ::getpid()));
        spdlog::info("serving with {} workers, configuration {}", workers_.size(), config_print_);
    });
    loop_.run();
    leave(0);
}

}  // namespace sg::gateway
