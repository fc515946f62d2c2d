// Inspections of a service that the supervisor runs: its processes, what happened to them, what
// they use and what they wrote.
#pragma once

#include "platform/inspect/order.h"
#include "platform/local/files.h"

namespace sg::platform::local {

// Order::target is the service's name.
inspect::Findings inspect_service(const Layout& layout, const inspect::Order& order);

// Its logs alone; needs no supervisor.
inspect::Finding inspect_logs(const Layout& layout, const inspect::Order& order);

}  // namespace sg::platform::local
