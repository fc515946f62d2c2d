// Inspecting the disks that are written to: how full, and what fills them.
#pragma once

#include <string>
#include <vector>

#include "platform/inspect/order.h"

namespace sg::platform::host {

// Use of the file system below each path, inodes too, and its largest folders: those that could be
// walked in the time. Never crosses into another file system, never follows a link.
inspect::Findings inspect_disks(const std::vector<std::string>& paths, const inspect::Order& order);

}  // namespace sg::platform::host
