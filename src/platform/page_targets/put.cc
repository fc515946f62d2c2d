#include "platform/page_targets/put.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/hmac.h"
#include "platform/http/transfer.h"

namespace sg::platform::page_targets {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t answer_max = 4096;  // Bound: of what a refusal is shown of.
constexpr std::string_view index_page = "index.html";

struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListEnd>;

List list_of(const std::vector<std::string>& lines) {
    List list;
    for (const auto& line : lines) {
        curl_slist* const longer = curl_slist_append(list.release(), line.c_str());
        CHECK(longer != nullptr);
        list.reset(longer);
    }
    return list;
}

std::size_t hear(char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& text = *static_cast<std::string*>(to);
    text.append(bytes, std::min(size * count, answer_max - std::min(answer_max, text.size())));
    return size * count;
}

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
    auto& left = *static_cast<std::string_view*>(from);
    const auto n = std::min(size * count, left.size());
    std::memcpy(to, left.data(), n);
    left.remove_prefix(n);
    return n;
}

std::string digest_of(const std::string& text) {
    Mac digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return to_hex(digest);
}

// One connection for all files.
class Line {
  public:
    explicit Line(const config::PageTarget& target) : target_(target), easy_(http::make_easy()) {
        curl_easy_setopt(handle(), CURLOPT_CONNECTTIMEOUT_MS, 5000L);
        curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, said_);
        curl_easy_setopt(handle(), CURLOPT_WRITEFUNCTION, &hear);
        curl_easy_setopt(handle(), CURLOPT_WRITEDATA, &answer_);
        if (target.sftp.empty()) set_store();
        else set_folder();
    }
    Line(const Line&) = delete;

    Result<void> put(const std::string& path, const std::string& text) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
        if (left.count() <= 0)
            return fail(Errc::timed_out, "not all of the page was taken within its time");
        curl_easy_setopt(handle(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
        said_[0] = '\0';
        answer_.clear();
        return target_.sftp.empty() ? put_object(path, text) : put_file(path, text);
    }

  private:
    CURL* handle() const { return easy_.get(); }

    // The host must show a key that stands in the file: one that is unknown is refused.
    void set_folder() {
        curl_easy_setopt(handle(), CURLOPT_PROTOCOLS_STR, "sftp");
        curl_easy_setopt(handle(), CURLOPT_PROXY, "");
        curl_easy_setopt(handle(), CURLOPT_SSH_AUTH_TYPES, long{CURLSSH_AUTH_PUBLICKEY});
        curl_easy_setopt(handle(), CURLOPT_SSH_PRIVATE_KEYFILE, target_.key.c_str());
        curl_easy_setopt(handle(), CURLOPT_SSH_KNOWNHOSTS, target_.known_hosts.c_str());
        curl_easy_setopt(handle(), CURLOPT_FTP_CREATE_MISSING_DIRS, long{CURLFTP_CREATE_DIR});
        curl_easy_setopt(handle(), CURLOPT_NEW_FILE_PERMS, 0644L);
        curl_easy_setopt(handle(), CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle(), CURLOPT_READFUNCTION, &give);
    }

    void set_store() {
        curl_easy_setopt(handle(), CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(handle(), CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(handle(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(handle(), CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(handle(), CURLOPT_AWS_SIGV4,
                         fmt::format("aws:amz:{}:s3", target_.region).c_str());
        curl_easy_setopt(handle(), CURLOPT_USERNAME, target_.access_key.c_str());
        curl_easy_setopt(handle(), CURLOPT_PASSWORD, target_.secret_key.c_str());
        if (target_.ca.empty()) return;
        curl_easy_setopt(handle(), CURLOPT_CAINFO, target_.ca.c_str());
        curl_easy_setopt(handle(), CURLOPT_CAPATH, nullptr);  // This one alone.
    }

    // SFTP's rename, version 3, does not replace: the old file is removed just before.
    Result<void> put_file(const std::string& path, const std::string& text) {
        const auto slash = path.rfind('/');
        const auto at = slash == path.npos ? 0 : slash + 1;
        const auto fresh = path.substr(0, at) + "." + path.substr(at) + ".new";
        const auto folder = folder_of(target_.sftp);
        const auto renames =
            list_of({fmt::format("*rm \"{}{}\"", folder, path),
                     fmt::format("rename \"{0}{1}\" \"{0}{2}\"", folder, fresh, path)});
        std::string_view left = text;
        const auto url = target_.sftp + fresh;
        curl_easy_setopt(handle(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle(), CURLOPT_READDATA, &left);
        curl_easy_setopt(handle(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(text.size()));
        curl_easy_setopt(handle(), CURLOPT_POSTQUOTE, renames.get());
        const CURLcode code = curl_easy_perform(handle());
        curl_easy_setopt(handle(), CURLOPT_POSTQUOTE, nullptr);
        if (code != CURLE_OK) return std::unexpected(error(code, path));
        return {};
    }

    // An object is there whole or as it was before.
    Result<void> put_object(const std::string& path, const std::string& text) {
        const auto url = target_.s3 + (target_.s3.ends_with('/') ? "" : "/") + path;
        const auto fields =
            list_of({fmt::format("Content-Type: {}", content_type(path)),
                     "Cache-Control: max-age=30", "x-amz-content-sha256: " + digest_of(text)});
        curl_easy_setopt(handle(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle(), CURLOPT_POSTFIELDS, text.data());
        curl_easy_setopt(handle(), CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(text.size()));
        curl_easy_setopt(handle(), CURLOPT_CUSTOMREQUEST, "PUT");
        curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, fields.get());
        const CURLcode code = curl_easy_perform(handle());
        curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, nullptr);
        if (code != CURLE_OK) return std::unexpected(error(code, path));
        long status = 0;
        curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
        if (status >= 200 && status < 300) return {};
        return fail(Errc::io_failed,
                    fmt::format("{}: the store answered {}{}", path, status, reason()));
    }

    Error error(CURLcode code, const std::string& path) const {
        Error why = http::error_of(code, said_);
        why.what = path + ": " + why.what;
        return why;
    }

    // `<Code>AccessDenied</Code>`, and nothing else of what it says.
    std::string reason() const {
        const auto from = answer_.find("<Code>");
        const auto to = answer_.find("</Code>");
        if (from == answer_.npos || to == answer_.npos || to < from) return {};
        std::string word = answer_.substr(from + 6, std::min<std::size_t>(to - from - 6, 40));
        std::erase_if(word, [](unsigned char c) { return c < ' ' || c > '~'; });
        return " " + word;
    }

    const config::PageTarget& target_;
    const Clock::time_point end_ = Clock::now() + deadline;
    char said_[CURL_ERROR_SIZE] = {};
    std::string answer_;
    http::Easy easy_;  // Last: it is gone before what it points to.
};

}  // namespace

Result<void> put(const config::PageTarget& target, const Files& files, Files& taken) {
    Line line(target);
    const auto put_one = [&](const std::string& path, const std::string& text) -> Result<void> {
        TRY_VOID(line.put(path, text));
        taken[path] = text;
        return {};
    };
    for (const auto& [path, text] : files)
        if (path != index_page) TRY_VOID(put_one(path, text));
    if (const auto index = files.find(std::string(index_page)); index != files.end())
        return put_one(index->first, index->second);
    return {};
}

std::string_view content_type(std::string_view path) {
    if (path.ends_with(".html")) return "text/html; charset=utf-8";
    if (path.ends_with(".json")) return "application/json";
    if (path.ends_with(".atom")) return "application/atom+xml";
    return "application/octet-stream";
}

std::string folder_of(std::string_view url) {
    const auto host = url.find("://");
    const auto path = host == url.npos ? url.npos : url.find('/', host + 3);
    return path == url.npos ? "/" : std::string(url.substr(path));
}

}  // namespace sg::platform::page_targets
