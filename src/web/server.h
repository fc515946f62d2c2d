// A small HTTP/1.1 server on a loop, for what operates: the gateway's metrics, snapshots and
// directives, and the API of operations. Never on a worker: it answers even when workers are busy,
// and a scrape delays no request. It knows requests and replies, no routes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "runtime/buffer.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/stream.h"
#include "runtime/tls.h"

namespace sg::web {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string path;   // As sent, without the query.
    std::string query;  // Behind the `?`, as sent.
    Headers headers;    // Names in lower case.
    std::string body;
    std::string door;     // Of the listener that it came in by.
    std::string address;  // Of who asks; empty on a Unix socket.

    std::string_view header(std::string_view name) const;  // The first of this name; empty: none.
    // Of the query, percent-decoded; empty: not there, or empty.
    std::string parameter(std::string_view name) const;
};

struct Reply {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    Headers headers = {};
    // Instead of a body: called after the head, until it returns; then the connection is closed.
    std::function<runtime::Task<void>(runtime::Stream&)> stream = {};
};

std::string percent_decoded(std::string_view text);

// Bounds of a door: what those who come in by it may take.
struct Limits {
    std::size_t connections = 64;
    // From one address; not of loopback, where a proxy stands for many.
    std::size_t connections_per_address = 64;
    std::size_t body = 1 << 20;
    Duration idle = 120s;    // Between requests.
    Duration request = 60s;  // From its first byte to its last: who sends slowly holds a place.
};

class Server {
  public:
    using Handler = std::function<runtime::Task<Reply>(Request request)>;

    Server(runtime::Loop& loop, Handler handler);
    ~Server();

    // The file of a Unix socket is its owner's only: its mode guards it.
    Result<> listen(const SocketAddress& address, std::string door,
                    std::shared_ptr<const runtime::TlsServer> tls = nullptr, Limits limits = {});
    // As listen(), in place of what listens by this name: who is connected there stays. Where that
    // is now, only what is shown to newcomers changes. Without an address nobody listens by the
    // name any more. An error leaves everything as it is.
    Result<> move(const std::optional<SocketAddress>& address, const std::string& door,
                  std::shared_ptr<const runtime::TlsServer> tls, Limits limits);
    // Ends every connection, whatever it waits for, and returns when none is left. Nothing may be
    // destroyed before.
    runtime::Task<void> close();

  private:
    struct Door {
        runtime::Watcher watcher;
        SocketAddress address;
        std::string name;
        std::shared_ptr<const runtime::TlsServer> tls;
        Limits limits;
        std::size_t connections = 0;
        std::map<std::string, std::size_t> by_address;  // As many as there are connections.
        bool closing = false;
    };
    class Place;
    class Listed;
    runtime::Detached accept(runtime::Gate& gate, std::shared_ptr<Door> door);
    runtime::Detached serve(runtime::Gate& gate, int fd, std::shared_ptr<Door> door);
    runtime::Task<bool> one_request(runtime::Stream& stream, runtime::Buffer& buffer, Door& door);
    runtime::Task<bool> reply_to(runtime::Stream& stream, Request request);
    runtime::Task<bool> refuse(runtime::Stream& stream, runtime::Buffer& buffer, int status);

    runtime::Loop& loop_;
    Handler handler_;
    std::vector<std::shared_ptr<Door>> doors_;
    std::set<int> open_;  // Connections.
    runtime::Gate gate_;
};

}  // namespace sg::web
