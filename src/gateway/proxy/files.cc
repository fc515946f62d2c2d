// Answers with a file of a folder: what stands behind the matched prefix names it.
//
// Nothing outside the folder can be named: each part of the name is opened within the part before
// it, none begins with a dot, and no symbolic link is followed. Files are opened anew for each
// request, so that one that was replaced is served at once and whole: a folder that must be served
// when everything else is down is no place for clever caches. Reading waits for the disk, and with
// it the worker: meant for small files.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/text.h"
#include "gateway/proxy/heads.h"
#include "gateway/proxy/replies.h"
#include "gateway/worker.h"
#include "http/date.h"
#include "http/status.h"
#include "runtime/socket.h"

namespace sg::gateway::proxy {

using runtime::Task;
using runtime::UniqueFd;

namespace {

constexpr std::uint64_t size_max = 64U << 20;
constexpr std::size_t piece = 64U << 10;
constexpr std::size_t parts_max = 16;  // Bound: of a name.
constexpr std::size_t part_max = 255;

struct Type {
    std::string_view extension;
    std::string_view content_type;
};

// What is not here is not guessed at, and browsers are told not to guess either.
constexpr Type types[] = {
    {".html", "text/html; charset=utf-8"},
    {".json", "application/json"},
    {".atom", "application/atom+xml"},
    {".xml", "application/xml"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".pdf", "application/pdf"},
    {".m3u8", "application/vnd.apple.mpegurl"},
    {".mp4", "video/mp4"},
};

std::string_view type_of(std::string_view name) {
    for (const auto& [extension, content_type] : types)
        if (name.ends_with(extension)) return content_type;
    return "application/octet-stream";
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// `%20` as the byte that it stands for. Empty: it is no name of a file.
std::string decoded(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        char c = part[i];
        if (c == '%') {
            const bool whole = i + 2 < part.size();
            const int high = whole ? digit_of(part[i + 1]) : -1;
            const int low = whole ? digit_of(part[i + 2]) : -1;
            if (high < 0 || low < 0) return {};
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0' || c == '/') return {};
        out.push_back(c);
    }
    return out.starts_with('.') || out.size() > part_max ? std::string() : out;
}

struct Found {
    enum class Kind : std::uint8_t { none, file, folder };
    Kind kind = Kind::none;
    UniqueFd fd;
    std::string name;  // Of the last part.
    struct stat is = {};
};

Found open_within(const std::string& folder, std::string_view rest) {
    Found found;
    UniqueFd at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    std::size_t parts = 0;
    for (bool last = false; !last;) {
        if (at.get() < 0 || ++parts > parts_max) return found;
        const auto slash = rest.find('/');
        last = slash == rest.npos;
        const std::string name =
            rest.empty() ? std::string("index.html") : decoded(rest.substr(0, slash));
        rest = last ? std::string_view() : rest.substr(slash + 1);
        if (name.empty()) return found;
        const int flags =
            O_NOFOLLOW | O_CLOEXEC | (last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY);
        UniqueFd next(::openat(at.get(), name.c_str(), flags));
        at = std::move(next);
        found.name = name;
    }
    if (at.get() < 0 || ::fstat(at.get(), &found.is) != 0) return found;
    if (S_ISDIR(found.is.st_mode)) found.kind = Found::Kind::folder;
    if (S_ISREG(found.is.st_mode)) found.kind = Found::Kind::file;
    found.fd = std::move(at);
    return found;
}

std::string etag_of(const struct stat& is) {
    return fmt::format("\"{:x}-{:x}-{:x}\"", is.st_size, is.st_ino,
                       is.st_mtim.tv_sec * 1'000'000'000 + is.st_mtim.tv_nsec);
}

// RFC 9110 §13.1: the tag decides; the date does where no tag was sent. Ours is compared as it was
// sent, as a client returns it.
bool is_known(const http::Fields& fields, std::string_view etag, std::string_view modified) {
    std::string_view since;
    for (const auto& field : fields.all()) {
        if (equal_ignoring_case(field.name, "if-none-match")) {
            if (field.value == "*") return true;
            for (auto one : split(field.value, ',')) {
                one = trim(one);
                if (one.starts_with("W/")) one.remove_prefix(2);
                if (one == etag) return true;
            }
            return false;
        }
        if (equal_ignoring_case(field.name, "if-modified-since")) since = field.value;
    }
    return since == modified;
}

std::string fields_of(std::string_view etag, std::string_view modified) {
    return fmt::format(
        "ETag: {}\r\nLast-Modified: {}\r\nCache-Control: public, max-age=10\r\n"
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'self' 'unsafe-inline' data:; object-src 'none'; "
        "base-uri 'self'; form-action 'self' https:; frame-ancestors 'none'\r\n",
        etag, modified);
}

// A file that became shorter meanwhile cannot be sent as it was announced.
Task<Ending> send_pieces(Exchange& x, UniqueFd file, std::uint64_t size) {
    std::string buffer(std::min<std::uint64_t>(size, piece), '\0');
    for (std::uint64_t sent = 0; sent < size;) {  // Bound: size_max.
        const auto wanted = std::min<std::uint64_t>(size - sent, buffer.size());
        const auto n = ::pread(file.get(), buffer.data(), wanted, static_cast<off_t>(sent));
        if (n <= 0) {
            x.close_client = x.unfinished = true;
            co_return Ending::internal_error;
        }
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
        const Ending end = co_await send_to_client(x, bytes);
        if (end != Ending::ok) co_return end;
        sent += bytes.size();
        x.account.bytes_out += bytes.size();
    }
    co_return Ending::responded;
}

Task<Ending> send_found(Exchange& x, Found found) {
    const auto size = static_cast<std::uint64_t>(found.is.st_size);
    http::DateCache dates;
    const std::string modified(dates.at(Instant{found.is.st_mtim.tv_sec * 1'000'000'000}));
    const std::string etag = etag_of(found.is);
    const std::string more = fields_of(etag, modified);
    const bool known = is_known(x.request.fields, etag, modified);
    MadeResponse response{.reply = reply_for(x),
                          .status = static_cast<std::uint16_t>(known ? 304 : 200),
                          .ending = Ending::responded,
                          .content_type = type_of(found.name),
                          .content_length = size,
                          .more = more};
    http::Out out = x.worker.scratch();
    if (append_made_head(out, response) != Written::ok) co_return Ending::internal_error;
    x.response_begun = true;
    x.account.status = response.status;
    x.look();
    x.account.first_byte_ns = x.so_far_ns();
    const Ending sent = co_await send_to_client(x, out.text());
    if (sent != Ending::ok) co_return sent;
    if (known || x.request.method == http::Method::head) co_return Ending::responded;
    const Ending end = co_await send_pieces(x, std::move(found.fd), size);
    co_return end;
}

}  // namespace

Task<Ending> reply_file(Exchange& x) {
    const bool reads =
        x.request.method == http::Method::get || x.request.method == http::Method::head;
    if (!reads) {
        x.match.allow = "GET, HEAD";
        co_return Ending::method_not_allowed;
    }
    if (!x.body.done())
        x.close_client = true;  // What follows a body that nobody reads is no request.
    const std::string_view rest = x.path.substr(x.match.prefix_length);
    Found found = open_within(x.route->files, rest);
    if (found.kind == Found::Kind::folder) {
        x.detail = "it is a folder: its name ends in a slash";
        co_return Ending::no_such_file;
    }
    if (found.kind == Found::Kind::none || static_cast<std::uint64_t>(found.is.st_size) > size_max)
        co_return Ending::no_such_file;
    const Ending end = co_await send_found(x, std::move(found));
    co_return end;
}

}  // namespace sg::gateway::proxy
