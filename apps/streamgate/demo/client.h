// An HTTP client as the traffic generator needs it: one connection, blocking, kept open between
// requests.
#pragma once

#include <string>
#include <string_view>

#include "demo/socket.h"
#include "http/h1/parse.h"
#include "http/message.h"

namespace sg::demo {

struct Response {
    std::uint16_t status = 0;
    std::string body;
};

class Client {
  public:
    Client(HostPort to, Duration timeout) : to_(std::move(to)), timeout_(timeout) {}

    // A whole exchange. A kept connection that the other side has closed is replaced once.
    Result<Response> get(std::string_view path);

    // The same in steps, for bodies that do not end: request, head, then parts of the body.
    // `fields` are whole lines, each with its CRLF.
    Result<std::uint16_t> open(std::string_view path, std::string_view fields);
    Result<std::string> part();  // Empty at the end of the body.

    // After a 101: the connection, and what was received beyond the head.
    int fd() const { return fd_.get(); }
    std::string& unread() { return unread_; }
    void close();

  private:
    Result<> read_head();

    HostPort to_;
    Duration timeout_;
    UniqueFd fd_;
    std::string unread_;
    http::Framing framing_ = http::Framing::none;
    std::uint64_t left_ = 0;
    http::h1::ChunkedReader chunks_;
    bool ended_ = true;
    bool keep_alive_ = false;
    std::uint16_t status_ = 0;
};

}  // namespace sg::demo
