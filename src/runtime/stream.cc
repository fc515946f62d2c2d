#include "runtime/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/system.h"
#include "runtime/tls.h"

namespace sg::runtime {

std::ptrdiff_t Stream::read_some(std::span<char> room) {
    if (ssl_ != nullptr) return read_tls(room);
    if (!may_read()) return would_block;
    for (;;) {
        const ssize_t n = raw_recv(fd(), room.data(), room.size());
        if (n >= 0) {
            // A short read has emptied the socket: the next bytes make a new edge.
            if (static_cast<std::size_t>(n) < room.size() && n > 0) read_was_short();
            return n;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            read_was_short();
            if (may_read()) return failed;  // Hang-up was seen, yet there is neither data nor FIN.
            return would_block;
        }
        return failed;
    }
}

std::ptrdiff_t Stream::write_some(std::string_view bytes) {
    if (ssl_ != nullptr) return write_tls(bytes);
    for (;;) {
        const ssize_t n = raw_send(fd(), bytes.data(), bytes.size());
        if (n >= 0) {
            if (static_cast<std::size_t>(n) < bytes.size()) write_was_short();
            return n;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return failed;
        write_was_short();
        return would_block;
    }
}

std::ptrdiff_t Stream::write_some(std::span<const iovec> pieces) {
    if (ssl_ != nullptr) {
        std::ptrdiff_t total = 0;
        for (const auto& piece : pieces) {
            if (piece.iov_len == 0) continue;
            const auto n = write_tls({static_cast<const char*>(piece.iov_base), piece.iov_len});
            if (n < 0) return total > 0 ? total : n;
            total += n;
            if (static_cast<std::size_t>(n) < piece.iov_len) break;
        }
        return total;
    }
    std::size_t wanted = 0;
    for (const auto& piece : pieces) wanted += piece.iov_len;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    for (;;) {
        const ssize_t n = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
        if (n >= 0) {
            if (static_cast<std::size_t>(n) < wanted) write_was_short();
            return n;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return failed;
        write_was_short();
        return would_block;
    }
}

std::ptrdiff_t Stream::read_tls(std::span<char> room) {
    read_wants_write_ = false;
    std::size_t n = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(ssl_, room.data(), room.size(), &n);
    if (done == 1) return static_cast<std::ptrdiff_t>(n);
    switch (SSL_get_error(ssl_, done)) {
        case SSL_ERROR_WANT_READ: return would_block;
        case SSL_ERROR_WANT_WRITE: read_wants_write_ = true; return would_block;
        case SSL_ERROR_ZERO_RETURN: return 0;
        default: tls_failed_ = true; return failed;
    }
}

std::ptrdiff_t Stream::write_tls(std::string_view bytes) {
    write_wants_read_ = false;
    std::size_t n = 0;
    ERR_clear_error();
    const int done = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &n);
    if (done == 1) return static_cast<std::ptrdiff_t>(n);
    switch (SSL_get_error(ssl_, done)) {
        case SSL_ERROR_WANT_WRITE: return would_block;
        case SSL_ERROR_WANT_READ: write_wants_read_ = true; return would_block;
        default: tls_failed_ = true; return failed;
    }
}

void Stream::end_writing() {
    if (!is_open()) return;
    if (ssl_ != nullptr && !tls_failed_ && SSL_is_init_finished(ssl_) != 0) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
    }
    ::shutdown(fd(), SHUT_WR);
}

void Stream::shut() {
    if (ssl_ != nullptr) {
        if (is_open() && !tls_failed_ && !broken() && SSL_is_init_finished(ssl_) != 0) {
            ERR_clear_error();
            SSL_shutdown(ssl_);
        }
        SSL_free(ssl_);
        ssl_ = nullptr;
    }
    read_wants_write_ = write_wants_read_ = tls_failed_ = false;
    close();
}

void Stream::reset() {
    if (is_open()) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    tls_failed_ = true;
    shut();
}

std::string_view Stream::server_name() const {
    const char* const name =
        ssl_ == nullptr ? nullptr : SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? std::string_view{} : name;
}

Task<Result<>> Stream::accept_tls(const TlsServer& tls, Tick deadline) {
    ssl_ = tls.make_session(*this);
    SSL_set_accept_state(ssl_);
    Result<> done = co_await handshake(deadline);
    co_return done;
}

Task<Result<>> Stream::connect_tls(const TlsClient& tls, std::string_view server_name,
                                   Tick deadline) {
    ssl_ = tls.make_session(*this, server_name);
    SSL_set_connect_state(ssl_);
    Result<> done = co_await handshake(deadline);
    co_return done;
}

Task<Result<>> Stream::handshake(Tick deadline) {
    for (;;) {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_);
        if (done == 1) co_return Result<>{};
        const int why = SSL_get_error(ssl_, done);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
            tls_failed_ = true;
            co_return std::unexpected(tls_error(ssl_));
        }
        Wake wake = Wake::ready;
        if (why == SSL_ERROR_WANT_READ) wake = co_await readable(deadline);
        else wake = co_await writable(deadline);
        if (wake == Wake::timeout) co_return fail(Errc::timed_out, "TLS handshake");
        if (wake == Wake::cancelled) co_return fail(Errc::cancelled);
    }
}

Task<Result<>> connect(Loop& loop, Stream& stream, SocketAddress address, Tick deadline) {
    const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) co_return fail_system("socket");
    if (address.family() != AF_UNIX) {
        const int one = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    const int begun = ::connect(fd, address.raw(), address.length);
    const int why = errno;
    if (begun != 0 && why != EINPROGRESS) {
        ::close(fd);
        co_return std::unexpected(system_error("connect", why));
    }
    if (Result<> opened = stream.open(loop, fd); !opened) {
        ::close(fd);
        co_return opened;
    }
    if (begun == 0) co_return Result<>{};
    stream.write_was_short();  // Writable when connected.
    stream.read_was_short();
    const Wake wake = co_await stream.writable(deadline);
    if (wake != Wake::ready) {
        stream.shut();
        co_return fail(wake == Wake::timeout ? Errc::timed_out : Errc::cancelled, "connect");
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        stream.shut();
        co_return std::unexpected(system_error("connect", error));
    }
    co_return Result<>{};
}

Task<Result<>> write_all(Stream& stream, std::string_view bytes, Duration patience) {
    while (!bytes.empty()) {
        const auto n = stream.write_some(bytes);
        if (n == Stream::failed) co_return fail(Errc::connection_reset);
        if (n > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
            continue;
        }
        const Wake wake = co_await stream.can_write(stream.loop().after(patience));
        if (wake == Wake::timeout) co_return fail(Errc::timed_out);
        if (wake == Wake::cancelled) co_return fail(Errc::cancelled);
    }
    co_return Result<>{};
}

}  // namespace sg::runtime
