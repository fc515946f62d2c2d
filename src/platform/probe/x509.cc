#include "platform/probe/x509.h"

#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "platform/inspect/text.h"

namespace sg::platform::probe {

using inspect::shown;

namespace {

constexpr std::size_t name_most = 120;

struct Free {
    void operator()(BIO* bytes) const { BIO_free(bytes); }
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string text_in(BIO* bytes) {
    const char* begin = nullptr;
    const long length = BIO_get_mem_data(bytes, &begin);
    return length <= 0 ? std::string() : std::string(begin, static_cast<std::size_t>(length));
}

}  // namespace

std::string name_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, Free> bytes(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bytes.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return shown(text_in(bytes.get()), name_most);
}

// `DNS:a.example, IP Address:10.0.0.1` without the words.
std::string names_in(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::string text;
    for (int n = 0; names && n < sk_GENERAL_NAME_num(names.get()); ++n) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), n);
        const std::unique_ptr<BIO, Free> bytes(BIO_new(BIO_s_mem()));
        GENERAL_NAME_print(bytes.get(), const_cast<GENERAL_NAME*>(name));
        auto one = text_in(bytes.get());
        one.erase(0, one.find(':') + 1);
        text += (text.empty() ? "" : ", ") + one;
    }
    return shown(text, name_most);
}

Instant end_of(const X509* certificate) {
    std::tm until{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until) != 1) return {};
    return {timegm(&until) * 1'000'000'000};
}

}  // namespace sg::platform::probe
