// `streamgate up`: holds the listening sockets, keeps a gateway behind them, runs the configured
// services.
//
// It may be killed at any moment: what it started goes on, and its successor takes over from the
// files it left. It never waits: every conversation is an exchange on the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/model.h"
#include "platform/local/gateway_host.h"
#include "platform/local/journal.h"
#include "platform/local/ops_host.h"
#include "platform/local/orchestra.h"
#include "platform/local/protocol.h"

namespace sg::platform::local {

// A configuration with the text that it was read from.
struct Accepted {
    config::Snapshot config;
    std::string text;
};

class Supervisor {
  public:
    struct Options {
        Layout layout;
        std::string binary;                      // Path of streamgate.
        std::string version;                     // Of this build.
        std::string config_file;                 // Absolute.
        std::function<Result<Accepted>()> load;  // What the file says now.
        std::function<Result<Accepted>(const std::string& text)> load_text;
        std::function<void(const Entry&)> happened;  // For people.
        std::function<void(const std::string&)> complain;
        std::function<void()> up;  // Once: the gateway serves and the services are healthy.
    };

    // Takes the lock, takes over what a predecessor left, binds what is missing. Nothing is started
    // before everything that can be refused has been looked at.
    static Result<std::unique_ptr<Supervisor>> make(Options options);
    ~Supervisor();

    void run();  // Until everything was stopped.

    const config::Config& config() const { return *accepted_.config; }
    const Layout& layout() const { return options_.layout; }
    const State& services() const { return orchestra_->state(); }
    const Keeper& keeper() const { return gateway_->keeper(); }
    const std::vector<Listening>& sockets() const { return gateway_->sockets(); }
    const Journal& journal() const { return journal_; }
    bool adopted() const { return adopted_; }
    bool up() const { return up_; }
    Instant started_at() const { return started_at_; }
    const std::string& version() const { return options_.version; }

  private:
    using Done = GatewayHost::Done;
    Supervisor(Options options, std::unique_ptr<Loop> loop, Fd lock, Journal journal);
    Result<void> take_over();
    Result<void> choose_config(bool anything_runs);
    Result<void> bind_missing(std::vector<Listening> sockets);
    void begin();
    void fetch_until_had();
    void watch_signals();
    void on_signal(int signal, int code);
    void note(Note note);
    void stop(bool at_once);
    void go_on_stopping();
    void reload(Done done);
    void keep_up();  // After each turn of the loop.
    void write_state();
    void tell_init_system();
    void every_few_seconds();
    void rotate(std::vector<std::string> logs);
    void look_whether_up();

    void answer(const Json& request, const Desk::Reply& reply);
    Json change(Input input, const std::string& service);

    Options options_;
    std::unique_ptr<Loop> loop_;
    Fd lock_;
    Journal journal_;
    std::unique_ptr<Directives> directives_;
    std::unique_ptr<Orchestra> orchestra_;
    std::unique_ptr<GatewayHost> gateway_;
    std::unique_ptr<OpsHost> ops_;
    std::unique_ptr<Desk> desk_;
    InitSystem init_system_;
    Accepted accepted_;
    Fd signals_;
    Child rotating_;  // Copies log files.
    Loop::Id rotating_watch_ = 0;
    std::string written_;  // The state file's text.
    std::string boot_;
    Instant started_at_;
    bool adopted_ = false;
    bool up_ = false;
    bool stopping_ = false;
    bool done_ = false;
};

// What the orchestrator is to run, as the configuration says.
std::vector<Spec> specs_of(const config::Config& config);

}  // namespace sg::platform::local
