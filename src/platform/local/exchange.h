// One short conversation with a local socket, without waiting: a health probe, a question to the
// gateway, the fetching of its listening sockets. Each has a deadline and calls back exactly once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "platform/local/fd.h"
#include "platform/local/loop.h"

namespace sg::platform::local {

enum class Until : std::uint8_t {
    connected,    // A TCP check.
    status_line,  // An HTTP check: the rest of the answer is of no interest.
    whole,        // The whole HTTP answer.
    closed,       // Whatever comes, with its descriptors, until the peer closes or ends a line.
};

struct Ask {
    SocketAddress to;
    std::string send;
    Until until = Until::whole;
    Duration timeout = 5s;
};

struct Answer {
    int status = 0;  // HTTP status.
    std::string body;
    std::vector<Fd> descriptors;
};

using OnAnswer = std::function<void(Result<Answer>)>;

// `done` is never called before this returns.
void exchange(Loop& loop, Ask ask, OnAnswer done);

std::string http_request(std::string_view method, std::string_view path, std::string_view host,
                         std::string_view body = {});

}  // namespace sg::platform::local
