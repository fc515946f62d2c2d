// The subcommands of `streamgate`, one file each. Each adds itself to the command line and sets its
// own callback.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sg::app {

// What every command may need. Exit codes: 0 done, 1 it failed, 2 the command line or configuration
// is wrong.
struct Cli {
    CLI::App& app;
    std::string config = "streamgate.yaml";  // --config FILE
    std::string state;                       // --state DIR; empty: what the configuration says
    bool json = false;                       // --json
    std::string server;                      // --server URL; empty: operations of this machine
    std::string token_file;                  // --token-file FILE, for --server
    std::string as;                          // --as NAME; empty: who is logged in
    int exit_code = 0;
};

void add_config(Cli& cli);   // config check|default|explain|diff|schema
void add_gateway(Cli& cli);  // gateway, gateway ctl …
void add_ops(Cli& cli);      // ops
// status, incident, alert, silence, slo, signals, oncall, notify, ledger
void add_operations(Cli& cli);
void add_explain(Cli& cli);   // explain REQUEST-ID
void add_up(Cli& cli);        // up, reload, upgrade
void add_services(Cli& cli);  // ps, logs, top, describe, scale, restart, roll, stop, start
void add_demo(Cli& cli);      // demo service|traffic|…
void add_manual(Cli& cli);    // completion, manual

}  // namespace sg::app
