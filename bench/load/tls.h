// The client side of TLS 1.3 for the load generator: nobody is verified and nothing is resumed, so
// that every connection costs the peer a full handshake.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace sg::load {

struct TlsFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsFree>;
using TlsSession = std::unique_ptr<SSL, TlsFree>;

TlsContext make_tls_context();
TlsSession make_tls_session(SSL_CTX* context, int fd, const char* server_name);

}  // namespace sg::load
