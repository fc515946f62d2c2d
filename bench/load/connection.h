// One client connection: connects, speaks TLS if asked, sends one request at a time and reads its
// response.
//
// It never waits. The generator calls `advance` when epoll has news (edge-triggered) and reads the
// outcome.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "bench/load/response.h"
#include "bench/load/tls.h"

namespace sg::load {

struct Endpoint {
    SocketAddress address;
    SSL_CTX* tls = nullptr;  // Null: in clear.
    std::string server_name;
};

class Connection {
  public:
    enum class State : std::uint8_t { closed, connecting, handshaking, ready, busy };
    // `closed`: the peer ended it while nothing was asked, as it may.
    enum class News : std::uint8_t { none, ready, response, closed, failed };

    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    // Begins to connect and joins `epoll` under `id`. False: not even that was possible.
    bool open(const Endpoint& endpoint, int epoll, std::uint32_t id);
    // What became of the last wait. After `response` the connection is ready again, or closed if it
    // said so.
    News advance(const Endpoint& endpoint);
    // Requires: state() is ready. `request` must live until the response.
    News start(std::string_view request);
    void close();  // With a reset, so that no port stays in TIME_WAIT.

    State state() const { return state_; }
    const ResponseReader& response() const { return reader_; }

    std::int64_t began_ns = 0;  // Of the current exchange; the generator's own note.

  private:
    News connected(const Endpoint& endpoint);
    News handshake();
    News write();
    News read();
    News take(ResponseReader::Step step);
    std::ptrdiff_t receive(char* into, std::size_t size);
    News fail();

    TlsSession tls_;
    ResponseReader reader_;
    std::string_view unsent_;
    int fd_ = -1;
    State state_ = State::closed;
};

}  // namespace sg::load
