// What the command line needs on its side of the supervisor's socket.
#pragma once

#include <string>

#include "platform/local/protocol.h"

namespace sg::platform::local {

// The state folder that a command means: --state, else $STREAMGATE_STATE, else what the
// configuration says, else `state` beside it. A configuration with mistakes must not keep people
// from looking at what runs.
Result<Layout> find_layout(const std::string& config_file, const std::string& state);

std::string own_binary();  // Path of this program; what is there may be newer than what runs.

struct Target {  // `catalog` or `catalog/v1`
    std::string service;
    std::string version;
};
Target target_of(const std::string& text);

}  // namespace sg::platform::local
