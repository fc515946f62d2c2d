// A certificate as a server shows it: for whom, by whom, until when, and whether it is trusted.
#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "platform/inspect/text.h"
#include "platform/probe/dial.h"
#include "platform/probe/inspect.h"

namespace sg::platform::probe {

using inspect::add_row;
using inspect::Finding;
using inspect::Order;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

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

std::string hint_for(long verdict) {
    switch (verdict) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the server shows the certificate of another name: which one does it choose?";
        case X509_V_ERR_CERT_HAS_EXPIRED: return "renew it, and make the server read it again";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "the server leaves out an intermediate certificate, or who signed is not known "
                   "here";
        default: return "who signed it is not trusted here";
    }
}

// The last day of the first of the chain to end.
Finding judged(const SSL* tls, const HostPort& host, const Order& order) {
    Finding finding{
        .key = "certificate", .unit = "s", .evidence = {{"subject", "issuer", "until"}, {}, 0}};
    const X509* const leaf = SSL_get0_peer_certificate(tls);
    if (leaf == nullptr) {
        finding.standing = Standing::bad;
        finding.title = "it shows no certificate";
        return finding;
    }
    Instant until = end_of(leaf);
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(tls);
    for (int n = 0; chain != nullptr && n < sk_X509_num(chain); ++n) {
        const X509* const one = sk_X509_value(chain, n);
        if (end_of(one) < until) until = end_of(one);
        add_row(finding.evidence,
                {name_of(X509_get_subject_name(one)), name_of(X509_get_issuer_name(one)),
                 to_rfc3339(end_of(one))},
                order.extent.rows);
    }
    const double left = std::chrono::duration<double>(until - order.now).count();
    const double soon = std::chrono::duration<double>(order.expires_within).count();
    const long verdict = SSL_get_verify_result(tls);
    finding.value = left;
    finding.threshold = soon;
    finding.standing = verdict != X509_V_OK || left <= 0 ? Standing::bad
                       : left < soon                     ? Standing::odd
                                                         : Standing::fine;
    const auto life = left > 0 ? fmt::format("ends in {}", show_seconds(left))
                               : fmt::format("ended {} ago", show_seconds(-left));
    finding.title =
        fmt::format("{}: {}, for {} by {}, {}", shown(host.host, name_most), life, names_in(leaf),
                    name_of(X509_get_issuer_name(leaf)),
                    verdict == X509_V_OK
                        ? fmt::format("trusted, {}", SSL_get_version(tls))
                        : fmt::format("NOT trusted: {}", X509_verify_cert_error_string(verdict)));
    if (verdict != X509_V_OK) finding.hint = hint_for(verdict);
    else if (left < soon) finding.hint = "renew it now; what should have renewed it did not";
    return finding;
}

}  // namespace

Finding certificate_of(const HostPort& host, const Order& order) {
    const auto failed = [](const Error& error, const char* phase) {
        return Finding{.key = "certificate",
                       .standing = Standing::bad,
                       .title = fmt::format("no certificate to look at: {} {}", phase,
                                            shown(error.what, 200))};
    };
    auto line = Line::dial(host, order.deadline);
    if (!line) return failed(line.error(), "connecting:");
    const auto secured = line->secure(host.host, order.ca, Line::Trust::looked_at);
    if (!secured) return failed(secured.error(), "the handshake:");
    return judged(line->tls(), host, order);
}

}  // namespace sg::platform::probe
