// The clip that the live stream repeats: made once by ffmpeg, kept in a folder.
#pragma once

#include <string>
#include <vector>

#include "demo/playlist.h"

namespace sg::demo {

// The segments of the clip in `folder`; makes it when it is not there whole. Takes some seconds
// then. Another process doing the same at the same time is waited for.
Result<std::vector<Segment>> ready_clip(const std::string& folder);

}  // namespace sg::demo
