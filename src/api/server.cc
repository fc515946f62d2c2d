#include "api/server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <coroutine>
#include <future>
#include <optional>
#include <utility>

#include "api/history.h"

namespace sg::api {

using runtime::Stream;
using runtime::Task;

namespace {

constexpr Duration look_every = 200ms;  // For new records, while somebody watches.
constexpr Duration ping_every = 15s;    // So that a connection that is gone is noticed.
constexpr Duration patience = 10s;      // For a client that does not read.
constexpr std::int64_t batch = 200;

// At the public door: no stranger keeps the others out by holding places.
constexpr web::Limits strangers{.connections = 256,
                                .connections_per_address = 64,
                                .body = 1 << 20,
                                .idle = 20s,
                                .request = 20s};

std::int64_t number_or(std::string_view text, std::int64_t otherwise) {
    std::int64_t number = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Server::Server(Options options) : options_(std::move(options)) {}

Result<std::unique_ptr<Server>> Server::start(Options options) {
    std::unique_ptr<Server> server(new Server(std::move(options)));
    std::promise<Result<void>> opened;
    auto outcome = opened.get_future();
    server->thread_ = std::thread([&opened, it = server.get()] {
        auto done = it->open();
        opened.set_value(std::move(done));
        if (it->loop_) it->loop_->run();  // Also after a failure: what listens already has to end.
    });
    const auto done = outcome.get();
    if (!done) return std::unexpected(done.error());
    return server;
}

Server::~Server() {
    if (loop_) loop_->post([this] { end(ending_, *this); });
    if (thread_.joinable()) thread_.join();
    unlink(options_.socket.c_str());
}

runtime::Detached Server::end(runtime::Gate&, Server& server) {
    if (server.server_) co_await server.server_->close();
    server.loop_->stop();
}

// On the server's own thread: the loop and the session belong to it.
Result<void> Server::open() {
    TRY(read_, store::Session::open(options_.store, store::Access::looking));
    site_ = std::make_unique<Site>(Site{Commands(options_.writer), *read_, options_.history,
                                        options_.objectives, options_.config, options_.inspector});
    loop_ = std::make_unique<runtime::Loop>();
    server_ = std::make_unique<web::Server>(
        *loop_, [this](web::Request request) { return reply(std::move(request)); });
    unlink(options_.socket.c_str());
    TRY(const auto socket, parse_socket_address("unix:" + options_.socket));
    TRY_VOID(server_->listen(socket, std::string(operator_door)));
    if (options_.listen.empty()) return {};
    TRY(const auto address, parse_socket_address(options_.listen));
    return server_->listen(address, std::string(public_door), options_.tls, strangers);
}

Result<void> Server::move_public_door(const std::string& listen,
                                      std::shared_ptr<const runtime::TlsServer> tls) {
    std::optional<SocketAddress> address;
    if (!listen.empty()) {
        TRY(address, parse_socket_address(listen));
    }
    std::promise<Result<void>> moved;
    auto outcome = moved.get_future();
    loop_->post([&] {
        moved.set_value(
            server_->move(address, std::string(public_door), std::move(tls), strangers));
    });
    return outcome.get();
}

Task<web::Reply> Server::reply(web::Request request) {
    // Lost with the database: what cannot be answered says why by itself.
    [[maybe_unused]] const auto mended = read_->mend();
    const Instant now = options_.clock.wall();
    if (request.door == public_door) co_return options_.open_door(*site_, request, now);
    if (request.method == "GET" && request.path == "/api/v1/events") {
        auto from = request.header("last-event-id");
        const auto head = store::head(*read_);
        const auto asked = request.parameter("after");
        if (from.empty()) from = asked;
        const auto after = number_or(from, head ? head->seq : 0);
        web::Reply events;
        events.content_type = "text/event-stream";
        events.stream = [this, after](Stream& stream) { return stream_events(stream, after); };
        co_return events;
    }
    auto made = answer(*site_, request, now);
    auto rest = std::exchange(site_->rest, {});
    if (!rest) co_return made;
    auto later = co_await reply_from_crew(std::move(rest));
    co_return later;
}

namespace {

// Waits for what a thread of the crew does, without holding up the loop.
struct Elsewhere {
    Crew& crew;
    runtime::Loop& loop;
    std::function<web::Reply()> work;
    std::optional<web::Reply> made = {};

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
        return crew.take([this, handle] {
            auto reply = work();
            loop.post([this, handle, reply = std::move(reply)]() mutable {
                made = std::move(reply);
                handle.resume();
            });
        });
    }
    web::Reply await_resume() {
        if (made) return std::move(*made);
        return problem({Errc::exhausted, "too many inspections run already", "ask again soon"});
    }
};

}  // namespace

Task<web::Reply> Server::reply_from_crew(std::function<web::Reply()> rest) {
    Elsewhere elsewhere{crew_, *loop_, std::move(rest)};
    auto made = co_await elsewhere;
    co_return made;
}

Task<void> Server::stream_events(Stream& stream, std::int64_t after) {
    Tick quiet_since = loop_->now();
    for (;;) {
        const auto list = store::entries(*read_, {.after = after, .limit = batch});
        if (!list) co_return;
        std::string out;
        for (const auto& entry : *list) {
            out += fmt::format("id: {}\nevent: record\ndata: {}\n\n", entry.seq, json_of(entry));
            after = entry.seq;
        }
        if (out.empty() && loop_->now() - quiet_since > ping_every) out = ": still here\n\n";
        if (!out.empty()) {
            quiet_since = loop_->now();
            const auto sent = co_await runtime::write_all(stream, out, patience);
            if (!sent) co_return;
        }
        if (stream.peer_closed()) co_return;
        co_await loop_->sleep_until(loop_->after(look_every));
    }
}

}  // namespace sg::api
