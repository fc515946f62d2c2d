// The sockets of gateways that still end what they had begun when another took over.
#pragma once

#include <string>
#include <vector>

#include "platform/local/files.h"

namespace sg::platform::local {

// A socket whose process is gone may still be among them: it does not answer.
std::vector<std::string> sockets_of_leaving_gateways(const Layout& layout);

}  // namespace sg::platform::local
