// A request head for tests and benchmarks, through the real parser: what does not parse cannot be
// routed.
#pragma once

#include <string>
#include <string_view>

#include "base/check.h"
#include "http/h1/parse.h"

namespace sg::gateway::router {

struct ParsedRequest {
    // Lines are written with `\n` and without the empty line: `GET / HTTP/1.1\nHost: a`.
    explicit ParsedRequest(std::string_view lines) {
        for (const char c : lines) bytes += c == '\n' ? std::string("\r\n") : std::string(1, c);
        bytes += "\r\n\r\n";
        http::h1::HeadScan scan;
        const auto verdict = http::h1::parse_request(bytes, {}, scan, head);
        CHECK(verdict.progress == http::h1::Progress::done);
    }
    ParsedRequest(const ParsedRequest&) = delete;
    ParsedRequest& operator=(const ParsedRequest&) = delete;

    std::string bytes;
    http::RequestHead head;
};

}  // namespace sg::gateway::router
