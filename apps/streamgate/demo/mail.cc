#include "demo/mail.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "demo/mail_session.h"
#include "demo/server.h"

namespace sg::demo {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view base = "/mail/";
constexpr std::size_t kept_max = 200;   // Bound: older ones go.
constexpr std::size_t line_max = 4096;  // Bound: of a line of the conversation.
constexpr int senders_max = 16;         // Bound: of conversations at a time.
constexpr Duration sender_patience = 30s;

constexpr std::string_view style =
    ":root{color-scheme:light dark;--quiet:#52606d;--line:#d9e2ec}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1.5rem 1rem}"
    "h1{font-size:1.2rem;line-height:1.35}nav,.quiet{color:var(--quiet);font-size:.95rem}"
    "ol{list-style:none;padding:0;margin:0}li{border-top:1px solid var(--line);padding:.7rem 0}"
    "li a{display:block;font-weight:600;text-decoration:none;overflow-wrap:anywhere}"
    "pre{font:.95rem/1.6 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;"
    "border-top:1px solid var(--line);padding-top:1rem}"
    "@media(prefers-color-scheme:dark){:root{--quiet:#9aa7b4;--line:#30363d}"
    "body{background:#0d1117;color:#e6edf3}a{color:#79b8ff}}";

std::string page(std::string_view title, std::string_view head, std::string_view body) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{}"
        "<title>{}</title><style>{}</style></head><body>{}</body></html>\n",
        head, escaped_html(title), style, body);
}

std::string list_page(const std::vector<Kept>& all) {
    std::string body =
        "<h1>Mail of the demonstration</h1><p class=\"quiet\">What operations have "
        "sent, newest first. Nothing has left this machine.</p><ol>";
    for (const auto& one : all)
        body +=
            fmt::format("<li><a href=\"{}{}\">{}</a><span class=\"quiet\">to {} · {}</span></li>",
                        base, one.number, escaped_html(one.mail.subject), escaped_html(one.mail.to),
                        escaped_html(one.mail.date));
    body += "</ol>";
    if (all.empty()) body += "<p>None yet: everything is well.</p>";
    return page("Mail", "<meta http-equiv=\"refresh\" content=\"3\">", body);
}

std::string mail_page(const Kept& one) {
    return page(one.mail.subject, "",
                fmt::format("<nav><a href=\"{}\">All mail</a></nav><h1>{}</h1>"
                            "<p class=\"quiet\">to {} · from {} · {}</p><pre>{}</pre>",
                            base, escaped_html(one.mail.subject), escaped_html(one.mail.to),
                            escaped_html(one.mail.from), escaped_html(one.mail.date),
                            linked_html(one.mail.text)));
}

// `17.eml`; -1: it is none of ours.
int number_of(const fs::path& path) {
    const auto name = path.stem().string();
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = error == std::errc() && end == name.data() + name.size();
    return whole && path.extension() == ".eml" ? number : -1;
}

std::vector<int> numbers_in(const std::string& folder) {
    std::vector<int> numbers;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (const int number = number_of(at->path()); number > 0) numbers.push_back(number);
    std::ranges::sort(numbers, std::greater());
    return numbers;
}

std::string file_of(const std::string& folder, int number) {
    return fmt::format("{}/{}.eml", folder, number);
}

class Sink {
  public:
    explicit Sink(std::string folder) : folder_(std::move(folder)) {
        std::error_code ignored;
        fs::create_directories(folder_, ignored);
        if (const auto numbers = numbers_in(folder_); !numbers.empty()) last_ = numbers.front();
    }

    bool keep(const std::string& mail) {
        const std::lock_guard lock(mutex_);
        const int number = ++last_;
        const auto path = file_of(folder_, number);
        std::ofstream(path + ".new", std::ios::binary) << mail;
        std::error_code error;
        fs::rename(path + ".new", path, error);
        const auto numbers = numbers_in(folder_);
        for (std::size_t i = kept_max; i < numbers.size(); ++i)
            fs::remove(file_of(folder_, numbers[i]), error);
        fmt::print("kept mail {}: {}\n", number, read_mail(mail).subject);
        std::fflush(stdout);
        return !error;
    }

    Reply answer(const Request& request) const {
        const auto path = request.head.path;
        const std::string html = "text/html; charset=utf-8";
        if (path == "/healthz") return {200, "text/plain", "ok\n", {}};
        if (path == base) return {200, html, list_page(kept_mail(folder_)), safe()};
        if (path.starts_with(base)) {
            const auto wanted = path.substr(base.size());
            for (const auto& one : kept_mail(folder_))
                if (fmt::to_string(one.number) == wanted)
                    return {200, html, mail_page(one), safe()};
        }
        return {404, "text/plain", "not found\n", {}};
    }

  private:
    static std::vector<std::pair<std::string, std::string>> safe() {
        return {{"Cache-Control", "no-store"},
                {"Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"}};
    }

    const std::string folder_;
    std::mutex mutex_;
    int last_ = 0;
};

void converse(Sink& sink, const UniqueFd& fd) {
    MailSession session;
    std::string unread;
    if (!send_all(fd.get(), MailSession::greeting())) return;
    while (readable(fd.get(), sender_patience)) {
        const auto got = receive(fd.get(), unread);
        if (!got || !*got) return;
        for (auto end = unread.find('\n'); end != unread.npos; end = unread.find('\n')) {
            auto line = unread.substr(0, end);
            unread.erase(0, end + 1);
            if (line.ends_with('\r')) line.pop_back();
            auto step = session.take(line);
            if (step.mail && !sink.keep(*step.mail)) step.answer = "451 it cannot be kept\r\n";
            if (!step.answer.empty() && !send_all(fd.get(), step.answer)) return;
            if (step.ends) return;
        }
        if (unread.size() > line_max) return;
    }
}

void take_mail(Sink& sink, int listener) {
    static std::atomic<int> senders = 0;
    for (;;) {
        UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (!fd) return;
        if (senders >= senders_max) continue;  // It comes again: that is how mail works.
        ++senders;
        std::thread([&sink, held = fd.release()] {
            converse(sink, UniqueFd(held));
            --senders;
        }).detach();
    }
}

}  // namespace

std::vector<Kept> kept_mail(const std::string& folder) {
    std::vector<Kept> all;
    for (const int number : numbers_in(folder)) {
        std::ifstream file(file_of(folder, number), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        all.push_back({number, read_mail(text.str())});
    }
    return all;
}

int run_mail(const MailOptions& options) {
    hold_signals();  // Before the threads: they must not take them.
    Sink sink(options.folder);
    const auto listener = listen_on_loopback(options.smtp_port);
    if (!listener) {
        fmt::print(stderr, "error: {}\n", listener.error().message());
        return 1;
    }
    std::thread([&] { take_mail(sink, listener->get()); }).detach();
    fmt::print("mail to 127.0.0.1:{} is kept in {}\n", options.smtp_port, options.folder);
    const int code =
        serve(options.port, [&sink](Connection& connection, const Request& request, Stop&) {
            return connection.reply(request, sink.answer(request));
        });
    std::fflush(stdout);
    std::_Exit(code);  // The thread that takes mail holds `sink`.
}

}  // namespace sg::demo
