#include "bench/load/tls.h"

#include <string>

#include "base/check.h"

namespace sg::load {

TlsContext make_tls_context() {
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    CHECK(context != nullptr);
    CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1);
    std::string groups = "X25519";  // OpenSSL's macros cast the const away; they only read.
    CHECK(SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_GROUPS_LIST, 0, groups.data()) == 1);
    CHECK(SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") == 1);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context.get(),
                           1);  // One recv for a record, not one for its head as well.
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return context;
}

TlsSession make_tls_session(SSL_CTX* context, int fd, const char* server_name) {
    TlsSession session(SSL_new(context));
    CHECK(session != nullptr);
    CHECK(SSL_set_fd(session.get(), fd) == 1);
    std::string name = server_name;
    CHECK(SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   name.data()) == 1);
    SSL_set_connect_state(session.get());
    return session;
}

}  // namespace sg::load
