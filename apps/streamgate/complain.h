// An error as every command says it, and the exit code that it means: 2 when the command line or
// the configuration is wrong, 1 when it failed.
#pragma once

#include "base/result.h"
#include "commands.h"

namespace sg::app {

int complain(const Error& error);
int complain(const Cli& cli, const Error& error);  // With --json on standard output.

}  // namespace sg::app
