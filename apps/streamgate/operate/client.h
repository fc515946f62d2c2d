// The API of operations as a client: over the Unix socket of this machine, or elsewhere with a
// token. Blocking; used by one thread.
#pragma once

#include <functional>
#include <string>

#include "operate/text.h"
#include "ports/http.h"

namespace sg::operate {

struct Where {
    std::string socket;      // <state>/run/ops.sock
    std::string server;      // https://…; empty: the socket.
    std::string token_file;  // Whose first line is the token for that server.
    std::string actor;       // In whose name.
};

class Client {
  public:
    // Errors: the address or the token file make no sense. Nothing is asked yet.
    static Result<Client> of(Where where);

    // The body of an answer that says it is done. What the API refuses is an Error: its detail and
    // its hint, by the code that it names. A connection that breaks is tried once more: what is
    // written carries a key by which it is done once.
    Result<std::string> ask(const std::string& method, const std::string& path,
                            const std::string& body = {}) const;

    // Records of the ledger that come after a number, as they come, until `each` has enough.
    enum class Go : std::uint8_t { on, enough };
    using Each = std::function<Go(const Json& record)>;
    Result<void> follow(std::int64_t after, const Each& each) const;

  private:
    explicit Client(Where where) : where_(std::move(where)) {}
    ports::http::Request request(const std::string& method, const std::string& path) const;
    Result<ports::http::Response> perform(const ports::http::Request& request) const;
    Error no_answer(const Error& error) const;
    Result<void> stream(std::int64_t after, const Each& each) const;
    Result<void> poll(std::int64_t after, const Each& each) const;

    Where where_;
    std::string token_;
};

// A problem document (RFC 9457) as the error that it tells of.
Error error_of(int status, const std::string& body);

}  // namespace sg::operate
