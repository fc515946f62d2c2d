// The live origin of the demonstration: a test pattern and a tone as HLS, made by ffmpeg on the
// spot, and a page with a player.
#pragma once

#include <cstdint>
#include <string>

namespace sg::demo {

// Serves /live/ until SIGTERM. The clip is made in `folder` if it is not there yet; until it is,
// /healthz answers 503.
int run_origin(std::uint16_t port, const std::string& folder);

}  // namespace sg::demo
