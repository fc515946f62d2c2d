// A connection to one server within a deadline, in the clear or over TLS. Blocking, for a thread
// that has nothing else to do.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "platform/local/fd.h"

namespace sg::platform::probe {

// Every address of a host. A name server that hangs holds up a thread of its own, not the caller;
// when too many hang already, the answer is `exhausted`.
Result<std::vector<SocketAddress>> resolve(const HostPort& host, Tick deadline);

class Line {
  public:
    static Result<Line> dial(const HostPort& to, Tick deadline);

    // Whom to trust: a PEM file, empty for the system's. The certificate must be for `host`, unless
    // it is only to be looked at.
    enum class Trust : std::uint8_t { required, looked_at };
    Result<void> secure(const std::string& host, const std::string& ca,
                        Trust trust = Trust::required);
    Instant certificate_until() const;  // Requires: secure() succeeded.
    const SSL* tls() const { return tls_.get(); }

    Result<void> send(std::string_view bytes);
    Result<std::string> receive_line(std::size_t most);  // Without its line break.
    Result<std::string> receive_some();                  // What has come; waits for the first byte.

  private:
    Line(local::Fd socket, Tick deadline) : socket_(std::move(socket)), deadline_(deadline) {}
    Result<void> wait(short events) const;
    Result<void> wait_for_tls(int result);  // What SSL_connect and its like ask for.

    struct End {
        void operator()(SSL* tls) const { SSL_free(tls); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    local::Fd socket_;
    Tick deadline_;
    std::unique_ptr<SSL_CTX, End> context_;
    std::unique_ptr<SSL, End> tls_;
    std::string received_;
};

}  // namespace sg::platform::probe
