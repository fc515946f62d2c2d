#include "platform/local/gateway_sockets.h"

#include <filesystem>

namespace sg::platform::local {

std::vector<std::string> sockets_of_leaving_gateways(const Layout& layout) {
    std::error_code error;
    const auto newest = std::filesystem::read_symlink(layout.gateway_socket(), error).string();
    std::vector<std::string> sockets;
    if (error) return sockets;
    for (std::filesystem::directory_iterator at(layout.run(), error), end; !error && at != end;
         at.increment(error)) {
        const auto name = at->path().filename().string();
        if (name.starts_with("gateway-") && name.ends_with(".sock") && name != newest)
            sockets.push_back(at->path().string());
    }
    return sockets;
}

}  // namespace sg::platform::local
