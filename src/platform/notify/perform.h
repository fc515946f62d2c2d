// One message through one channel: looks up how in the configuration, sends it, says what came of
// it. Blocks until then, at most half a minute. No secret is in what it returns.
#pragma once

#include <string>

#include "config/operations.h"
#include "ports/channel.h"

namespace sg::platform::notify {

struct Surroundings {
    const config::Operations& operations;
    std::string state;  // The folder; channels of kind terminal write to `<state>/ops/pages.log`.
};

ports::Delivery perform(const ports::Message& message, const Surroundings& surroundings);

std::string pages_log(const std::string& state);

}  // namespace sg::platform::notify
