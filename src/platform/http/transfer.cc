#include "platform/http/transfer.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>

#include "base/check.h"
#include "base/text.h"

namespace sg::platform::http {

using ports::http::Request;
using ports::http::Response;

namespace {

constexpr std::size_t header_bytes_max = 256U << 10;

Errc code_of(CURLcode code, int system_error) {
    switch (code) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL: return Errc::invalid_argument;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY: return Errc::dns_failed;
        case CURLE_COULDNT_CONNECT:
            return system_error == ECONNREFUSED || system_error == ENOENT ? Errc::connection_refused
                                                                          : Errc::unreachable;
        case CURLE_OPERATION_TIMEDOUT: return Errc::timed_out;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return Errc::connection_reset;
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE: return Errc::end_of_stream;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_USE_SSL_FAILED: return Errc::tls_failed;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR: return Errc::tls_untrusted;
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING: return Errc::protocol_violation;
        case CURLE_LOGIN_DENIED:
        case CURLE_REMOTE_ACCESS_DENIED: return Errc::permission_denied;
        default: return Errc::io_failed;
    }
}

// A line break in a header would begin another one.
bool breaks_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

Instant end_of_certificate(const char* pem) {
    BIO* bytes = BIO_new_mem_buf(pem, -1);
    X509* certificate = PEM_read_bio_X509(bytes, nullptr, nullptr, nullptr);
    BIO_free(bytes);
    std::tm until{};
    const bool known =
        certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until) == 1;
    X509_free(certificate);
    return known ? Instant{timegm(&until) * 1'000'000'000} : Instant{};
}

Instant certificate_until(CURL* handle) {
    curl_certinfo* chain = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr)
        return {};
    if (chain->num_of_certs < 1) return {};
    constexpr std::string_view prefix = "Cert:";
    for (const auto* field = chain->certinfo[0]; field != nullptr; field = field->next)
        if (std::string_view(field->data).starts_with(prefix))
            return end_of_certificate(field->data + prefix.size());
    return {};
}

// libcurl counts each phase from the beginning of all.
ports::http::Phases phases_of(CURL* handle) {
    const auto until = [handle](CURLINFO phase) {
        curl_off_t us = 0;
        curl_easy_getinfo(handle, phase, &us);
        return Duration(std::chrono::microseconds(us));
    };
    const auto name = until(CURLINFO_NAMELOOKUP_TIME_T), connect = until(CURLINFO_CONNECT_TIME_T),
               tls = until(CURLINFO_APPCONNECT_TIME_T),
               first = until(CURLINFO_STARTTRANSFER_TIME_T);
    const auto ready = std::max({name, connect, tls});
    return {.name = name,
            .connect = std::max<Duration>(connect - name, 0s),
            .tls = tls > 0s ? tls - connect : Duration{0},
            .first_byte = std::max<Duration>(first - ready, 0s)};
}

long milliseconds(Duration duration) {  // At least 1: to libcurl 0 is "for ever".
    return std::max<long>(1, static_cast<long>(duration / 1ms));
}

}  // namespace

void begin_curl() {
    static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
    CHECK(begun == CURLE_OK);
}

Easy make_easy() {
    begin_curl();
    Easy easy(curl_easy_init());
    CHECK(easy != nullptr);
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    // A name server that hangs must not hold up the end of the exchange.
    curl_easy_setopt(easy.get(), CURLOPT_QUICK_EXIT, 1L);
    return easy;
}

Error error_of(CURLcode code, const std::string& said, int system_error) {
    std::string what = said.empty() ? curl_easy_strerror(code) : said;
    const bool is_word = what.size() > 1 && what[1] == lower(what[1]);  // Not `SSL`.
    if (is_word) what[0] = lower(what[0]);
    return {code_of(code, system_error), std::move(what), {}};
}

Result<std::unique_ptr<Transfer>> Transfer::prepare(Request request) {
    for (const auto& [name, value] : request.headers)
        if (name.empty() || breaks_line(name) || breaks_line(value))
            return fail(Errc::invalid_argument,
                        fmt::format("the header `{}` breaks its line", name));
    if (breaks_line(request.url) || breaks_line(request.method))
        return fail(Errc::invalid_argument, "the URL breaks its line");
    std::unique_ptr<Transfer> transfer(new Transfer(std::move(request)));
    transfer->easy_ = make_easy();
    transfer->set_target();
    transfer->set_message();
    transfer->set_trust();
    return transfer;
}

void Transfer::set_target() {
    CURL* const handle = easy_.get();
    curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, said_);
    curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(request_.timeout));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     milliseconds(std::min(request_.connect_timeout, request_.timeout)));
    if (!request_.unix_socket.empty()) {
        curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
        // Another process may listen at this path by now; an old connection leads to the old one.
        curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    }
    if (request_.proxy == ports::http::Proxy::none) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

void Transfer::set_message() {
    CURL* const handle = easy_.get();
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    const auto add = [&](const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.release(), line.c_str());
        CHECK(longer != nullptr);
        headers_.reset(longer);
    };
    for (const auto& [name, value] : request_.headers)
        add(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    add("Expect:");  // No waiting for 100 (Continue).
    if (request_.method == "HEAD") {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (request_.method != "GET" || !request_.body.empty()) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request_.body.data());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::set_trust() {
    CURL* const handle = easy_.get();
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!request_.ca.empty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, request_.ca.c_str());
        curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);  // This one alone.
    }
    if (request_.certificate.empty()) return;
    curl_easy_setopt(handle, CURLOPT_SSLCERT, request_.certificate.c_str());
    curl_easy_setopt(handle, CURLOPT_SSLKEY, request_.key.c_str());
}

std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t length = size * count;
    if (transfer.response_.body.size() + length > transfer.request_.body_max) {
        transfer.too_large_ = true;
        return 0;  // Ends the exchange.
    }
    transfer.response_.body.append(bytes, length);
    return length;
}

std::size_t Transfer::take_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t length = size * count;
    transfer.header_bytes_ += length;
    if (transfer.header_bytes_ > header_bytes_max) {
        transfer.too_large_ = true;
        return 0;
    }
    std::string_view line(bytes, length);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // Another head: what came before was 1xx.
        transfer.response_.headers.clear();
        return length;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
        transfer.response_.headers.emplace_back(to_lower(line.substr(0, colon)),
                                                std::string(trim(line.substr(colon + 1))));
    return length;
}

Result<Response> Transfer::result(CURLcode code) {
    if (too_large_)
        return fail(Errc::too_large,
                    fmt::format("the answer is longer than {} bytes", request_.body_max));
    if (code != CURLE_OK) {
        long system_error = 0;
        curl_easy_getinfo(handle(), CURLINFO_OS_ERRNO, &system_error);
        return std::unexpected(error_of(code, said_, static_cast<int>(system_error)));
    }
    long status = 0;
    curl_off_t took_us = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle(), CURLINFO_TOTAL_TIME_T, &took_us);
    response_.status = static_cast<int>(status);
    response_.took = std::chrono::microseconds(took_us);
    response_.phases = phases_of(handle());
    response_.certificate_until = certificate_until(handle());
    return std::move(response_);
}

}  // namespace sg::platform::http
