// Asking a server over HTTP: what goes out, what comes back, and several such exchanges at once.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::ports::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

enum class Proxy : std::uint8_t { none, environment };  // environment: $https_proxy and its like.

struct Request {
    std::string method = "GET";
    std::string url;          // http or https, nothing else.
    std::string unix_socket;  // Path of the socket to connect to instead of the URL's host.
    Headers headers;
    std::string body;
    Duration timeout = 10s;  // For all of it, the connection included.
    Duration connect_timeout = 3s;
    std::string ca;           // PEM file of whom to trust; empty: the system's.
    std::string certificate;  // PEM files to show who we are; empty: nobody.
    std::string key;
    std::size_t body_max = 8U << 20;  // Bound: a longer answer is `too_large`.
    Proxy proxy = Proxy::none;
};

// Where the time went, each phase by itself. 0: there was none, or the connection was there
// already.
struct Phases {
    Duration name{0};
    Duration connect{0};
    Duration tls{0};
    Duration first_byte{0};  // From the request to the first byte of its answer.
};

// Redirects are answers like any other: they are not followed.
struct Response {
    int status = 0;
    Headers headers;  // Names in lower case.
    std::string body;
    Duration took{0};
    Phases phases;
    Instant certificate_until;  // End of the server's certificate; 0: it showed none.

    std::string header(std::string_view name) const {  // The first of this name; empty: none.
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

using Done = std::function<void(Result<Response>)>;

// Several exchanges at once, on the thread of the caller: one that is slow delays no other.
// Connections stay open for the next exchange.
class Exchanges {
  public:
    virtual ~Exchanges() = default;

    // `done` is called once, by run(), never before this returns.
    virtual void start(Request request, Done done) = 0;

    // Moves everything on until `until`, or until nothing is under way, or until wake().
    virtual void run(Tick until) = 0;

    virtual std::size_t under_way() const = 0;
    virtual void wake() = 0;  // From any thread: run() returns.
};

}  // namespace sg::ports::http
