#include "platform/smtp/smtp.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/address.h"
#include "base/text.h"
#include "platform/http/transfer.h"
#include "platform/smtp/mail.h"

namespace sg::platform::smtp {

namespace {

using enum ports::Delivery::Outcome;

struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string_view without_end(std::string_view line) {
    while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
    return line;
}

struct Upload {
    std::string_view left;
    std::string last_line;  // What the server said last.
    std::string refusal;    // What it said last that was a refusal: a QUIT may come after it.

    static std::size_t give(char* to, std::size_t size, std::size_t count, void* self) {
        auto& left = static_cast<Upload*>(self)->left;
        const auto n = std::min(size * count, left.size());
        std::memcpy(to, left.data(), n);
        left.remove_prefix(n);
        return n;
    }
    static std::size_t hear(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto& upload = *static_cast<Upload*>(self);
        upload.last_line = without_end({bytes, size * count});
        if (upload.last_line.starts_with('4') || upload.last_line.starts_with('5'))
            upload.refusal = upload.last_line;
        return size * count;
    }
};

bool may_pass(CURLcode code, long status) {
    if (status >= 500) return false;
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT: return false;
        case CURLE_LOGIN_DENIED: return status >= 400;  // 454: the server's own trouble.
        default: return true;
    }
}

ports::Delivery verdict(CURL* curl, CURLcode code, std::string_view said, const Upload& upload) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK)
        return {delivered, fmt::format("the mail server answered {}", upload.last_line), 0s};
    const bool busy = upload.refusal.starts_with('4');
    if (code == CURLE_USE_SSL_FAILED && !busy)
        return {permanent, "the mail server offers no STARTTLS, and require_tls is on", 0s};
    if (status >= 400 && !upload.refusal.empty())
        return {may_pass(code, status) ? retry : permanent,
                fmt::format("the mail server answered {}", upload.refusal), 0s};
    const auto reason = said.empty() ? std::string_view(curl_easy_strerror(code)) : said;
    return {may_pass(code, status) ? retry : permanent, fmt::format("mail: {}", reason), 0s};
}

void set_server(CURL* curl, const Server& server) {
    curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    const bool required = server.tls == Tls::required && !is_loopback(server.url);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, long{required ? CURLUSESSL_ALL : CURLUSESSL_TRY});
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!server.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca.c_str());
    if (!server.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout / 1ms));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

}  // namespace

ports::Delivery deliver(const ports::Message& message, const Server& server) {
    const auto from = parse_address(server.from);
    const auto to = parse_address(message.to);
    if (!from) return {permanent, from.error().message(), 0s};
    if (!to) return {permanent, to.error().message(), 0s};

    const std::string mail = written(message, *from, *to);
    Upload upload{mail, {}, {}};
    char said[CURL_ERROR_SIZE] = {};
    const auto easy = http::make_easy();
    CURL* const curl = easy.get();
    set_server(curl, server);
    const std::unique_ptr<curl_slist, ListEnd> recipients(
        curl_slist_append(nullptr, ('<' + to->mailbox + '>').c_str()));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ('<' + from->mailbox + '>').c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Upload::give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Upload::hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    const CURLcode code = curl_easy_perform(curl);
    return verdict(curl, code, said, upload);
}

bool is_loopback(std::string_view url) {
    static const Cidr v4 = *parse_cidr("127.0.0.0/8");
    static const Cidr v6 = *parse_cidr("::1");
    const auto scheme = url.find("://");
    auto host = scheme == url.npos ? url : url.substr(scheme + 3);
    host = host.substr(0, host.find('/'));
    if (host.find('@') != host.npos) return false;  // Not worth guessing.
    if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
    else host = host.substr(0, host.find(':'));
    if (host == "localhost") return true;
    const auto ip = parse_ip(host);
    return ip && (v4.contains(*ip) || v6.contains(*ip));
}

}  // namespace sg::platform::smtp
