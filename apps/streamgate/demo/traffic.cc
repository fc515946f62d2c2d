#include "demo/traffic.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "base/text.h"
#include "demo/client.h"
#include "demo/stop.h"
#include "demo/tally.h"
#include "demo/viewer.h"
#include "demo/websocket.h"

namespace sg::demo {
namespace {

constexpr Duration patience = 10s;    // Of every client, for a connection or a byte.
constexpr Duration back_off = 500ms;  // After a failure.
constexpr std::uint32_t callers = 4;  // Threads that share the rate of API requests.

struct Scene {
    const TrafficOptions& options;
    Tally tally;
    Stop stop;
};

void call_api(Scene& scene, std::uint32_t caller) {
    constexpr std::string_view paths[] = {"/api/titles", "/api/titles/3", "/api/titles/7",
                                          "/api/titles/12"};
    Client client(scene.options.to, patience);
    const Duration pace{
        static_cast<std::int64_t>(1e9 * callers / scene.options.requests.per_second)};
    for (std::size_t n = caller; !scene.stop.wait_for(pace); ++n) {
        const Tick began = steady_now();
        const auto response = client.get(paths[n % std::size(paths)]);
        scene.tally.exchange(steady_now() - began, response && response->status == 200);
    }
}

// Holds one event stream and counts what comes; opens it again when it ends.
void follow_events(Scene& scene) {
    while (!scene.stop.requested()) {
        Client client(scene.options.to, patience);
        const auto status = client.open("/api/events", "Accept: text/event-stream\r\n");
        std::string text;
        while (status && *status == 200 && !scene.stop.requested()) {
            const auto data = client.part();
            if (!data || data->empty()) break;
            text += *data;
            for (auto end = text.find("\n\n"); end != text.npos; end = text.find("\n\n")) {
                text.erase(0, end + 2);
                scene.tally.event();
            }
        }
        (void)scene.stop.wait_for(back_off);
    }
}

// Says something every second and counts what comes back, until the connection ends.
void converse(Scene& scene, Client& client) {
    std::string& bytes = client.unread();
    Tick next = steady_now();
    Tick heard = next;
    while (!scene.stop.requested() && steady_now() - heard < patience) {
        if (steady_now() >= next) {
            const websocket::Frame hello{websocket::Opcode::text, true, "still here"};
            const websocket::Mask mask{0x5a, 0x13, 0xc4, 0x77};
            if (!send_all(client.fd(), websocket::encode(hello, mask))) return;
            next = next + 1s;
        }
        if (!readable(client.fd(), 200ms)) continue;
        const auto got = receive(client.fd(), bytes);
        if (!got || !*got) return;
        heard = steady_now();
        while (true) {
            const auto frame = websocket::take(bytes);
            if (!frame || (*frame && (*frame)->opcode == websocket::Opcode::close)) return;
            if (!*frame) break;
            scene.tally.message();
        }
    }
}

void hold_socket(Scene& scene) {
    while (!scene.stop.requested()) {
        Client client(scene.options.to, patience);
        const auto status =
            client.open("/api/ws",
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (status && *status == 101) converse(scene, client);
        (void)scene.stop.wait_for(back_off);
    }
}

void watch_live(Scene& scene) {
    Client client(scene.options.to, patience);
    Viewer viewer;
    while (!scene.stop.requested()) {
        const auto wait = viewer.step(client, scene.tally, steady_now());
        if (scene.stop.wait_for(wait)) return;
    }
}

// People come when there is something to see: counting begins when both services have answered
// once.
void await_services(Scene& scene) {
    Client client(scene.options.to, patience);
    for (const auto* path : {"/api/titles", "/live/live.m3u8"}) {
        auto response = client.get(path);
        while (!response || response->status != 200) {
            if (scene.stop.wait_for(back_off)) return;
            response = client.get(path);
        }
    }
}

void invite_viewers(Scene& scene) {  // One after the other, as people come.
    constexpr Duration between = 170ms;
    std::vector<std::thread> viewers;
    for (std::uint32_t i = 0; i < scene.options.viewers && !scene.stop.wait_for(between); ++i)
        viewers.emplace_back([&scene] { watch_live(scene); });
    for (auto& viewer : viewers) viewer.join();
}

void report(Scene& scene) {
    while (!scene.stop.wait_for(scene.options.report)) {
        fmt::print("{}\n", scene.tally.report(scene.options.report));
        std::fflush(stdout);
    }
}

void play(Scene& scene) {
    await_services(scene);
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < callers; ++i)
        threads.emplace_back([&scene, i] { call_api(scene, i); });
    threads.emplace_back([&scene] { follow_events(scene); });
    threads.emplace_back([&scene] { hold_socket(scene); });
    threads.emplace_back([&scene] { invite_viewers(scene); });
    report(scene);
    for (auto& thread : threads) thread.join();
}

}  // namespace

int run_traffic(const TrafficOptions& options) {
    hold_signals();
    Scene scene{options, {}, {}};
    fmt::print("{} viewers, {}, 1 event stream, 1 WebSocket, to http://{}:{}\n", options.viewers,
               to_text(options.requests), options.to.host, options.to.port);
    std::fflush(stdout);

    std::thread(play, std::ref(scene)).detach();
    await_signal();
    scene.stop.request();
    std::_Exit(0);  // Some of them wait for a byte; nothing of theirs needs an end.
}

}  // namespace sg::demo
