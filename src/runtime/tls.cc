#include "runtime/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <map>

#include "base/address.h"
#include "base/text.h"
#include "runtime/stream.h"
#include "runtime/system.h"

namespace sg::runtime {

namespace {

// --- the way to the socket: OpenSSL reads and writes through the stream's readiness flags --------

int bio_read(BIO* bio, char* to, std::size_t room, std::size_t* got) {
    auto& stream = *static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *got = 0;
    if (!stream.may_read()) {
        BIO_set_retry_read(bio);
        return 0;
    }
    for (;;) {
        const ssize_t n = raw_recv(stream.fd(), to, room);
        if (n > 0) {
            if (static_cast<std::size_t>(n) < room) stream.read_was_short();
            *got = static_cast<std::size_t>(n);
            return 1;
        }
        if (n == 0) return 0;
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            stream.read_was_short();
            if (!stream.may_read()) BIO_set_retry_read(bio);
        }
        return 0;
    }
}

int bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
    auto& stream = *static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *put = 0;
    for (;;) {
        const ssize_t n = raw_send(stream.fd(), from, size);
        if (n >= 0) {
            if (static_cast<std::size_t>(n) < size) stream.write_was_short();
            *put = static_cast<std::size_t>(n);
            return 1;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            stream.write_was_short();
            BIO_set_retry_write(bio);
        }
        return 0;
    }
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* stream_bio_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const m = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "stream");
        BIO_meth_set_read_ex(m, bio_read);
        BIO_meth_set_write_ex(m, bio_write);
        BIO_meth_set_ctrl(m, bio_control);
        return m;
    }();
    return method;
}

SSL* session_on(SSL_CTX* context, Stream& stream) {
    SSL* const ssl = SSL_new(context);
    CHECK(ssl != nullptr);
    BIO* const bio = BIO_new(stream_bio_method());
    BIO_set_data(bio, &stream);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return ssl;
}

std::unexpected<Error> fail_openssl(std::string what, std::string hint = {}) {
    char reason[256] = "unknown reason";
    const unsigned long code = ERR_peek_last_error();
    if (code != 0) ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return fail(Errc::config_invalid, fmt::format("{}: {}", what, reason), std::move(hint));
}

// Keys of session tickets, the same for every context of the process, so that a reload ends no
// session.
const std::array<unsigned char, 80>& ticket_keys() {
    static const auto keys = [] {
        std::array<unsigned char, 80> bytes{};
        CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
        return bytes;
    }();
    return keys;
}

void set_common(SSL_CTX* context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);  // One recv for header and record.
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

// The names a certificate is for, lower case; `*.example.com` as written.
std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> names;
    auto* const alternatives = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type != GEN_DNS) continue;
        const auto* const bytes =
            reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
        names.push_back(
            to_lower({bytes, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
    }
    GENERAL_NAMES_free(alternatives);
    return names;
}

}  // namespace

struct TlsServer::State {
    std::vector<SSL_CTX*> contexts;
    std::map<std::string, SSL_CTX*, std::less<>> by_name;
    std::string protocols;  // ALPN wire form.

    ~State() {
        for (SSL_CTX* context : contexts) SSL_CTX_free(context);
    }

    SSL_CTX* find(std::string_view name) const {
        const std::string wanted = to_lower(name);
        if (const auto it = by_name.find(wanted); it != by_name.end()) return it->second;
        const auto dot = wanted.find('.');
        if (dot == std::string::npos) return nullptr;
        const auto it = by_name.find("*" + wanted.substr(dot));
        return it == by_name.end() ? nullptr : it->second;
    }
};

namespace {

int choose_certificate(SSL* ssl, int*, void* context) {
    const auto& state = *static_cast<const TlsServer::State*>(context);
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr || state.contexts.size() == 1) return SSL_TLSEXT_ERR_OK;
    if (SSL_CTX* const found = state.find(name)) SSL_set_SSL_CTX(ssl, found);
    return SSL_TLSEXT_ERR_OK;
}

// Six parameters: OpenSSL's signature.
constexpr auto choose_protocol = [](SSL*, const unsigned char** out, unsigned char* out_length,
                                    const unsigned char* offered, unsigned offered_length,
                                    void* context) -> int {
    const auto& state = *static_cast<const TlsServer::State*>(context);
    unsigned char* chosen = nullptr;
    const int found = SSL_select_next_proto(
        &chosen, out_length, reinterpret_cast<const unsigned char*>(state.protocols.data()),
        static_cast<unsigned>(state.protocols.size()), offered, offered_length);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
};

Result<SSL_CTX*> server_context(const PemFiles& files, const TlsServerOptions& options,
                                const TlsServer::State& state) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    if (context == nullptr) return fail_openssl("cannot make a TLS context");
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> owned(context, SSL_CTX_free);
    set_common(context);
    SSL_CTX_set_min_proto_version(
        context, options.minimum == TlsMinimum::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // Forward secrecy and authenticated encryption only; Source: RFC 9325 §4.2.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL");
    static constexpr std::array groups = {NID_X25519, NID_X9_62_prime256v1, NID_secp384r1};
    SSL_CTX_set1_groups(context, const_cast<int*>(groups.data()), groups.size());
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return fail_openssl(fmt::format("cannot use certificate {}", files.certificate),
                            "a PEM file, the leaf first, then the intermediates");
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail_openssl(fmt::format("cannot use key {}", files.key),
                            "a PEM file without a passphrase, readable by this user");
    if (SSL_CTX_check_private_key(context) != 1)
        return fail_openssl(fmt::format("{} is not the key of {}", files.key, files.certificate));
    SSL_CTX_set_num_tickets(context, 1);  // Each costs bytes and time in every full handshake.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // Tickets only: nothing shared.
    SSL_CTX_set_tlsext_ticket_keys(context, const_cast<unsigned char*>(ticket_keys().data()),
                                   static_cast<long>(ticket_keys().size()));
    static constexpr unsigned char session_context[] = "streamgate";
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    if (!options.client_ca.empty()) {
        if (SSL_CTX_load_verify_locations(context, options.client_ca.c_str(), nullptr) != 1)
            return fail_openssl(fmt::format("cannot use client CA {}", options.client_ca));
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, const_cast<TlsServer::State*>(&state));
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, const_cast<TlsServer::State*>(&state));
    SSL_CTX_up_ref(context);
    return context;
}

}  // namespace

TlsServer::TlsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<const TlsServer>> TlsServer::make(const TlsServerOptions& options) {
    auto state = std::make_unique<State>();
    for (const auto& protocol : options.protocols) {
        state->protocols += static_cast<char>(protocol.size());
        state->protocols += protocol;
    }
    for (const auto& files : options.certificates) {
        TRY(SSL_CTX* const context, server_context(files, options, *state));
        state->contexts.push_back(context);
        for (auto& name : names_of(SSL_CTX_get0_certificate(context)))
            state->by_name.emplace(std::move(name), context);  // The first one listed wins.
    }
    CHECK(!state->contexts.empty());
    return std::shared_ptr<const TlsServer>(new TlsServer(std::move(state)));
}

SSL* TlsServer::make_session(Stream& stream) const {
    return session_on(state_->contexts.front(), stream);
}

Result<std::shared_ptr<const TlsClient>> TlsClient::make(const TlsClientOptions& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    if (context == nullptr) return fail_openssl("cannot make a TLS context");
    std::shared_ptr<const TlsClient> client(new TlsClient(context, options.verify));
    set_common(context);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    if (options.ca.empty()) SSL_CTX_set_default_verify_paths(context);
    else if (SSL_CTX_load_verify_locations(context, options.ca.c_str(), nullptr) != 1)
        return fail_openssl(fmt::format("cannot use CA bundle {}", options.ca));
    if (!options.identity.certificate.empty()) {
        if (SSL_CTX_use_certificate_chain_file(context, options.identity.certificate.c_str()) !=
                1 ||
            SSL_CTX_use_PrivateKey_file(context, options.identity.key.c_str(), SSL_FILETYPE_PEM) !=
                1)
            return fail_openssl(fmt::format("cannot use {}", options.identity.certificate));
    }
    return client;
}

TlsClient::~TlsClient() { SSL_CTX_free(context_); }

SSL* TlsClient::make_session(Stream& stream, std::string_view server_name) const {
    SSL* const ssl = session_on(context_, stream);
    const std::string name(server_name);
    const bool is_address = parse_ip(name).has_value();
    if (!is_address && !name.empty()) SSL_set_tlsext_host_name(ssl, name.c_str());
    if (!verify_) return ssl;
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    if (is_address) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    else SSL_set1_host(ssl, name.c_str());
    return ssl;
}

Error tls_error(SSL* ssl) {
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK) {
        ERR_clear_error();
        return Error{Errc::tls_untrusted, X509_verify_cert_error_string(verdict), {}};
    }
    char reason[256] = "the peer closed the connection";
    if (const unsigned long code = ERR_get_error(); code != 0)
        ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return Error{Errc::tls_failed, reason, {}};
}

}  // namespace sg::runtime
