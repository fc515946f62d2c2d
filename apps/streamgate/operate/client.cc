#include "operate/client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include "base/text.h"
#include "operate/event_stream.h"
#include "platform/http/client.h"
#include "platform/local/fd.h"
#include "platform/local/files.h"

namespace sg::operate {

namespace {

using platform::local::Fd;

constexpr std::size_t body_max = 64U << 20;  // Bound: of an answer.
constexpr std::size_t head_max = 64U << 10;  // Bound: of the head of a stream.
constexpr int batch = 1000;                  // Records asked for at a time.
constexpr Duration back_within = 5s;         // Operations that are restarted.

bool is_visible(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Errc code_of(int status, std::string_view type) {
    const auto name = type.substr(type.rfind(':') + 1);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Errc::internal); ++i)
        if (row_of(static_cast<Errc>(i)).name == name) return static_cast<Errc>(i);
    if (status == 401 || status == 403) return Errc::permission_denied;
    if (status == 404) return Errc::not_found;
    return status >= 500 ? Errc::unavailable : Errc::conflict;
}

Result<Fd> connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Errc::invalid_argument, fmt::format("{} has too long a name", path));
    std::memcpy(address.sun_path, path.data(), path.size());
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail_system("make a socket");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_system("connect to " + path);
    return fd;
}

Result<void> send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_system("ask operations");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

// What has come; empty: the other side has ended.
Result<std::string_view> receive(int fd, std::span<char> buffer) {
    for (;;) {
        const auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (count >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(count));
        if (errno != EINTR) return fail_system("listen to operations");
    }
}

Error ended() {
    return {Errc::end_of_stream, "operations ended while they were being followed",
            "ask again once they run: streamgate status"};
}

// Of one write: the same when it is sent again.
std::string new_key() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

// The connection was there, and is no more: whether it was done is not known.
bool is_broken(Errc code) { return code == Errc::connection_reset || code == Errc::end_of_stream; }

// The status of a whole head; 0: it makes no sense.
int status_of(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return 0;
    const auto digits = head.substr(9, 3);
    int status = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return 0;
        status = status * 10 + (c - '0');
    }
    return status;
}

}  // namespace

Error error_of(int status, const std::string& body) {
    const auto problem = Json::parse(body, nullptr, false);
    Error error{code_of(status, text_at(problem, "type")), text_at(problem, "detail"),
                text_at(problem, "hint")};
    if (error.what.empty()) error.what = text_at(problem, "title");
    if (error.what.empty()) error.what = fmt::format("operations answered with status {}", status);
    return error;
}

Result<Client> Client::of(Where where) {
    if (!is_visible(where.actor) || where.actor.size() > 200)
        return fail(Errc::invalid_argument, "--as is not a name");
    Client client(std::move(where));
    const Where& to = client.where_;
    if (to.server.empty()) {
        if (!to.token_file.empty())
            return fail(Errc::invalid_argument, "--token-file is for --server",
                        "on this machine the Unix socket needs no token");
        return client;
    }
    if (!to.server.starts_with("https://") && !to.server.starts_with("http://"))
        return fail(Errc::invalid_argument, fmt::format("`{}` is not an address", to.server),
                    "write --server https://ops.example.com");
    while (client.where_.server.ends_with('/')) client.where_.server.pop_back();
    if (to.token_file.empty()) return client;
    if (to.server.starts_with("http://"))
        return fail(Errc::invalid_argument, "a token is not sent over a connection without TLS",
                    "write --server https://…");
    TRY(const auto text, platform::local::read_file(to.token_file));
    client.token_ = trim(std::string_view(text).substr(0, text.find_first_of("\r\n")));
    if (client.token_.empty() || !is_visible(client.token_))
        return fail(Errc::invalid_argument, fmt::format("no token is in {}", to.token_file));
    return client;
}

ports::http::Request Client::request(const std::string& method, const std::string& path) const {
    ports::http::Request request{.method = method, .timeout = 30s, .body_max = body_max};
    if (where_.server.empty()) {
        request.url = "http://operations" + path;
        request.unix_socket = where_.socket;
        request.proxy = ports::http::Proxy::none;
    } else {
        request.url = where_.server + path;
        request.proxy = ports::http::Proxy::environment;
        if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
    }
    if (!where_.actor.empty()) request.headers.emplace_back("StreamGate-Actor", where_.actor);
    return request;
}

Error Client::no_answer(const Error& error) const {
    const bool nobody = error.code == Errc::connection_refused || error.code == Errc::unreachable ||
                        error.code == Errc::not_found;
    if (!nobody) return error;
    if (!where_.server.empty())
        return {Errc::unavailable, fmt::format("nobody answers at {}", where_.server), error.what};
    return {Errc::unavailable,
            fmt::format("operations do not run here: nobody answers at {}", where_.socket),
            "`streamgate up` starts everything, `streamgate ops` operations alone; what runs "
            "elsewhere is found by --config, --state or --server"};
}

// Operations that were restarted are back within moments.
Result<ports::http::Response> Client::perform(const ports::http::Request& request) const {
    auto response = platform::http::perform(request);
    if (response || !is_broken(response.error().code)) return response;
    const auto deadline = std::chrono::steady_clock::now() + back_within;
    do {
        std::this_thread::sleep_for(100ms);
        response = platform::http::perform(request);
    } while (!response && response.error().code == Errc::connection_refused &&
             std::chrono::steady_clock::now() < deadline);
    return response;
}

Result<std::string> Client::ask(const std::string& method, const std::string& path,
                                const std::string& body) const {
    auto asked = request(method, path);
    asked.body = body;
    if (!body.empty()) asked.headers.emplace_back("Content-Type", "application/json");
    if (method != "GET") asked.headers.emplace_back("Idempotency-Key", new_key());
    auto response = perform(asked);
    if (!response) return std::unexpected(no_answer(response.error()));
    if (response->status >= 300) return std::unexpected(error_of(response->status, response->body));
    return std::move(response->body);
}

Result<void> Client::follow(std::int64_t after, const Each& each) const {
    return where_.server.empty() ? stream(after, each) : poll(after, each);
}

Result<void> Client::stream(std::int64_t after, const Each& each) const {
    auto connected = connect_to(where_.socket);
    if (!connected)
        return std::unexpected(no_answer({Errc::unreachable, connected.error().what, {}}));
    const Fd fd = std::move(*connected);
    TRY_VOID(send_all(fd.get(), fmt::format("GET /api/v1/events?after={} HTTP/1.1\r\n"
                                            "Host: operations\r\nAccept: text/event-stream\r\n"
                                            "StreamGate-Actor: {}\r\n\r\n",
                                            after, where_.actor)));
    std::string head;
    std::size_t end = std::string::npos;
    char buffer[16384];
    while (end == std::string::npos && head.size() < head_max) {
        TRY(const auto more, receive(fd.get(), buffer));
        if (more.empty()) return std::unexpected(ended());
        head += more;
        end = head.find("\r\n\r\n");
    }
    const int status = status_of(head);
    if (status != 200 || end == std::string::npos)
        return std::unexpected(error_of(status, end == std::string::npos ? "" : head.substr(end)));
    EventStream events;
    std::string_view news = std::string_view(head).substr(end + 4);
    for (;;) {
        for (const auto& event : events.feed(news)) {
            const auto record = Json::parse(event.text, nullptr, false);
            if (event.name == "record" && record.is_object() && each(record) == Go::enough)
                return {};
        }
        TRY(news, receive(fd.get(), buffer));
        if (news.empty()) return std::unexpected(ended());
    }
}

// Over the network no connection is held open for it: whatever stands between may cut it.
Result<void> Client::poll(std::int64_t after, const Each& each) const {
    for (;;) {
        TRY(const auto body,
            ask("GET", fmt::format("/api/v1/ledger?after={}&limit={}", after, batch)));
        const auto answer = Json::parse(body, nullptr, false);
        const Json& records = list_at(answer, "records");
        for (const auto& record : records) {
            after = std::max(after, number_at(record, "seq"));
            if (each(record) == Go::enough) return {};
        }
        if (records.size() < batch) ::sleep(1);
    }
}

}  // namespace sg::operate
