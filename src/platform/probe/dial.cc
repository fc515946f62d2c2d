#include "platform/probe/dial.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <ctime>
#include <utility>

namespace sg::platform::probe {

namespace {

constexpr const char* too_slow = "no answer in time";

std::string tls_error(SSL* tls) {
    if (const long verdict = SSL_get_verify_result(tls); verdict != X509_V_OK)
        return X509_verify_cert_error_string(verdict);
    const auto code = ERR_get_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "the handshake failed" : reason;
}

Error connect_error(const HostPort& to, int code) {
    Error error = system_error("connect to " + to.host + ":" + std::to_string(to.port), code);
    if (code == ECONNREFUSED) error.code = Errc::connection_refused;
    if (code == ENETUNREACH || code == EHOSTUNREACH) error.code = Errc::unreachable;
    return error;
}

}  // namespace

Result<void> Line::wait(short events) const {
    for (;;) {
        const auto left = deadline_ - steady_now();
        if (left <= 0s) return fail(Errc::timed_out, too_slow);
        pollfd waited{socket_.get(), events, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left / 1ms) + 1);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail_system("wait for an answer");
    }
}

Result<Line> Line::dial(const HostPort& to, Tick deadline) {
    TRY(const auto addresses, resolve(to, deadline));
    Error last{Errc::dns_failed, to.host + " has no address", {}};
    for (const auto& address : addresses) {
        local::Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!socket) return fail_system("make a socket");
        Line line(std::move(socket), deadline);
        if (::connect(line.socket_.get(), address.raw(), address.length) == 0) return line;
        if (errno != EINPROGRESS) {
            last = connect_error(to, errno);
            continue;
        }
        TRY_VOID(line.wait(POLLOUT));
        int code = 0;
        socklen_t length = sizeof code;
        ::getsockopt(line.socket_.get(), SOL_SOCKET, SO_ERROR, &code, &length);
        if (code == 0) return line;
        last = connect_error(to, code);
    }
    return std::unexpected(std::move(last));
}

Result<void> Line::wait_for_tls(int result) {
    const int wants = SSL_get_error(tls_.get(), result);
    if (wants == SSL_ERROR_WANT_READ) return wait(POLLIN);
    if (wants == SSL_ERROR_WANT_WRITE) return wait(POLLOUT);
    const bool is_trust = SSL_get_verify_result(tls_.get()) != X509_V_OK;
    return fail(is_trust ? Errc::tls_untrusted : Errc::tls_failed, tls_error(tls_.get()));
}

Result<void> Line::secure(const std::string& host, const std::string& ca, Trust trust) {
    ERR_clear_error();
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), trust == Trust::required ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                       nullptr);
    const int trusted = ca.empty()
                            ? SSL_CTX_set_default_verify_paths(context_.get())
                            : SSL_CTX_load_verify_locations(context_.get(), ca.c_str(), nullptr);
    if (trusted != 1) return fail(Errc::tls_failed, "cannot read whom to trust: " + ca);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_.get());
    X509_VERIFY_PARAM* const verify = SSL_get0_param(tls_.get());
    if (parse_ip(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str());
    } else {
        SSL_set_tlsext_host_name(tls_.get(), host.c_str());
        X509_VERIFY_PARAM_set1_host(verify, host.c_str(), 0);
    }
    for (;;) {
        const int result = SSL_connect(tls_.get());
        if (result == 1) return {};
        TRY_VOID(wait_for_tls(result));
    }
}

Instant Line::certificate_until() const {
    const X509* certificate = SSL_get0_peer_certificate(tls_.get());
    std::tm until{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until) != 1)
        return {};
    return {timegm(&until) * 1'000'000'000};
}

Result<void> Line::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto length = static_cast<int>(bytes.size());
        const auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(), length)
                               : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (tls_) {
            TRY_VOID(wait_for_tls(static_cast<int>(sent)));
        } else if (errno == EAGAIN) {
            TRY_VOID(wait(POLLOUT));
        } else {
            return fail_system("send");
        }
    }
    return {};
}

Result<std::string> Line::receive_some() {
    for (;;) {
        if (!received_.empty()) return std::exchange(received_, {});
        char buffer[16384];
        const auto length = tls_ ? SSL_read(tls_.get(), buffer, sizeof buffer)
                                 : ::recv(socket_.get(), buffer, sizeof buffer, 0);
        if (length > 0) {
            received_.append(buffer, static_cast<std::size_t>(length));
        } else if (tls_) {
            TRY_VOID(wait_for_tls(static_cast<int>(length)));
        } else if (length < 0 && errno == EAGAIN) {
            TRY_VOID(wait(POLLIN));
        } else {
            return fail(Errc::end_of_stream, "the connection was closed");
        }
    }
}

Result<std::string> Line::receive_line(std::size_t most) {
    for (;;) {
        if (const auto end = received_.find("\r\n"); end != std::string::npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 2);
            return line;
        }
        if (received_.size() > most) return fail(Errc::protocol_violation, "a line without an end");
        auto before = std::exchange(received_, {});
        TRY(const auto more, receive_some());
        received_ = std::move(before) + more;
    }
}

}  // namespace sg::platform::probe
