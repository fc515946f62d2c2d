// Certificates, keys and folders that the configuration names: there, readable, and fitting each
// other.
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "config/check.h"

namespace sg::config {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

// As it was probably written: from the folder of the configuration, where the file is in it.
std::string shown(const std::string& file, const Findings& findings) {
    const auto& folder = findings.folder();
    return file.starts_with(folder + "/") ? file.substr(folder.size() + 1) : file;
}

std::unique_ptr<BIO, Free> open_file(const std::string& file, const std::string& path,
                                     Findings& findings) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) {
        findings.fail(path, fmt::format("the file `{}` does not exist", shown(file, findings)),
                      "make it, or correct the path; it is relative to the configuration file");
        return nullptr;
    }
    if (!std::filesystem::is_regular_file(status)) {
        findings.fail(path, fmt::format("`{}` is not a file", shown(file, findings)),
                      "name a file in PEM");
        return nullptr;
    }
    std::unique_ptr<BIO, Free> bio(BIO_new_file(file.c_str(), "rb"));
    if (!bio)
        findings.fail(path,
                      fmt::format("the file `{}` cannot be read: {}", shown(file, findings),
                                  std::strerror(errno)),
                      "let the user of streamgate read it");
    return bio;
}

Certificate read_certificate(const std::string& file, const std::string& path, Findings& findings) {
    const auto bio = open_file(file, path, findings);
    if (!bio) return nullptr;
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!certificate)
        findings.fail(path, fmt::format("there is no certificate in `{}`", shown(file, findings)),
                      "it should be in PEM and begin with -----BEGIN CERTIFICATE-----");
    return certificate;
}

Key read_key(const std::string& file, const std::string& path, Findings& findings) {
    const auto bio = open_file(file, path, findings);
    if (!bio) return nullptr;
    bool asked = false;
    const auto no_pass_phrase = [](char*, int, int, void* was_asked) {
        *static_cast<bool*>(was_asked) = true;
        return 0;
    };
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, &asked));
    ERR_clear_error();
    if (!key)
        findings.fail(path,
                      asked
                          ? fmt::format("the key in `{}` has a pass phrase", shown(file, findings))
                          : fmt::format("there is no private key in `{}`", shown(file, findings)),
                      asked ? "take it off: openssl pkey -in KEY -out NEW-KEY"
                            : "it should be in PEM and begin with -----BEGIN PRIVATE KEY-----");
    return key;
}

bool holds_a_key(const std::string& file) {
    const std::unique_ptr<BIO, Free> bio(BIO_new_file(file.c_str(), "rb"));
    const auto no_pass_phrase = [](char*, int, int, void*) { return 0; };
    const Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr)
                      : nullptr);
    ERR_clear_error();
    return key != nullptr;
}

void check_pair(const CertificateFiles& files, const std::string& path, Findings& findings) {
    if (files.certificate.empty() || files.key.empty()) return;
    if (holds_a_key(files.certificate) && !holds_a_key(files.key))
        return findings.fail(path + ".certificate",
                             fmt::format("`{}` is a private key, not a certificate",
                                         shown(files.certificate, findings)),
                             "exchange `certificate` and `key`");
    const auto certificate = read_certificate(files.certificate, path + ".certificate", findings);
    const auto key = read_key(files.key, path + ".key", findings);
    if (!certificate || !key) return;
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        findings.fail(path + ".key",
                      fmt::format("the key does not belong to the certificate `{}`",
                                  shown(files.certificate, findings)),
                      "name the key that the certificate was made with");
    ERR_clear_error();
}

void check_version_files(const Version& version, const std::string& path, Findings& findings) {
    std::error_code error;
    if (!version.run || version.run->directory.empty()) return;
    if (!std::filesystem::is_directory(version.run->directory, error))
        findings.fail(
            path + ".run.directory",
            fmt::format("the folder `{}` does not exist", shown(version.run->directory, findings)),
            "make it, or correct the path; it is relative to the configuration file");
}

void check_operations_files(const Operations& operations, Findings& findings) {
    const Ops& ops = operations.ops;
    check_pair(ops.certificate, "ops.certificate", findings);
    for (std::size_t i = 0; i < ops.gateways.size(); ++i) {
        const auto path = fmt::format("ops.gateways.{}", i);
        check_pair(ops.gateways[i].certificate, path + ".certificate", findings);
        if (!ops.gateways[i].ca.empty())
            read_certificate(ops.gateways[i].ca, path + ".ca", findings);
    }
    if (const auto& folder = operations.runbooks; !folder.empty()) {
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error))
            findings.fail("runbooks",
                          fmt::format("the folder `{}` does not exist", shown(folder, findings)),
                          "make it, or correct the path; it is relative to the configuration file");
    }
    if (const auto& folder = operations.drills.folder; !folder.empty()) {
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error))
            findings.fail("drills.folder",
                          fmt::format("the folder `{}` does not exist", shown(folder, findings)),
                          "make it, or correct the path; it is relative to the configuration file");
    }
    for (const auto& [name, channel] : operations.notify)
        if (!channel.ca.empty()) read_certificate(channel.ca, "notify." + name + ".ca", findings);
}

}  // namespace

void check_files(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.listen.size(); ++i) {
        if (!config.listen[i].tls) continue;
        const auto& certificates = config.listen[i].tls->certificates;
        for (std::size_t c = 0; c < certificates.size(); ++c)
            check_pair(certificates[c], fmt::format("listen.{}.tls.certificates.{}", i, c),
                       findings);
    }
    for (const auto& [name, service] : config.services) {
        const auto path = "services." + name;
        check_pair({service.tls.certificate, service.tls.key}, path + ".tls", findings);
        if (!service.tls.ca.empty()) read_certificate(service.tls.ca, path + ".tls.ca", findings);
        for (const auto& [version_name, version] : service.versions)
            check_version_files(version, path + ".versions." + version_name, findings);
    }
    const Telemetry& telemetry = config.telemetry;
    check_pair(telemetry.snapshot_certificate, "telemetry.snapshot_certificate", findings);
    if (!telemetry.snapshot_client_ca.empty())
        read_certificate(telemetry.snapshot_client_ca, "telemetry.snapshot_client_ca", findings);
    check_operations_files(config.operations, findings);
}

}  // namespace sg::config
