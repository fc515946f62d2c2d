// Hands the listening sockets over to whoever connects to a Unix socket: a supervisor that keeps
// them while the gateway is away, or its successor. The file's mode (0600) says who may.
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace sg::gateway {

class Handover {
  public:
    explicit Handover(runtime::Loop& loop) : loop_(loop) {}

    struct Held {
        int fd;  // Owned by the caller, who keeps it open as long as this is told of it.
        SocketAddress address;
    };
    Result<> listen(const std::string& path);
    void set(std::vector<Held> held) { held_ = std::move(held); }

  private:
    runtime::Detached accept(runtime::Gate& gate);
    void send_to(int fd) const;

    runtime::Loop& loop_;
    runtime::Watcher watcher_;
    std::vector<Held> held_;
    runtime::Gate gate_;
};

// Tells the service manager (sd_notify(3)); nothing if there is none.
void notify(std::string_view message);

}  // namespace sg::gateway
