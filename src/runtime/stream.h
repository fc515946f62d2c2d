// Stream: a connection's bytes, in clear or through TLS. Never blocks; says when it would.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>

#include "base/address.h"
#include "runtime/loop.h"
#include "runtime/task.h"

typedef struct ssl_st SSL;

namespace sg::runtime {

class TlsServer;
class TlsClient;

class Stream : public Watcher {
  public:
    // What read_some and write_some return instead of a count.
    static constexpr std::ptrdiff_t would_block = -1;
    static constexpr std::ptrdiff_t failed =
        -2;  // Reset, broken TLS, or truncated without close_notify.

    Stream() = default;
    ~Stream() { shut(); }

    // 0: the peer has ended its side.
    std::ptrdiff_t read_some(std::span<char> room);
    std::ptrdiff_t write_some(std::string_view bytes);
    std::ptrdiff_t write_some(std::span<const iovec> pieces);

    // A read would block: known without asking, and without a buffer to read into.
    bool is_dry() const { return ssl_ == nullptr && !may_read(); }

    // What to wait for after would_block.
    Awaiter can_read(Tick deadline) {
        return read_wants_write_ ? writable(deadline) : readable(deadline);
    }
    Awaiter can_write(Tick deadline) {
        return write_wants_read_ ? readable(deadline) : writable(deadline);
    }

    // Says that we write no more (FIN; close_notify first under TLS).
    void end_writing();
    void shut();   // Closes at once; sends close_notify under TLS if that needs no waiting.
    void reset();  // Closes with RST: the peer must not take what it got for a whole message.

    bool is_tls() const { return ssl_ != nullptr; }
    SSL* ssl() const { return ssl_; }
    std::string_view server_name() const;  // SNI; empty if none.

    // Requires: open. Afterwards bytes go through TLS.
    Task<Result<>> accept_tls(const TlsServer& tls, Tick deadline);
    Task<Result<>> connect_tls(const TlsClient& tls, std::string_view server_name, Tick deadline);

  private:
    Task<Result<>> handshake(Tick deadline);
    std::ptrdiff_t read_tls(std::span<char> room);
    std::ptrdiff_t write_tls(std::string_view bytes);

    SSL* ssl_ = nullptr;
    bool read_wants_write_ = false;
    bool write_wants_read_ = false;
    bool tls_failed_ = false;  // No close_notify after a protocol error.
};

// Connects, waiting at most until the deadline.
Task<Result<>> connect(Loop& loop, Stream& stream, SocketAddress address, Tick deadline);

// Writes everything, waiting for the peer to take it; each wait lasts at most `patience`.
// Errors: timed_out, cancelled, connection_reset.
Task<Result<>> write_all(Stream& stream, std::string_view bytes, Duration patience);

}  // namespace sg::runtime
