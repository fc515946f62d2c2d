#include "web/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "http/h1/parse.h"
#include "http/status.h"
#include "runtime/buffer.h"

namespace sg::web {

using runtime::Buffer;
using runtime::Stream;
using runtime::Task;
using runtime::Wake;

namespace {

constexpr Duration patience = 10s;
constexpr Duration idle_most = 120s;

enum class Fed : std::uint8_t { more, ended };

Task<Fed> feed(Stream& stream, Buffer& buffer, Tick deadline) {
    for (;;) {
        if (buffer.room().empty()) buffer.grow(buffer.capacity() * 2);
        const auto n = stream.read_some(buffer.room());
        if (n > 0) {
            buffer.filled(static_cast<std::size_t>(n));
            co_return Fed::more;
        }
        if (n != Stream::would_block) co_return Fed::ended;
        const Wake wake = co_await stream.can_read(deadline);
        if (wake != Wake::ready) co_return Fed::ended;
    }
}

std::string head_of(const Reply& reply) {
    auto head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nCache-Control: no-store\r\n",
                            reply.status, http::reason_of(reply.status), reply.content_type);
    for (const auto& [name, value] : reply.headers) head += fmt::format("{}: {}\r\n", name, value);
    if (reply.stream) head += "Connection: close\r\n\r\n";
    else head += fmt::format("Content-Length: {}\r\n\r\n", reply.body.size());
    return head;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string peer_of(int fd) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    const bool known = ::getpeername(fd, peer.raw(), &peer.length) == 0;
    return known && peer.family() != AF_UNIX ? peer.text() : std::string();
}

Request request_of(const http::RequestHead& head) {
    Request request;
    request.method = head.method_text;
    request.path = head.path;
    request.query = head.query;
    for (const auto& field : head.fields.all())
        request.headers.emplace_back(to_lower(field.name), field.value);
    return request;
}

}  // namespace

Server::Server(runtime::Loop& loop, Handler handler) : loop_(loop), handler_(std::move(handler)) {}

Server::~Server() = default;

Result<> Server::listen(const SocketAddress& address, std::string name,
                        std::shared_ptr<const runtime::TlsServer> tls) {
    TRY(runtime::UniqueFd fd, runtime::listen_on(address));
    if (address.family() == AF_UNIX)
        ::chmod(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path, 0600);
    auto door = std::make_shared<Door>();
    door->name = std::move(name);
    door->tls = std::move(tls);
    TRY_VOID(door->watcher.open(loop_, fd.get()));
    static_cast<void>(fd.release());
    doors_.push_back(door);
    accept(gate_, door);
    return {};
}

void Server::close_all() {
    for (const auto& door : doors_) {
        door->closing = true;
        door->watcher.cancel();
    }
    doors_.clear();
}

runtime::Detached Server::accept(runtime::Gate&, std::shared_ptr<Door> door) {
    while (!door->closing) {
        if (!door->watcher.may_read()) {
            co_await door->watcher.readable(Tick::never());
            continue;
        }
        const int fd =
            ::accept4(door->watcher.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) door->watcher.read_was_short();
            else co_await loop_.sleep_until(loop_.after(50ms));
        } else if (gate_.running() > connections_most) {
            ::close(fd);
        } else {
            serve(gate_, fd, door);
        }
    }
    door->watcher.close();
}

runtime::Detached Server::serve(runtime::Gate&, int fd, std::shared_ptr<Door> door) {
    Stream stream;
    if (!stream.open(loop_, fd)) {
        ::close(fd);
        co_return;
    }
    if (door->tls) {
        const auto done = co_await stream.accept_tls(*door->tls, loop_.after(patience));
        if (!done) co_return;
    }
    Buffer buffer = Buffer::take(Buffer::small);
    for (;;) {
        const bool again = co_await one_request(stream, buffer, *door);
        if (!again) break;
    }
    stream.end_writing();
}

Task<bool> Server::one_request(Stream& stream, Buffer& buffer, Door& door) {
    http::h1::HeadScan scan;
    const auto head = std::make_unique<http::RequestHead>();
    http::h1::HeadVerdict verdict;
    Tick deadline = loop_.after(idle_most);
    for (;;) {
        verdict = parse_request(buffer.text(), {}, scan, *head);
        if (verdict.progress != http::h1::Progress::more) break;
        if (!buffer.empty()) deadline = std::min(deadline, loop_.after(patience));
        const Fed fed = co_await feed(stream, buffer, deadline);
        if (fed == Fed::ended) co_return false;
    }
    const bool bad =
        verdict.progress == http::h1::Progress::bad || head->framing == http::Framing::chunked;
    if (bad || head->content_length > body_most) {
        const Reply reply{bad ? 400 : 413, "text/plain", bad ? "bad request\n" : "too large\n"};
        const std::string text = head_of(reply) + reply.body;
        static_cast<void>(co_await runtime::write_all(stream, text, patience));
        co_return false;
    }
    const bool keep = head->keep_alive;
    Request request = request_of(*head);
    request.door = door.name;
    request.address = peer_of(stream.fd());
    const std::size_t length = head->content_length;
    buffer.consume(verdict.bytes);
    while (buffer.size() < length) {
        const Fed fed = co_await feed(stream, buffer, loop_.after(patience));
        if (fed == Fed::ended) co_return false;
    }
    request.body = buffer.text().substr(0, length);
    buffer.consume(length);
    const bool sent = co_await reply_to(stream, std::move(request));
    co_return sent&& keep;
}

// Whether another request may follow on the connection.
Task<bool> Server::reply_to(Stream& stream, Request request) {
    const Reply reply = co_await handler_(std::move(request));
    const std::string text = head_of(reply) + reply.body;
    const auto sent = co_await runtime::write_all(stream, text, patience);
    if (!sent) co_return false;
    if (reply.stream) co_await reply.stream(stream);
    co_return !reply.stream;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                           hex_value(text[i + 2]) >= 0;
        if (coded) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

std::string Request::parameter(std::string_view name) const {
    for (const auto pair : split(query, '&')) {
        const auto equals = pair.find('=');
        if (percent_decoded(pair.substr(0, equals)) != name) continue;
        return equals == std::string_view::npos ? "" : percent_decoded(pair.substr(equals + 1));
    }
    return {};
}

}  // namespace sg::web
