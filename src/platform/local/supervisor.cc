#include "platform/local/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "platform/local/persist.h"
#include "platform/local/show.h"

namespace sg::platform::local {

namespace {

constexpr Duration housekeeping_every = 5s;
constexpr Duration fetch_again = 200ms;
constexpr Duration up_within = 10s;  // Then we are up with what there is.

std::string accepted_path(const Layout& layout) { return layout.run() + "/accepted.yaml"; }

// Requires: the folder exists. The lock goes with the process, however it ends.
Result<Fd> take_lock(const Layout& layout) {
    Fd lock(open(layout.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return fail_system("open " + layout.lock());
    if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
        const auto pid = fmt::format("{}\n", getpid());
        if (ftruncate(lock.get(), 0) != 0 ||
            pwrite(lock.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
            return fail_system("write " + layout.lock());
        return lock;
    }
    const auto holder = read_file(layout.lock());
    const auto pid = holder ? holder->substr(0, holder->find('\n')) : std::string();
    return fail(Errc::conflict,
                fmt::format("another supervisor{} runs on {}",
                            pid.empty() ? "" : " (pid " + pid + ")", layout.state),
                "`streamgate ps` shows what it runs, `streamgate down` stops it; --state names "
                "another folder");
}

}  // namespace

std::vector<Spec> specs_of(const config::Config& config) {
    const auto home = std::filesystem::absolute(config.file).parent_path();
    std::vector<Spec> specs;
    for (const auto& [name, service] : config.services)
        for (const auto& [version, what] : service.versions) {
            if (!what.run) continue;
            const bool asked = std::ranges::find(config.routes, name, &config::Route::service) !=
                               config.routes.end();
            const bool checked = service.health.kind != config::HealthCheck::Kind::none;
            Spec spec{name,        version,       *what.run,       service.health,
                      what.weight, service.after, asked || checked};
            if (spec.run.directory.empty()) spec.run.directory = home.string();
            specs.push_back(std::move(spec));
        }
    return specs;
}

Result<std::unique_ptr<Supervisor>> Supervisor::make(Options options) {
    TRY_VOID(make_folder(options.layout.run()));
    TRY_VOID(make_folder(options.layout.log()));
    chmod(options.layout.run().c_str(), 0700);
    TRY(Fd lock, take_lock(options.layout));
    TRY(auto loop, Loop::make());
    TRY(Journal journal, Journal::open(options.layout.happenings()));
    auto supervisor = std::unique_ptr<Supervisor>(
        new Supervisor(std::move(options), std::move(loop), std::move(lock), std::move(journal)));
    TRY_VOID(supervisor->take_over());
    return supervisor;
}

Supervisor::Supervisor(Options options, std::unique_ptr<Loop> loop, Fd lock, Journal journal)
    : options_(std::move(options)),
      loop_(std::move(loop)),
      lock_(std::move(lock)),
      journal_(std::move(journal)),
      boot_(boot_id()),
      started_at_(wall_now()) {}

Supervisor::~Supervisor() = default;

Result<void> Supervisor::take_over() {
    const auto& layout = options_.layout;
    Remembered remembered;
    if (const auto text = read_file(layout.supervisor_state())) {
        auto known = from_text(*text, boot_);
        if (known) remembered = std::move(*known);
        else options_.complain(known.error().message());
    }
    const auto lives = [](const Gateway& g) {  // And has the sockets.
        return g.role != Role::draining && adopt({g.pid, g.pid_started}).has_value();
    };
    const bool gateway_lives = std::ranges::any_of(remembered.keeper.gateways, lives);
    TRY_VOID(choose_config(gateway_lives));

    directives_ = std::make_unique<Directives>(*loop_, layout.gateway_socket(), options_.complain);
    Orchestra::Options services;
    services.layout = layout;
    services.programs = std::filesystem::path(options_.binary).parent_path().string();
    services.gateway_sockets = [this] {
        std::vector<std::string> sockets;
        for (const auto& gateway : keeper().gateways)
            if (gateway.ready) sockets.push_back(options_.layout.gateway_socket_of(gateway.pid));
        return sockets;
    };
    services.note = [this](Note what) { note(std::move(what)); };
    orchestra_ = std::make_unique<Orchestra>(*loop_, *directives_, std::move(services));
    TRY(NotifySocket notify, NotifySocket::bind(layout.notify_socket()));
    GatewayHost::Options host;
    host.layout = layout;
    host.binary = options_.binary;
    host.config_file = options_.config_file;
    host.accepted = accepted_path(layout);
    host.note = [this](Happening what, std::string detail) {
        note({"gateway", "", 0, what, std::move(detail)});
    };
    host.serves = [this] {
        directives_->gateway_serves();
        orchestra_->tell_everything();
        fetch_until_had();
        tell_init_system();
    };
    host.complain = options_.complain;
    gateway_ = std::make_unique<GatewayHost>(*loop_, std::move(notify), std::move(host));

    ops_ = std::make_unique<OpsHost>(
        *loop_, OpsHost::Options{.layout = layout,
                                 .binary = options_.binary,
                                 .config_file = options_.config_file,
                                 .note = [this](Happening what, std::string detail) {
                                     note({"ops", "", 0, what, std::move(detail)});
                                 }});

    adopted_ = gateway_lives;
    auto given = inherited();
    if (!gateway_lives) TRY_VOID(bind_missing(std::move(given)));
    TRY(desk_, Desk::open(*loop_, layout.supervisor_socket(),
                          [this](const Json& request, const Desk::Reply& reply) {
                              answer(request, reply);
                          }));
    watch_signals();
    gateway_->restore(std::move(remembered.keeper));
    if (gateway_lives && keeper().serving() != nullptr && keeper().serving()->ready) {
        directives_->gateway_serves();
        fetch_until_had();
    }
    orchestra_->restore(std::move(remembered.orchestra));
    return {};
}

// A supervisor that comes to running gateways goes on with the configuration that they accepted,
// whatever somebody may be typing into the file: `streamgate reload` is what applies it. One that
// begins anew reads the file.
Result<void> Supervisor::choose_config(bool anything_runs) {
    const auto accepted = read_file(accepted_path(options_.layout));
    if (anything_runs && accepted) {
        auto loaded = options_.load_text(*accepted);
        if (loaded) {
            accepted_ = std::move(*loaded);
            const auto file = read_file(options_.config_file);
            if (!file || *file != accepted_.text)
                options_.complain(
                    fmt::format("{} was changed since it was accepted; `streamgate "
                                "reload` applies it",
                                options_.config_file));
            return {};
        }
    }
    TRY(accepted_, options_.load());
    return replace_file(accepted_path(options_.layout), accepted_.text);
}

Result<void> Supervisor::bind_missing(std::vector<Listening> sockets) {
    const auto& config = *accepted_.config;
    const unsigned workers = config.workers != 0 ? config.workers : cores();
    for (const auto& listener : config.listen) {
        const auto fits = [&](const Listening& l) { return matches(l.address, listener.address); };
        if (std::ranges::any_of(sockets, fits)) continue;
        TRY(auto group, bind_group(listener.address, workers));
        std::ranges::move(group, std::back_inserter(sockets));
    }
    gateway_->hold(std::move(sockets));
    return {};
}

// Until then the sockets would die with the gateway; and after it has come up it may have bound
// more of them.
void Supervisor::fetch_until_had() {
    gateway_->fetch_sockets([this](const Result<void>& had) {
        if (had || stopping_) return;
        if (keeper().serving() == nullptr || !keeper().serving()->ready) return;
        if (had.error().code == Errc::protocol_violation)
            return options_.complain(had.error().message());
        loop_->at(steady_now() + fetch_again, [this] { fetch_until_had(); });
    });
}

void Supervisor::begin() {
    if (gateway_->sockets().empty() && !adopted_) options_.complain("nothing to listen on");
    orchestra_->feed(Desired{specs_of(*accepted_.config)});
    gateway_->begin();
    ops_->begin();
    every_few_seconds();
    loop_->at(steady_now() + up_within, [] {});  // A turn of the loop: look_whether_up.
}

void Supervisor::run() {
    begin();
    while (!done_) {
        keep_up();
        if (!done_) loop_->turn();
    }
    init_system_.tell("STOPPING=1");
    for (const auto& path : {options_.layout.supervisor_socket(), options_.layout.notify_socket(),
                             options_.layout.supervisor_state()})
        unlink(path.c_str());
}

void Supervisor::keep_up() {
    if (stopping_) go_on_stopping();
    write_state();
    look_whether_up();
}

void Supervisor::write_state() {
    auto text = to_text(orchestra_->state(), gateway_->keeper(), boot_);
    if (text == written_) return;
    if (const auto done = replace_file(options_.layout.supervisor_state(), text); !done)
        options_.complain(done.error().message());
    else written_ = std::move(text);
}

void Supervisor::look_whether_up() {
    if (up_ || stopping_ || keeper().serving() == nullptr || !keeper().serving()->ready) return;
    const bool patient = wall_now() - started_at_ < up_within;
    for (const auto& [name, service] : services().services)
        if (!service.settled && patient) return;
    up_ = true;
    options_.up();
}

void Supervisor::note(Note what) {
    const auto& entry = journal_.add(std::move(what), wall_now());
    options_.happened(entry);
}

// --- signals
// ---------------------------------------------------------------------------------------

void Supervisor::watch_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    signals_.reset(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    loop_->watch(signals_.get(), EPOLLIN, [this](std::uint32_t) {
        signalfd_siginfo got{};
        while (read(signals_.get(), &got, sizeof got) == sizeof got)
            on_signal(static_cast<int>(got.ssi_signo), got.ssi_code);
    });
}

void Supervisor::on_signal(int signal, int code) {
    const bool terminal_gone = signal == SIGHUP && code == SI_KERNEL;
    if (signal == SIGHUP && !terminal_gone)
        return reload([this](const Result<void>& done) {
            if (!done) options_.complain("nothing was reloaded:\n" + done.error().message());
        });
    stop(stopping_);  // The second one means now.
}

void Supervisor::stop(bool at_once) {
    stopping_ = true;
    init_system_.tell("STOPPING=1");
    directives_->gateway_gone();
    ops_->stop(at_once);
    gateway_->stop(at_once);
    gateway_->release();  // Who connects from now on is refused instead of waiting for nobody.
    if (at_once) orchestra_->feed(StopAll{true});
}

void Supervisor::go_on_stopping() {
    if (!gateway_->keeper().gateways.empty()) return;
    if (!orchestra_->state().stopping) orchestra_->feed(StopAll{false});
    done_ = orchestra_->empty() && !ops_->is_running();
}

// --- reload
// ----------------------------------------------------------------------------------------

void Supervisor::reload(Done done) {
    auto loaded = options_.load();
    if (!loaded) return done(std::unexpected(loaded.error()));
    const Accepted fresh = std::move(*loaded);
    gateway_->reload([this, fresh, done = std::move(done)](const Result<void>& told) {
        // Without a gateway that serves, the next one starts with the new configuration.
        const bool refused = !told && told.error().code == Errc::config_invalid;
        if (refused) return done(told);
        accepted_ = fresh;
        if (const auto kept = replace_file(accepted_path(options_.layout), fresh.text); !kept)
            options_.complain(kept.error().message());
        note({"gateway", "", 0, Happening::reloaded, options_.config_file});
        orchestra_->feed(Desired{specs_of(*accepted_.config)});
        ops_->reload();
        done(told);
    });
}

// --- now and then
// ----------------------------------------------------------------------------------

void Supervisor::every_few_seconds() {
    tell_init_system();
    // In a process of its own: copying may take longer than a crashed gateway may wait for us.
    std::vector<std::string> large;
    std::error_code error;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(options_.layout.log(), options, error))
        if (file.path().extension() == ".log" && file.path().filename() != "access.log" &&
            file.file_size(error) >= Keep{}.rotate_at.count)
            large.push_back(file.path().string());
    if (!large.empty()) rotate(std::move(large));
    const auto every =
        std::min(init_system_.watchdog_every().value_or(housekeeping_every), housekeeping_every);
    loop_->at(steady_now() + every, [this] { every_few_seconds(); });
}

void Supervisor::rotate(std::vector<std::string> logs) {
    if (rotating_.exit) return;  // Still at it.
    auto child = fork_apart([&] {
        for (const auto& path : logs) [[maybe_unused]]
            const auto done = rotate_if_large(path, {});
    });
    if (!child) return options_.complain(child.error().message());
    rotating_ = std::move(*child);
    rotating_watch_ = loop_->watch(rotating_.exit.get(), EPOLLIN, [this](std::uint32_t) {
        loop_->unwatch(rotating_watch_);
        bury(rotating_);
        rotating_ = {};
    });
}

void Supervisor::tell_init_system() {
    std::size_t instances = 0, healthy = 0;
    for (const auto& [name, service] : services().services)
        for (const auto& [version, group] : service.groups)
            for (const auto& instance : group.instances) {
                ++instances;
                healthy += instance.phase == Phase::healthy ? 1 : 0;
            }
    const auto* serving = keeper().serving();
    const bool ready = serving != nullptr && serving->ready;
    init_system_.tell(fmt::format(
        "{}WATCHDOG=1\nSTATUS=gateway {}, {} of {} instances healthy", ready ? "READY=1\n" : "",
        ready ? fmt::format("pid {}", serving->pid) : "is being started", healthy, instances));
}

}  // namespace sg::platform::local
