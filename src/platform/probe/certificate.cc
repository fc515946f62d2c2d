// A certificate as a server shows it: for whom, by whom, until when, and whether it is trusted.
#include <fmt/format.h>

#include "platform/inspect/text.h"
#include "platform/probe/dial.h"
#include "platform/probe/inspect.h"
#include "platform/probe/x509.h"

namespace sg::platform::probe {

using inspect::add_row;
using inspect::Finding;
using inspect::Order;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t name_most = 120;

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
