// Descriptors and listening sockets.
#pragma once

#include <utility>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace sg::runtime {

class UniqueFd {
  public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~UniqueFd() { reset(); }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset();
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

inline constexpr int listen_backlog = 4096;

// A non-blocking listening socket; with SO_REUSEPORT for TCP, so that each worker may have its own.
Result<UniqueFd> listen_on(const SocketAddress& address);

// `count` sockets on one address. Fails with a clear error if somebody else listens there.
Result<std::vector<UniqueFd>> listen_group(const SocketAddress& address, std::size_t count);

Result<SocketAddress> local_address(int fd);

// Listening sockets handed to this process (LISTEN_FDS, sd_listen_fds(3)); each with its address.
struct Inherited {
    UniqueFd fd;
    SocketAddress address;
};
std::vector<Inherited> inherited_listeners();

}  // namespace sg::runtime
