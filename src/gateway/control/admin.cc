#include "gateway/control/admin.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "http/h1/parse.h"
#include "http/status.h"
#include "runtime/buffer.h"

namespace sg::gateway {

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

bool allows(AdminServer::Scope scope, const AdminRequest& request) {
    if (scope == AdminServer::Scope::everything) return true;
    return request.method == "GET" && (request.path == "/metrics" || request.path == "/healthz" ||
                                       request.path == "/snapshot");
}

std::string head_of(const AdminReply& reply) {
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: "
        "no-store\r\n\r\n",
        reply.status, http::reason_of(reply.status), reply.content_type, reply.body.size());
}

}  // namespace

AdminServer::AdminServer(runtime::Loop& loop, Handler handler)
    : loop_(loop), handler_(std::move(handler)) {}

AdminServer::~AdminServer() = default;

Result<> AdminServer::listen(const SocketAddress& address, Scope scope,
                             std::shared_ptr<const runtime::TlsServer> tls) {
    TRY(runtime::UniqueFd fd, runtime::listen_on(address));
    if (address.family() == AF_UNIX)
        ::chmod(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path, 0600);
    auto door = std::make_shared<Door>();
    door->scope = scope;
    door->tls = std::move(tls);
    door->address = address;
    TRY_VOID(door->watcher.open(loop_, fd.get()));
    static_cast<void>(fd.release());
    doors_.push_back(door);
    accept(gate_, door);
    return {};
}

void AdminServer::close_all() {
    for (const auto& door : doors_) {
        door->closing = true;
        door->watcher.cancel();
    }
    doors_.clear();
}

runtime::Detached AdminServer::accept(runtime::Gate&, std::shared_ptr<Door> door) {
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
            serve(gate_, fd, door->scope, door->tls);
        }
    }
    door->watcher.close();
}

runtime::Detached AdminServer::serve(runtime::Gate&, int fd, Scope scope,
                                     std::shared_ptr<const runtime::TlsServer> tls) {
    Stream stream;
    if (!stream.open(loop_, fd)) {
        ::close(fd);
        co_return;
    }
    if (tls) {
        const auto done = co_await stream.accept_tls(*tls, loop_.after(patience));
        if (!done) co_return;
    }
    Buffer buffer = Buffer::take(Buffer::small);
    for (;;) {
        const bool again = co_await one_request(stream, buffer, scope);
        if (!again) break;
    }
    stream.end_writing();
}

Task<bool> AdminServer::one_request(Stream& stream, Buffer& buffer, Scope scope) {
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
    AdminRequest request;
    AdminReply reply;
    const bool bad = verdict.progress == http::h1::Progress::bad ||
                     head->framing == http::Framing::chunked || head->content_length > body_most;
    bool keep = false;
    if (bad) {
        reply = {400, "text/plain", "bad request\n"};
    } else {
        keep = head->keep_alive;
        request.method = head->method_text;
        request.path = head->path;
        const std::size_t length = head->content_length;
        buffer.consume(verdict.bytes);
        while (buffer.size() < length) {
            const Fed fed = co_await feed(stream, buffer, loop_.after(patience));
            if (fed == Fed::ended) co_return false;
        }
        request.body = buffer.text().substr(0, length);
        buffer.consume(length);
        if (allows(scope, request)) reply = co_await handler_(std::move(request));
        else reply = {404, "text/plain", "not here\n"};
    }
    const std::string text = head_of(reply) + reply.body;
    const auto sent = co_await runtime::write_all(stream, text, patience);
    co_return sent&& keep;
}

}  // namespace sg::gateway
