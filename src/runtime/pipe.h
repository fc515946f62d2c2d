// Pipes for moving bytes from socket to socket within the kernel (splice): pooled per core, given
// back empty or not at all.
#pragma once

#include <cstddef>

#include "runtime/socket.h"

namespace sg::runtime {

class Pipe {
  public:
    // What one move takes at most. Bound: of what a transfer holds in the kernel.
    static constexpr std::size_t capacity = 256 * 1024;

    Pipe() = default;
    Pipe(Pipe&&) = default;
    Pipe& operator=(Pipe&&) = default;
    ~Pipe();

    static Pipe take();  // Not usable when descriptors are short.
    explicit operator bool() const { return static_cast<bool>(read_); }
    std::size_t held() const { return held_; }

    // Bytes moved; 0: the peer has ended its side; else as Stream::read_some and write_some say.
    std::ptrdiff_t fill_from(int socket, std::size_t most);
    enum class Rest : unsigned char { none, follows };  // Whether more will be sent behind it.
    std::ptrdiff_t empty_into(int socket, Rest rest);

  private:
    UniqueFd read_;
    UniqueFd write_;
    std::size_t held_ = 0;
};

}  // namespace sg::runtime
