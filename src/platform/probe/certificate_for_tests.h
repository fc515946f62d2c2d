// A certificate for 127.0.0.1 that signs itself, and a server's side of the handshake.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <string>

#include "base/time.h"

namespace sg::platform::probe {

class CertificateForTests {
  public:
    CertificateForTests(std::string file, Duration lasts)
        : file_(std::move(file)),
          key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")),
          certificate_(X509_new()) {
        X509_set_version(certificate_, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate_), lasts / 1s);
        X509_set_pubkey(certificate_, key_);
        X509_NAME* const name = X509_get_subject_name(certificate_);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
        X509_set_issuer_name(certificate_, name);
        X509_EXTENSION* const extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(certificate_, extension, -1);
        X509_EXTENSION_free(extension);
        X509_sign(certificate_, key_, nullptr);
        std::FILE* const out = std::fopen(file_.c_str(), "w");
        PEM_write_X509(out, certificate_);
        PEM_write_PrivateKey(out, key_, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(out);
    }
    ~CertificateForTests() {
        X509_free(certificate_);
        EVP_PKEY_free(key_);
    }
    CertificateForTests(const CertificateForTests&) = delete;

    const std::string& file() const { return file_; }

    void shake_hands(int connection) const {
        SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context, certificate_);
        SSL_CTX_use_PrivateKey(context, key_);
        SSL* const tls = SSL_new(context);
        SSL_set_fd(tls, connection);
        SSL_accept(tls);
        SSL_shutdown(tls);
        SSL_free(tls);
        SSL_CTX_free(context);
    }

  private:
    std::string file_;
    EVP_PKEY* key_;
    X509* certificate_;
};

}  // namespace sg::platform::probe
