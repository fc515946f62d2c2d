// One client of a demonstration service: requests in, replies out, one after the other, on a thread
// of its own.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "demo/socket.h"
#include "http/h1/parse.h"
#include "http/message.h"

namespace sg::demo {

struct Request {
    http::RequestHead head;  // Valid until the next request is read.
    std::string body;

    // The value of a query parameter; not decoded, empty when it is not there.
    std::string_view query(std::string_view name) const;
};

struct Reply {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields;
};

class Connection {
  public:
    explicit Connection(UniqueFd fd) : fd_(std::move(fd)) {}

    // The next request with its body; none when the peer has gone or talks nonsense (it was told).
    std::optional<Request> next();
    // False when the connection cannot be used further.
    bool reply(const Request& request, const Reply& reply);
    // A response whose body is what `send` sends until the connection ends.
    bool begin_stream(int status, const std::vector<std::pair<std::string, std::string>>& fields);
    bool send(std::string_view bytes) { return send_all(fd_.get(), bytes).has_value(); }

    int fd() const { return fd_.get(); }
    std::string& unread() { return unread_; }  // Received, but not part of a request.

  private:
    bool read_head(Request& request);
    bool read_body(Request& request);

    static constexpr std::size_t body_max = 1 << 20;
    UniqueFd fd_;
    std::string unread_;
    std::string head_;  // Of the request that was handed out last.
};

}  // namespace sg::demo
