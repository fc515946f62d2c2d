// Gateway: the process. Owns the workers, and a control loop on the main thread for everything that
// is not a request: configuration, health checks, names, directives, metrics, signals.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "directive/book.h"
#include "gateway/compiled.h"
#include "gateway/control/checker.h"
#include "gateway/control/endpoints.h"
#include "gateway/control/handover.h"
#include "gateway/control/resolver.h"
#include "gateway/control/watchdog.h"
#include "gateway/telemetry/collect.h"
#include "gateway/worker.h"
#include "web/server.h"

namespace sg::gateway {

struct GatewayOptions {
    std::string config_file;
    std::string state;    // Empty: what the configuration says.
    std::string version;  // Of the program.
};

// The beginning of a file's SHA-256: which configuration is in force, in a word.
std::string print_of(const std::string& path);

// Doors of the gateway's own HTTP server: the Unix socket, whose file mode guards it, may ask for
// everything, the addresses only for what is to be read.
inline constexpr std::string_view local_door = "local";
inline constexpr std::string_view metrics_door = "metrics";
// Of operations elsewhere, by mutual TLS, where the configuration lets them say directives, too.
inline constexpr std::string_view operations_door = "operations";

class Gateway {
  public:
    // Loads, compiles and binds: whatever can fail fails here.
    static Result<std::unique_ptr<Gateway>> make(GatewayOptions options);
    ~Gateway();

    // Serves until it is told to stop. Does not return: the process ends.
    [[noreturn]] void run();

  private:
    Gateway(GatewayOptions options, config::Snapshot config);

    struct Bound {
        SocketAddress address;
        std::vector<runtime::UniqueFd> fds;
    };

    Result<> open_state();
    Result<> open_log();
    Result<> bind(const Compiled& compiled);
    Result<> open_admin();
    void start_workers();
    void hand_listeners_to_workers(const Bound& bound);
    void tell_handover();
    void post_to_workers(std::function<void(Worker&)> what);
    runtime::Task<void> on_all_workers(std::function<void(Worker&)> what);

    // Reload (reload.cc).
    runtime::Task<Result<std::string>> reload();
    Result<std::shared_ptr<const Compiled>> prepare();
    runtime::Task<void> put_to_use(std::shared_ptr<const Compiled> compiled);
    void say_directives();
    void expire_directives();

    // Ending (shutdown.cc).
    runtime::Detached watch_signals(runtime::Gate& gate);
    void begin_drain();
    runtime::Detached drain(runtime::Gate& gate);
    [[noreturn]] void leave(int code);

    // Answers (answers.cc).
    runtime::Task<web::Reply> answer(web::Request request);
    web::Reply status();
    web::Reply directives();
    web::Reply add_directive(const std::string& body);
    web::Reply lift_directive(const std::string& id);
    telemetry::Snapshot snapshot();

    GatewayOptions options_;
    config::Snapshot config_;
    std::string state_;
    std::string config_print_;  // Of the file in force: the beginning of its SHA-256.
    Instant started_at_;
    Instant loaded_at_;
    std::string last_reload_ = "never";
    std::uint64_t reloads_ = 0;
    std::uint64_t reloads_refused_ = 0;
    bool draining_ = false;
    bool reloading_ = false;

    Shared shared_;
    Totals totals_;
    upstream::HashKey key_;
    runtime::Loop loop_;
    runtime::Gate gate_;
    std::unique_ptr<AccessLog> log_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::shared_ptr<const Compiled> compiled_;
    std::vector<Bound> bound_;
    std::unique_ptr<directive::DirectiveBook> book_;
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<EndpointTable> endpoints_;
    std::unique_ptr<Checker> checker_;
    std::unique_ptr<Collector> collector_;
    std::unique_ptr<web::Server> admin_;
    std::unique_ptr<Handover> handover_;
    std::unique_ptr<Watchdog> watchdog_;
    runtime::Watcher signals_;
    struct Expiry : runtime::Timer {  // Of the directive that ends next.
        explicit Expiry(Gateway& g);
        Gateway& gateway;
    } expiry_;
};

}  // namespace sg::gateway
