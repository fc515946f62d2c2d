#include "complain.h"

#include <fmt/format.h>

#include <cstdio>

#include "platform/local/protocol.h"

namespace sg::app {

namespace {

int code_of(const Error& error) {
    return error.code == Errc::invalid_argument || error.code == Errc::config_invalid ? 2 : 1;
}

}  // namespace

int complain(const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what.empty() ? error.message() : error.what);
    if (!error.hint.empty()) fmt::print(stderr, "hint:  {}\n", error.hint);
    return code_of(error);
}

int complain(const Cli& cli, const Error& error) {
    if (!cli.json) return complain(error);
    fmt::print("{}", platform::local::to_line(
                         {{"ok", false}, {"error", platform::local::to_json(error)}}));
    return code_of(error);
}

}  // namespace sg::app
