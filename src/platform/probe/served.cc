#include "platform/probe/served.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "platform/inspect/text.h"
#include "platform/probe/dial.h"
#include "platform/probe/x509.h"

namespace sg::platform::probe {

using inspect::Finding;
using inspect::Order;
using inspect::show_seconds;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr std::size_t chain_most = 10;
constexpr Duration one_connection = 2s;
constexpr double day = 86'400;

struct Free {
    void operator()(BIO* file) const { BIO_free(file); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, Free>;

Result<std::vector<Certificate>> read(const std::string& path) {
    const std::unique_ptr<BIO, Free> file(BIO_new_file(path.c_str(), "r"));
    if (!file) return fail(Errc::not_found, path + " cannot be read");
    std::vector<Certificate> chain;
    while (chain.size() < chain_most) {
        Certificate next(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
        if (!next) break;
        chain.push_back(std::move(next));
    }
    if (chain.empty()) return fail(Errc::invalid_argument, path + " holds no certificate");
    return chain;
}

std::string digest_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), bytes.data(), &size) != 1) return {};
    return {bytes.begin(), bytes.begin() + size};
}

// The first name, as a client would ask for it.
std::string asked_name(const X509* leaf) {
    auto names = names_in(leaf);
    auto first = names.substr(0, names.find(','));
    if (first.starts_with("*.")) first.replace(0, 1, "any");
    return first.empty() ? "localhost" : first;
}

// A sentence where what is shown is not what the file holds.
struct Unlike {
    std::string text;
    bool has_ended = false;  // What is shown.
};
Unlike unlike(const ServedBy& served, const X509* leaf, const Order& order) {
    if (!served.at) return {};
    auto line = Line::dial(*served.at, std::min(order.deadline, steady_now() + one_connection));
    if (!line) return {fmt::format("nobody answers there: {}", shown(line.error().what, 120))};
    const auto secured = line->secure(asked_name(leaf), "", Line::Trust::looked_at);
    if (!secured) return {fmt::format("the handshake fails: {}", shown(secured.error().what, 120))};
    const X509* const showed = SSL_get0_peer_certificate(line->tls());
    if (showed == nullptr) return {"it shows no certificate"};
    if (digest_of(showed) == digest_of(leaf)) return {};
    const Instant end = end_of(showed);
    return {fmt::format("it shows another one, until {}", to_rfc3339(end)), end <= order.now};
}

// Whether each is signed by the next, as far as their names tell.
std::string gap_in(const std::vector<Certificate>& chain) {
    for (std::size_t i = 0; i + 1 < chain.size(); ++i)
        if (X509_NAME_cmp(X509_get_issuer_name(chain[i].get()),
                          X509_get_subject_name(chain[i + 1].get())) != 0)
            return fmt::format("certificate {} of the file was not issued by the next", i + 1);
    return {};
}

Finding judged(const ServedBy& served, const std::vector<Certificate>& chain, const Order& order) {
    Finding finding{.what = "gateway.certificates",
                    .key = served.file,
                    .unit = "s",
                    .evidence = {{"subject", "issuer", "until"}, {}, 0}};
    const X509* const leaf = chain.front().get();
    Instant until = end_of(leaf);
    for (const auto& one : chain) {
        until = std::min(until, end_of(one.get()));
        inspect::add_row(finding.evidence,
                         {name_of(X509_get_subject_name(one.get())),
                          name_of(X509_get_issuer_name(one.get())), to_rfc3339(end_of(one.get()))},
                         order.extent.rows);
    }
    const double left = std::chrono::duration<double>(until - order.now).count();
    const double soon = std::chrono::duration<double>(order.expires_within).count();
    const auto other = unlike(served, leaf, order);
    const auto gap = gap_in(chain);
    finding.value = left;
    finding.threshold = soon;
    finding.standing = left <= 0 || other.has_ended                         ? Standing::bad
                       : left < soon || !other.text.empty() || !gap.empty() ? Standing::odd
                                                                            : Standing::fine;
    finding.title = fmt::format("{}: {}, for {} by {}", shown(served.listener, 80),
                                left > 0 ? fmt::format("{:.0f} days left", left / day)
                                         : fmt::format("EXPIRED {} ago", show_seconds(-left)),
                                names_in(leaf), name_of(X509_get_issuer_name(leaf)));
    for (const auto& more : {other.text, gap})
        if (!more.empty()) finding.title += "; " + more;
    if (!other.text.empty()) finding.hint = "`streamgate reload` reads the file again";
    if (!gap.empty()) finding.hint = "put the intermediate certificates behind it, in their order";
    if (left < soon) finding.hint = "renew it now; what should have renewed it did not";
    return finding;
}

}  // namespace

inspect::Findings inspect_served(const std::vector<ServedBy>& served, const Order& order) {
    inspect::Findings findings;
    for (const auto& one : served) {
        const auto chain = read(one.file);
        if (chain) {
            findings.push_back(judged(one, *chain, order));
            continue;
        }
        findings.push_back(inspect::unseen("gateway.certificates", chain.error()));
        findings.back().key = one.file;
    }
    return findings;
}

}  // namespace sg::platform::probe
