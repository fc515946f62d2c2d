// Inspecting a live stream as a player sees it: the playlist at each endpoint, twice.
#pragma once

#include <string>
#include <vector>

#include "platform/inspect/order.h"

namespace sg::platform::media {

struct Origin {
    std::string endpoint;  // host:port
    std::string scheme;    // http or https
    std::string ca;        // Whom to trust; empty: the system's.
};

// One finding for each playlist. Blocks for as long as something new should take to come, at most
// until the order's deadline.
inspect::Findings inspect_playlists(const std::vector<Origin>& origins,
                                    const std::vector<std::string>& paths,
                                    const inspect::Order& order);

}  // namespace sg::platform::media
