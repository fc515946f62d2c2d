#include "demo/connection.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sg::demo {
namespace {

constexpr http::h1::HeadLimits limits;

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 101: return "Switching Protocols";
        case 206: return "Partial Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 416: return "Range Not Satisfiable";
        case 503: return "Service Unavailable";
        default: return "Status";
    }
}

}  // namespace

std::string_view Request::query(std::string_view name) const {
    for (const auto part : split(head.query, '&')) {
        const auto equals = part.find('=');
        if (part.substr(0, equals) == name && equals != part.npos) return part.substr(equals + 1);
    }
    return {};
}

std::optional<Request> Connection::next() {
    std::optional<Request> request(std::in_place);
    if (!read_head(*request) || !read_body(*request)) return std::nullopt;
    return request;
}

bool Connection::read_head(Request& request) {
    http::h1::HeadScan scan;
    auto verdict = http::h1::parse_request(unread_, limits, scan, request.head);
    while (verdict.progress == http::h1::Progress::more) {
        const auto got = receive(fd_.get(), unread_);
        if (!got || !*got) return false;
        verdict = http::h1::parse_request(unread_, limits, scan, request.head);
    }
    if (verdict.progress == http::h1::Progress::bad) {
        (void)send(
            fmt::format("HTTP/1.1 {} Refused\r\nContent-Length: 0\r\n"
                        "Connection: close\r\n\r\n",
                        http::h1::status_of(verdict.defect)));
        return false;
    }
    // Parsed again where it stays put while the body is read: the head holds views.
    head_ = unread_.substr(0, verdict.bytes);
    unread_.erase(0, verdict.bytes);
    http::h1::HeadScan again;
    (void)http::h1::parse_request(head_, limits, again, request.head);
    return true;
}

bool Connection::read_body(Request& request) {
    if (request.head.framing == http::Framing::none) return true;
    if (request.head.expects_continue && !send("HTTP/1.1 100 Continue\r\n\r\n")) return false;
    http::h1::ChunkedReader chunks;
    while (true) {
        if (request.head.framing == http::Framing::length) {
            const auto size = request.head.content_length;
            if (size > body_max) return false;
            if (unread_.size() >= size) {
                request.body = unread_.substr(0, size);
                unread_.erase(0, size);
                return true;
            }
        } else {
            const auto step = chunks.step(unread_);
            request.body.append(step.data);
            unread_.erase(0, step.consumed);
            if (step.progress == http::h1::Progress::done) return true;
            if (step.progress == http::h1::Progress::bad) return false;
            if (request.body.size() > body_max) return false;
            if (step.consumed > 0) continue;
        }
        const auto got = receive(fd_.get(), unread_);
        if (!got || !*got) return false;
    }
}

bool Connection::reply(const Request& request, const Reply& reply) {
    auto head = fmt::format("HTTP/1.1 {} {}\r\nContent-Length: {}\r\n", reply.status,
                            reason_of(reply.status), reply.body.size());
    if (!reply.body.empty()) head += fmt::format("Content-Type: {}\r\n", reply.type);
    for (const auto& [name, value] : reply.fields) head += fmt::format("{}: {}\r\n", name, value);
    if (!request.head.keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    if (request.head.method != http::Method::head) head += reply.body;
    return send(head) && request.head.keep_alive;
}

bool Connection::begin_stream(int status,
                              const std::vector<std::pair<std::string, std::string>>& fields) {
    auto head = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_of(status));
    for (const auto& [name, value] : fields) head += fmt::format("{}: {}\r\n", name, value);
    return send(head + "\r\n");
}

}  // namespace sg::demo
