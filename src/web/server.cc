#include "web/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

constexpr Duration patience = 10s;  // For a client that sends or takes nothing.

enum class Fed : std::uint8_t { more, late, ended };

Task<Fed> feed(Stream& stream, Buffer& buffer, Tick deadline) {
    for (;;) {
        if (buffer.room().empty()) buffer.compact();
        if (buffer.room().empty()) buffer.grow(buffer.capacity() * 2);
        const auto n = stream.read_some(buffer.room());
        if (n > 0) {
            buffer.filled(static_cast<std::size_t>(n));
            co_return Fed::more;
        }
        if (n != Stream::would_block) co_return Fed::ended;
        const Wake wake = co_await stream.can_read(deadline);
        if (wake != Wake::ready) co_return wake == Wake::timeout ? Fed::late : Fed::ended;
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

// Without its port; empty on a Unix socket.
std::string peer_of(int fd) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    const bool known = ::getpeername(fd, peer.raw(), &peer.length) == 0;
    if (!known || peer.family() == AF_UNIX) return {};
    auto text = peer.text();
    text.resize(std::min(text.rfind(':'), text.size()));
    return text;
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "[::1]" || address.starts_with("[::ffff:127.");
}

struct BodyWanted {
    http::Framing framing = http::Framing::none;
    std::uint64_t length = 0;  // Unless it is chunked.
    std::size_t most = 0;
    Tick deadline;
};

struct Body {
    int status = 200;  // Of the refusal; 0: the client is gone.
    std::string bytes;
};

// What of the body is in the buffer. `done`: all of it was.
http::h1::Progress take(Buffer& buffer, const BodyWanted& wanted, http::h1::ChunkedReader& chunks,
                        std::string& bytes) {
    if (wanted.framing != http::Framing::chunked) {
        const auto some = std::min<std::size_t>(wanted.length - bytes.size(), buffer.size());
        bytes += buffer.text().substr(0, some);
        buffer.consume(some);
        return bytes.size() == wanted.length ? http::h1::Progress::done : http::h1::Progress::more;
    }
    for (;;) {
        const auto step = chunks.step(buffer.text());
        bytes += step.data;
        buffer.consume(step.consumed);
        if (step.progress != http::h1::Progress::more) return step.progress;
        if (step.consumed == 0 || bytes.size() > wanted.most) return http::h1::Progress::more;
    }
}

Task<Body> read_body(Stream& stream, Buffer& buffer, BodyWanted wanted) {
    Body body;
    http::h1::ChunkedReader chunks;
    const bool chunked = wanted.framing == http::Framing::chunked;
    const bool large = !chunked && wanted.length > wanted.most;
    while (!large && body.status == 200) {
        const auto progress = take(buffer, wanted, chunks, body.bytes);
        if (body.bytes.size() > wanted.most) break;
        if (progress == http::h1::Progress::done) co_return body;
        if (progress == http::h1::Progress::bad) body.status = 400;
        if (progress != http::h1::Progress::more) co_return body;
        const Fed fed = co_await feed(stream, buffer, wanted.deadline);
        if (fed != Fed::more) body.status = fed == Fed::late ? 408 : 0;
    }
    if (body.status == 200) body.status = 413;
    co_return body;
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

// A connection's place among those of its door.
class Server::Place {
  public:
    Place(Door& door, std::string address) : door_(door), address_(std::move(address)) {
        ++door_.connections;
        taken_ = ++door_.by_address[address_];
    }
    ~Place() {
        --door_.connections;
        const auto mine = door_.by_address.find(address_);
        if (--mine->second == 0) door_.by_address.erase(mine);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool is_free() const {
        const bool one_of_many = !address_.empty() && !is_loopback(address_);
        return door_.connections <= door_.limits.connections &&
               (!one_of_many || taken_ <= door_.limits.connections_per_address);
    }
    const std::string& address() const { return address_; }

  private:
    Door& door_;
    std::string address_;
    std::size_t taken_ = 0;
};

// A connection among those that close() ends. Declared after its stream, so that the number is
// another's only when it is no longer here.
class Server::Listed {
  public:
    Listed(std::set<int>& open, int fd) : open_(open), fd_(fd) { open_.insert(fd_); }
    ~Listed() { open_.erase(fd_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

  private:
    std::set<int>& open_;
    int fd_;
};

Result<> Server::listen(const SocketAddress& address, std::string name,
                        std::shared_ptr<const runtime::TlsServer> tls, Limits limits) {
    TRY(runtime::UniqueFd fd, runtime::listen_on(address));
    if (address.family() == AF_UNIX)
        ::chmod(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path, 0600);
    auto door = std::make_shared<Door>();
    door->address = address;
    door->name = std::move(name);
    door->tls = std::move(tls);
    door->limits = limits;
    TRY_VOID(door->watcher.open(loop_, fd.get()));
    static_cast<void>(fd.release());
    doors_.push_back(door);
    accept(gate_, door);
    return {};
}

Result<> Server::move(const std::optional<SocketAddress>& address, const std::string& name,
                      std::shared_ptr<const runtime::TlsServer> tls, Limits limits) {
    const auto old = std::ranges::find(doors_, name, [](const auto& door) { return door->name; });
    const auto before = old == doors_.end() ? nullptr : *old;
    if (before && address && before->address == *address) {
        before->tls = std::move(tls);
        before->limits = limits;
        return {};
    }
    if (address) TRY_VOID(listen(*address, name, std::move(tls), limits));
    if (!before) return {};
    before->closing = true;
    before->watcher.cancel();
    std::erase(doors_, before);
    return {};
}

runtime::Task<void> Server::close() {
    for (const auto& door : doors_) {
        door->closing = true;
        door->watcher.cancel();
    }
    doors_.clear();
    // Who reads finds the end, who writes an error: no wait needs to know of closing.
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    co_await gate_.closed();
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
        } else {
            serve(gate_, fd, door);
        }
    }
    door->watcher.close();
}

runtime::Detached Server::serve(runtime::Gate&, int fd, std::shared_ptr<Door> door) {
    const Place place(*door, peer_of(fd));
    Stream stream;
    if (!place.is_free() || !stream.open(loop_, fd)) {
        ::close(fd);
        co_return;
    }
    const Listed listed(open_, fd);
    // Held: the door may show another certificate before this connection ends.
    const auto tls = door->tls;
    if (tls) {
        const auto done = co_await stream.accept_tls(*tls, loop_.after(patience));
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
    Tick deadline = loop_.after(door.limits.idle);
    for (;;) {
        verdict = parse_request(buffer.text(), {}, scan, *head);
        if (verdict.progress != http::h1::Progress::more) break;
        if (!buffer.empty()) deadline = std::min(deadline, loop_.after(patience));
        const Fed fed = co_await feed(stream, buffer, deadline);
        const bool slow = fed == Fed::late && !buffer.empty();
        if (slow) co_return co_await refuse(stream, buffer, 408);
        if (fed != Fed::more) co_return false;
    }
    if (verdict.progress == http::h1::Progress::bad)
        co_return co_await refuse(stream, buffer, http::h1::status_of(verdict.defect));
    const bool keep = head->keep_alive;
    const bool waits = head->expects_continue;
    Request request = request_of(*head);
    request.door = door.name;
    request.address = peer_of(stream.fd());
    const BodyWanted wanted{head->framing, head->content_length, door.limits.body,
                            loop_.after(door.limits.request)};
    buffer.consume(verdict.bytes);
    if (waits && wanted.length <= wanted.most) {
        const auto sent =
            co_await runtime::write_all(stream, "HTTP/1.1 100 Continue\r\n\r\n", patience);
        if (!sent) co_return false;
    }
    Body body = co_await read_body(stream, buffer, wanted);
    if (body.status == 0) co_return false;
    if (body.status != 200) co_return co_await refuse(stream, buffer, body.status);
    request.body = std::move(body.bytes);
    const bool sent = co_await reply_to(stream, std::move(request));
    co_return sent&& keep;
}

// Says why, then lets the client finish: bytes left unread would take the reply from it.
Task<bool> Server::refuse(Stream& stream, Buffer& buffer, int status) {
    constexpr std::size_t left_most = 4 << 20;
    const auto reason = http::reason_of(status);
    Reply reply{
        status, "application/problem+json",
        fmt::format(R"({{"type":"about:blank","status":{},"title":"{}"}})", status, reason) + "\n"};
    reply.headers.emplace_back("Connection", "close");
    const std::string text = head_of(reply) + reply.body;
    const auto sent = co_await runtime::write_all(stream, text, patience);
    if (!sent) co_return false;
    stream.end_writing();
    const Tick deadline = loop_.after(2s);
    for (std::size_t left = 0; left < left_most;) {
        buffer.clear();
        const Fed fed = co_await feed(stream, buffer, deadline);
        if (fed != Fed::more) break;
        left += buffer.size();
    }
    co_return false;
}

// Whether another request may follow on the connection.
Task<bool> Server::reply_to(Stream& stream, Request request) {
    const bool head_only = request.method == "HEAD";
    const Reply reply = co_await handler_(std::move(request));
    const std::string text = head_only ? head_of(reply) : head_of(reply) + reply.body;
    const auto sent = co_await runtime::write_all(stream, text, patience);
    if (!sent) co_return false;
    if (reply.stream && !head_only) co_await reply.stream(stream);
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
