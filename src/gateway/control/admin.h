// The gateway's own small HTTP server: metrics, snapshots, status, directives, reload. On the
// control loop, never on a worker: it answers even when workers are busy, and a scrape delays no
// request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/buffer.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/stream.h"
#include "runtime/tls.h"

namespace sg::gateway {

struct AdminRequest {
    std::string method;
    std::string path;
    std::string body;
};

struct AdminReply {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
};

class AdminServer {
  public:
    // What a listener may be asked for. `everything` is for the Unix socket, whose file mode guards
    // it.
    enum class Scope : std::uint8_t { everything, metrics };
    using Handler = std::function<runtime::Task<AdminReply>(AdminRequest request)>;

    AdminServer(runtime::Loop& loop, Handler handler);
    ~AdminServer();

    Result<> listen(const SocketAddress& address, Scope scope,
                    std::shared_ptr<const runtime::TlsServer> tls = nullptr);
    void close_all();

    // Bounds.
    static constexpr std::size_t connections_most = 64;
    static constexpr std::size_t body_most = 1 << 20;

  private:
    struct Door {
        runtime::Watcher watcher;
        Scope scope = Scope::metrics;
        std::shared_ptr<const runtime::TlsServer> tls;
        SocketAddress address;
        bool closing = false;
    };
    runtime::Detached accept(runtime::Gate& gate, std::shared_ptr<Door> door);
    runtime::Detached serve(runtime::Gate& gate, int fd, Scope scope,
                            std::shared_ptr<const runtime::TlsServer> tls);
    runtime::Task<bool> one_request(runtime::Stream& stream, runtime::Buffer& buffer, Scope scope);

    runtime::Loop& loop_;
    Handler handler_;
    std::vector<std::shared_ptr<Door>> doors_;
    runtime::Gate gate_;
};

}  // namespace sg::gateway
