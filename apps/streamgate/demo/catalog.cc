#include "demo/catalog.h"

#include <nlohmann/json.hpp>

#include "base/whole.h"
#include "demo/server.h"
#include "demo/websocket.h"

namespace sg::demo {
namespace {

using Json = nlohmann::ordered_json;

struct Title {
    const char* name;
    int year;
    int minutes;
    double rating;
};

constexpr Title titles[] = {
    {"The Long Take", 1998, 131, 4.1},
    {"Room Tone", 2004, 96, 3.8},
    {"Key Frame", 2011, 104, 4.4},
    {"Jump Cut", 2013, 88, 3.9},
    {"Golden Hour", 2016, 117, 4.6},
    {"Second Unit", 2017, 92, 3.5},
    {"Safety Stop", 2019, 109, 4.0},
    {"Dead Air", 2020, 84, 3.7},
    {"Foley", 2021, 76, 4.3},
    {"Time Base", 2022, 123, 4.2},
    {"The Last Keyframe", 2023, 99, 4.5},
    {"Fade to Grey", 2024, 112, 4.1},
};
constexpr std::size_t title_count = std::size(titles);
constexpr int slow_ms_max = 30'000;

Json as_json(std::size_t index, const std::string& version) {
    const auto& title = titles[index];
    Json json{{"id", index + 1}, {"name", title.name}, {"year", title.year}};
    if (version != "v1") {
        json["minutes"] = title.minutes;
        json["rating"] = title.rating;
    }
    return json;
}

// A whole number, or nothing.
std::optional<int> number(std::string_view text) {
    const auto value = parse_whole<int>(text);
    return value < 0 ? std::nullopt : value;
}

Reply problem(int status, const char* title) {
    return {
        status, "application/problem+json", Json{{"title", title}, {"status", status}}.dump(), {}};
}

struct Catalog {
    std::string version;

    Reply list() const {
        Json list = Json::array();
        for (std::size_t i = 0; i < title_count; ++i) list.push_back(as_json(i, version));
        return {200, "application/json", Json{{"version", version}, {"titles", list}}.dump(), {}};
    }
    Reply item(std::string_view id) const {
        const auto index = number(id);
        if (!index || *index < 1 || static_cast<std::size_t>(*index) > title_count)
            return problem(404, "there is no such title");
        auto json = as_json(static_cast<std::size_t>(*index) - 1, version);
        json["version"] = version;
        return {200, "application/json", json.dump(), {{"Cache-Control", "max-age=60"}}};
    }
    Reply slow(const Request& request, Stop& stop) const {
        const int ms = std::min(number(request.query("ms")).value_or(1000), slow_ms_max);
        (void)stop.wait_for(std::chrono::milliseconds(ms));
        return {200, "application/json", Json{{"version", version}, {"waited_ms", ms}}.dump(), {}};
    }
    bool events(Connection& connection, Stop& stop) const;
    bool socket(Connection& connection, const Request& request, Stop& stop) const;
    bool serve(Connection& connection, const Request& request, Stop& stop) const;
};

// One event a second, until somebody has had enough.
bool Catalog::events(Connection& connection, Stop& stop) const {
    if (!connection.begin_stream(200, {{"Content-Type", "text/event-stream"},
                                       {"Cache-Control", "no-store"},
                                       {"Connection", "close"}}))
        return false;
    for (int n = 1;; ++n) {
        const auto event = Json{{"version", version}, {"n", n}}.dump();
        const auto text = "id: " + std::to_string(n) + "\nevent: tick\ndata: " + event + "\n\n";
        if (!connection.send(text) || stop.wait_for(1s)) return false;
    }
}

// Sends back what it gets, and a tick every second.
bool Catalog::socket(Connection& connection, const Request& request, Stop& stop) const {
    const auto* key = request.head.fields.find("Sec-WebSocket-Key");
    if (!request.head.upgrade || key == nullptr)
        return connection.reply(request, problem(400, "this is a WebSocket"));
    if (!connection.begin_stream(101,
                                 {{"Upgrade", "websocket"},
                                  {"Connection", "Upgrade"},
                                  {"Sec-WebSocket-Accept", websocket::accept_key(key->value)}}))
        return false;
    std::string& bytes = connection.unread();
    int ticks = 0;
    Tick next_tick = steady_now() + 1s;
    while (!stop.requested()) {
        const auto left = std::max(next_tick - steady_now(), Duration(0));
        if (readable(connection.fd(), left)) {
            const auto got = receive(connection.fd(), bytes);
            if (!got || !*got) return false;
        }
        while (true) {
            auto frame = websocket::take(bytes);
            if (!frame) return false;
            if (!*frame) break;
            auto& answer = **frame;
            const bool ends = answer.opcode == websocket::Opcode::close;
            if (answer.opcode == websocket::Opcode::ping) answer.opcode = websocket::Opcode::pong;
            if (!connection.send(websocket::encode(answer)) || ends) return false;
        }
        if (steady_now() < next_tick) continue;
        next_tick = next_tick + 1s;
        const auto tick = Json{{"version", version}, {"tick", ++ticks}}.dump();
        if (!connection.send(websocket::encode({websocket::Opcode::text, true, tick})))
            return false;
    }
    const std::string going_away("\x03\xe9", 2);  // 1001, RFC 6455 §7.4.1
    (void)connection.send(websocket::encode({websocket::Opcode::close, true, going_away}));
    return false;
}

bool Catalog::serve(Connection& connection, const Request& request, Stop& stop) const {
    constexpr std::string_view items = "/api/titles/";
    const auto path = request.head.path;
    const bool reads =
        request.head.method == http::Method::get || request.head.method == http::Method::head;
    if (path == "/api/echo" && request.head.method == http::Method::post)
        return connection.reply(request, {200, "application/octet-stream", request.body, {}});
    if (!reads) return connection.reply(request, problem(405, "only GET, HEAD and POST /api/echo"));
    if (path == "/healthz") return connection.reply(request, {200, "text/plain", "ok\n", {}});
    if (path == "/api/titles") return connection.reply(request, list());
    if (path.starts_with(items)) return connection.reply(request, item(path.substr(items.size())));
    if (path == "/api/slow") return connection.reply(request, slow(request, stop));
    if (path == "/api/events") return events(connection, stop);
    if (path == "/api/ws") return socket(connection, request, stop);
    return connection.reply(request, problem(404, "there is no such thing here"));
}

}  // namespace

int run_catalog(std::uint16_t port, const std::string& version) {
    const Catalog catalog{version};
    return serve(port, [&catalog](Connection& connection, const Request& request, Stop& stop) {
        return catalog.serve(connection, request, stop);
    });
}

}  // namespace sg::demo
