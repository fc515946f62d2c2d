// The readiness protocol of systemd, in both directions: gateways tell us, we tell the service
// manager. Source: sd_notify(3): datagrams of `NAME=value` lines on the Unix socket named by
// NOTIFY_SOCKET.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "platform/local/fd.h"

namespace sg::platform::local {

// Where our children report. The sender's pid is vouched for by the kernel.
class NotifySocket {
  public:
    static Result<NotifySocket> bind(const std::string& path);
    int fd() const { return socket_.get(); }

    struct Message {
        int pid;
        bool ready;
        std::string status;
    };
    std::optional<Message> receive();  // Empty when there is none left.

  private:
    explicit NotifySocket(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
};

// Who started us, if it wants to know. Does nothing when nobody does.
class InitSystem {
  public:
    InitSystem();  // Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment.
    void tell(std::string_view lines) const;
    std::optional<Duration> watchdog_every() const { return watchdog_every_; }

  private:
    std::string path_;
    std::optional<Duration> watchdog_every_;
};

}  // namespace sg::platform::local
