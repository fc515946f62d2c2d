// How quantities are shown to people: always with a unit, as short as is still useful.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace sg::platform::local {

std::string show_duration(Duration duration);  // 40 ms, 3.2 s, 5 min, 2.5 h, 6 d
std::string show_bytes(std::uint64_t bytes);   // 512 B, 3.4 MiB
std::string show_clock(Instant instant);       // 14:02:11, local time

}  // namespace sg::platform::local
