// streamgate: one binary; the first word says which part of it runs.
#include <CLI/CLI.hpp>

#include "commands.h"

int main(int argc, char** argv) {
    CLI::App app("StreamGate: a streaming gateway that operates itself", "streamgate");
    app.set_version_flag("--version", SG_VERSION);
    app.require_subcommand(1);
    app.fallthrough();  // --config and --json may stand behind the subcommand too.
    sg::app::Cli cli{.app = app};
    app.add_option("-c,--config", cli.config, "The configuration file")->capture_default_str();
    app.add_option("--state", cli.state,
                   "Folder for sockets, logs and state; default: as configured");
    app.add_flag("--json", cli.json, "Print JSON");
    sg::app::add_up(cli);
    sg::app::add_gateway(cli);
    sg::app::add_ops(cli);
    sg::app::add_operations(cli);
    sg::app::add_services(cli);
    sg::app::add_config(cli);
    sg::app::add_explain(cli);
    sg::app::add_demo(cli);
    sg::app::add_manual(cli);  // Last: it tells of all the others.
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : 2;
    }
    return cli.exit_code;
}
