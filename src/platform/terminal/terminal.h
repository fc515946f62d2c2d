// Messages for whoever sits at the machine: `streamgate` follows the file and shows what comes.
// A FIFO in the file's place works too: whoever reads it gets each message as it comes.
#pragma once

#include <string>

#include "ports/channel.h"

namespace sg::platform::terminal {

inline constexpr std::size_t keep_max = 1U << 20;  // Then `<path>.1` takes what was written so far.

// One message: time and person, the text, an empty line. What could command a terminal is left out.
std::string written(const ports::Message& message);

// Appends to the file at `path`, readable by its owner only. A FIFO that nobody reads: again later.
ports::Delivery deliver(const ports::Message& message, const std::string& path);

}  // namespace sg::platform::terminal
