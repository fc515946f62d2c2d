#include "bench/load/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace sg::load {

namespace {

constexpr std::ptrdiff_t would_wait = -1;
constexpr std::ptrdiff_t broke = -2;

// What is received is looked at and forgotten, so all connections share one buffer.
std::array<char, 64 << 10> scratch;

}  // namespace

bool Connection::open(const Endpoint& endpoint, int epoll, std::uint32_t id) {
    close();
    reader_.reset();
    fd_ = socket(endpoint.address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return false;
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd_, endpoint.address.raw(), endpoint.address.length) != 0 &&
        errno != EINPROGRESS) {
        close();
        return false;
    }
    epoll_event wanted{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u32 = id}};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd_, &wanted) == 0);
    state_ = State::connecting;
    return true;
}

void Connection::close() {
    if (fd_ < 0) return;
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    tls_.reset();
    ::close(fd_);
    fd_ = -1;
    state_ = State::closed;
}

Connection::News Connection::fail() {
    close();
    return News::failed;
}

Connection::News Connection::advance(const Endpoint& endpoint) {
    switch (state_) {
        case State::closed: return News::none;
        case State::connecting: return connected(endpoint);
        case State::handshaking: return handshake();
        case State::ready: {  // News without a question: the peer closed, or sent session tickets.
            const auto got = receive(scratch.data(), scratch.size());
            if (got == would_wait) return News::none;
            close();
            return News::closed;
        }
        case State::busy: {
            if (!unsent_.empty()) {
                const auto news = write();
                if (news != News::none || !unsent_.empty()) return news;
            }
            return read();
        }
    }
    return News::none;
}

Connection::News Connection::connected(const Endpoint& endpoint) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail();
    if (endpoint.tls == nullptr) {
        state_ = State::ready;
        return News::ready;
    }
    tls_ = make_tls_session(endpoint.tls, fd_, endpoint.server_name.c_str());
    state_ = State::handshaking;
    return handshake();
}

Connection::News Connection::handshake() {
    const int done = SSL_do_handshake(tls_.get());
    if (done == 1) {
        CHECK(SSL_session_reused(tls_.get()) == 0);
        state_ = State::ready;
        return News::ready;
    }
    const int why = SSL_get_error(tls_.get(), done);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? News::none : fail();
}

Connection::News Connection::start(std::string_view request) {
    CHECK(state_ == State::ready);
    state_ = State::busy;
    reader_.reset();
    unsent_ = request;
    return write();
}

Connection::News Connection::write() {
    while (!unsent_.empty()) {
        if (tls_) {
            std::size_t sent = 0;
            const int ok = SSL_write_ex(tls_.get(), unsent_.data(), unsent_.size(), &sent);
            if (ok == 1) {
                unsent_.remove_prefix(sent);
                continue;
            }
            return SSL_get_error(tls_.get(), ok) == SSL_ERROR_WANT_WRITE ? News::none : fail();
        }
        const auto sent = send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN ? News::none : fail();
        unsent_.remove_prefix(static_cast<std::size_t>(sent));
    }
    return News::none;
}

std::ptrdiff_t Connection::receive(char* into, std::size_t size) {
    if (tls_) {
        const int got = SSL_read(tls_.get(), into, static_cast<int>(size));
        if (got > 0) return got;
        return SSL_get_error(tls_.get(), got) == SSL_ERROR_WANT_READ ? would_wait : broke;
    }
    const auto got = recv(fd_, into, size, into == nullptr ? MSG_TRUNC : 0);
    if (got > 0) return got;
    return got < 0 && errno == EAGAIN ? would_wait : broke;
}

// In clear, the bulk of a long body is dropped inside the kernel (MSG_TRUNC of tcp(7)): the copy
// would cost the generator more than the peer spends, and the peer is what is measured.
Connection::News Connection::read() {
    for (;;) {  // Bound: the length of one response.
        const auto left = reader_.body_left();
        const bool drop = !tls_ && left >= scratch.size();
        const auto size = drop ? static_cast<std::size_t>(left) : scratch.size();
        const auto got = receive(drop ? nullptr : scratch.data(), size);
        if (got == would_wait) return News::none;
        if (got < 0) return fail();
        const auto count = static_cast<std::size_t>(got);
        const auto step = drop ? reader_.skip(count) : reader_.feed({scratch.data(), count});
        if (step != ResponseReader::Step::more) return take(step);
        if (!tls_ && count < size) return News::none;  // A short read: the socket is empty.
    }
}

Connection::News Connection::take(ResponseReader::Step step) {
    if (step == ResponseReader::Step::broken) return fail();
    if (reader_.closes()) close();
    else state_ = State::ready;
    return News::response;
}

}  // namespace sg::load
