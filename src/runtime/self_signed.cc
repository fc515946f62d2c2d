// A certificate for the first minutes, when nobody has brought one: self-signed, so browsers warn.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "runtime/tls.h"

namespace sg::runtime {

namespace {

template <auto free>
struct Freer {
    template <class T>
    void operator()(T* t) const {
        free(t);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;

constexpr long day = 24L * 3600;

// From the moment of making it.
struct Validity {
    long from;
    long until;
};
constexpr Validity a_year{-day, 365 * day}, ended{-91 * day, -day};

bool still_good(const PemFiles& files, Validity validity) {
    const File file(std::fopen(files.certificate.c_str(), "r"));
    if (!file || ::access(files.key.c_str(), R_OK) != 0) return false;
    const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
    if (!certificate) return false;
    if (validity.until < 0) return true;
    std::time_t in_a_week = std::time(nullptr) + 7 * day;
    return X509_cmp_time(X509_get0_notAfter(certificate.get()), &in_a_week) > 0;
}

void add_extension(X509* certificate, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    if (extension == nullptr) return;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate certify(EVP_PKEY* key, Validity validity) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.until);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("StreamGate self-signed"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    add_extension(certificate.get(), NID_subject_alt_name,
                  fmt::format("DNS:localhost,DNS:{},IP:127.0.0.1,IP:::1", host));
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
    X509_sign(certificate.get(), key, EVP_sha256());
    return certificate;
}

// Written beside and renamed, so that nobody ever reads half a file.
Result<File> create(const std::string& path) {
    const mode_t before = ::umask(0077);
    File file(std::fopen(path.c_str(), "w"));
    ::umask(before);
    if (!file) return fail_system(fmt::format("write {}", path));
    return file;
}

Result<PemFiles> made(const std::string& folder, std::string_view name, Validity validity) {
    const PemFiles files{fmt::format("{}/{}.pem", folder, name),
                         fmt::format("{}/{}.key", folder, name)};
    if (still_good(files, validity)) return files;
    std::error_code error;
    std::filesystem::create_directories(folder, error);

    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    if (!key) return fail(Errc::internal, "cannot make a P-256 key");
    const Certificate certificate = certify(key.get(), validity);
    {
        TRY(const File out, create(files.key + ".new"));
        PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    }
    {
        TRY(const File out, create(files.certificate + ".new"));
        PEM_write_X509(out.get(), certificate.get());
    }
    std::filesystem::rename(files.key + ".new", files.key, error);
    if (!error) std::filesystem::rename(files.certificate + ".new", files.certificate, error);
    if (error)
        return fail(Errc::io_failed, fmt::format("rename into {}: {}", folder, error.message()));
    return files;
}

}  // namespace

Result<PemFiles> self_signed(const std::string& folder) {
    return made(folder, "self-signed", a_year);
}

Result<PemFiles> self_signed_and_ended(const std::string& folder) {
    return made(folder, "ended", ended);
}

}  // namespace sg::runtime
