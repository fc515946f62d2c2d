#include "platform/local/protocol.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/address.h"

namespace sg::platform::local {

namespace {

constexpr std::string_view code_names[] = {
#define E(code, status, blame, again, sentence) #code,
#include "base/errors.def"
#undef E
};

}  // namespace

Json to_json(const Error& error) {
    return {{"code", row_of(error.code).name}, {"what", error.what}, {"hint", error.hint}};
}

Error error_from(const Json& json) {
    Error error;
    const auto name = json.value("code", "internal");
    for (std::size_t i = 0; i < std::size(code_names); ++i)
        if (code_names[i] == name) error.code = static_cast<Errc>(i);
    error.what = json.value("what", "");
    error.hint = json.value("hint", "");
    return error;
}

std::string to_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// --- the supervisor's end
// --------------------------------------------------------------------------

Result<std::unique_ptr<Desk>> Desk::open(Loop& loop, const std::string& path, OnRequest callback) {
    TRY(const SocketAddress address, parse_socket_address("unix:" + path));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return fail_system("make a socket");
    unlink(path.c_str());  // The lock on the state folder says that nobody else is here.
    const auto mask = umask(0177);
    const int bound = bind(socket.get(), address.raw(), address.length);
    umask(mask);
    if (bound != 0 || listen(socket.get(), 64) != 0) return fail_system("listen on " + path);
    return std::unique_ptr<Desk>(new Desk(loop, std::move(socket), std::move(callback)));
}

Desk::Desk(Loop& loop, Fd socket, OnRequest callback)
    : loop_(loop), socket_(std::move(socket)), callback_(std::move(callback)) {
    watch_ = loop_.watch(socket_.get(), EPOLLIN, [this](std::uint32_t) { accept_all(); });
}

Desk::~Desk() {
    loop_.unwatch(watch_);
    for (const auto& [id, visitor] : visitors_) loop_.unwatch(visitor.watch);
}

void Desk::accept_all() {
    for (;;) {
        Fd socket(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket) return;
        if (visitors_.size() >= visitors_most) continue;  // Closed: the caller says so.
        const auto id = next_++;
        const int fd = socket.get();
        auto& visitor = visitors_[id];
        visitor.socket = std::move(socket);
        visitor.watch =
            loop_.watch(fd, EPOLLIN, [this, id](std::uint32_t events) { ready(id, events); });
    }
}

void Desk::ready(std::uint64_t id, std::uint32_t events) {
    auto& visitor = visitors_.at(id);
    if ((events & EPOLLOUT) != 0) return flush(id);
    char buffer[8192];
    const auto count = recv(visitor.socket.get(), buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count > 0) visitor.in.append(buffer, static_cast<std::size_t>(count));
    if (count > 0 && visitor.in.size() <= line_most) return take_lines(id);
    loop_.unwatch(visitor.watch);
    visitors_.erase(id);
}

void Desk::take_lines(std::uint64_t id) {
    for (;;) {
        const auto at = visitors_.find(id);
        if (at == visitors_.end()) return;
        auto& in = at->second.in;
        const auto end = in.find('\n');
        if (end == std::string::npos) return;
        const auto request = Json::parse(in.substr(0, end), nullptr, false);
        in.erase(0, end + 1);
        if (request.is_object())
            callback_(request, [this, id](const Json& reply) { send(id, reply); });
        else
            send(id, {{"ok", false},
                      {"error", to_json(Error{Errc::invalid_argument, "a line is not JSON", ""})}});
    }
}

void Desk::send(std::uint64_t id, const Json& reply) {
    const auto at = visitors_.find(id);
    if (at == visitors_.end()) return;  // It did not wait for the answer.
    at->second.out += to_line(reply);
    flush(id);
}

void Desk::flush(std::uint64_t id) {
    auto& visitor = visitors_.at(id);
    while (!visitor.out.empty()) {
        const auto count =
            ::send(visitor.socket.get(), visitor.out.data(), visitor.out.size(), MSG_NOSIGNAL);
        if (count <= 0) break;
        visitor.out.erase(0, static_cast<std::size_t>(count));
    }
    loop_.change(visitor.watch, visitor.out.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

// --- the command line's end
// ------------------------------------------------------------------------

Result<Caller> Caller::reach(const Layout& layout) {
    const auto path = layout.supervisor_socket();
    TRY(const SocketAddress address, parse_socket_address("unix:" + path));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return fail_system("make a socket");
    if (connect(socket.get(), address.raw(), address.length) == 0) return Caller(std::move(socket));
    if (errno == EACCES || errno == EPERM)
        return fail(Errc::permission_denied, fmt::format("{} belongs to somebody else", path),
                    "run the command as the user that runs `streamgate up`");
    return fail(Errc::unavailable, fmt::format("no supervisor runs on {}", layout.state),
                "start one with `streamgate up`, or name its folder with --state");
}

Result<Json> Caller::ask(const Json& request, Duration timeout) {
    const auto line = to_line(request);
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0)
        return fail_system("ask the supervisor");
    const auto until = steady_now() + timeout;
    for (;;) {
        if (const auto end = received_.find('\n'); end != std::string::npos) {
            auto reply = Json::parse(received_.substr(0, end), nullptr, false);
            received_.erase(0, end + 1);
            if (!reply.is_object())
                return fail(Errc::internal, "the supervisor's reply is not JSON");
            if (reply.value("ok", false)) return reply;
            return std::unexpected(error_from(reply.value("error", Json::object())));
        }
        const auto left = until - steady_now();
        pollfd waits{socket_.get(), POLLIN, 0};
        const int ready = poll(&waits, 1, static_cast<int>(std::max(left, Duration{0}) / 1ms));
        if (ready == 0) return fail(Errc::timed_out, "the supervisor does not answer");
        char buffer[65536];
        const auto count = recv(socket_.get(), buffer, sizeof buffer, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(Errc::end_of_stream, "the supervisor ended before it answered");
        received_.append(buffer, static_cast<std::size_t>(count));
    }
}

}  // namespace sg::platform::local
