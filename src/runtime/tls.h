// TLS contexts, made once per configuration and immutable afterwards. OpenSSL 3, TLS 1.2 and 1.3.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace sg::runtime {

class Stream;

struct PemFiles {
    std::string certificate;  // Paths.
    std::string key;
};

enum class TlsMinimum : std::uint8_t { v1_2, v1_3 };

struct TlsServerOptions {
    std::vector<PemFiles> certificates;  // At least one; the first serves names nobody else covers.
    TlsMinimum minimum = TlsMinimum::v1_2;
    std::vector<std::string> protocols = {"http/1.1"};  // ALPN, in order of preference.
    std::string
        client_ca;  // PEM bundle: clients must show a certificate signed by it. Empty: none asked.
};

class TlsServer {
  public:
    static Result<std::shared_ptr<const TlsServer>> make(const TlsServerOptions& options);
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer();

    SSL* make_session(Stream& stream) const;

    struct State;

  private:
    explicit TlsServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct TlsClientOptions {
    bool verify = true;
    std::string ca;     // PEM bundle; empty: the system's.
    PemFiles identity;  // For mutual TLS; may be empty.
};

class TlsClient {
  public:
    static Result<std::shared_ptr<const TlsClient>> make(const TlsClientOptions& options);
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient();

    // `server_name` is sent as SNI and verified; an IP address is verified as such.
    SSL* make_session(Stream& stream, std::string_view server_name) const;

  private:
    explicit TlsClient(SSL_CTX* context, bool verify) : context_(context), verify_(verify) {}
    SSL_CTX* context_;
    bool verify_;
};

// Why the last operation failed: tls_untrusted if the peer's certificate was refused, else
// tls_failed.
Error tls_error(SSL* ssl);

// Makes a P-256 key and a certificate for localhost, this host's name and the loopback addresses,
// valid a year, unless the files exist and are valid for another week.
Result<PemFiles> self_signed(const std::string& folder);

// The same, but it ended yesterday: for drills.
Result<PemFiles> self_signed_and_ended(const std::string& folder);

}  // namespace sg::runtime
