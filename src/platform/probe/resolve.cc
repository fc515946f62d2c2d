// Names to addresses with a deadline, which getaddrinfo() has not.
#include <netdb.h>

#include <atomic>
#include <cstring>
#include <future>
#include <thread>

#include "platform/probe/dial.h"

namespace sg::platform::probe {

namespace {

using Addresses = Result<std::vector<SocketAddress>>;

constexpr int hanging_max = 16;  // Bound: look-ups that nobody waits for any more.
std::atomic<int> looking_up = 0;

Addresses look_up(const std::string& host, std::uint16_t port) {
    const addrinfo wanted{.ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM};
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (code != 0) return fail(Errc::dns_failed, host + ": " + ::gai_strerror(code));
    std::vector<SocketAddress> addresses;
    for (const auto* at = found; at != nullptr; at = at->ai_next) {
        SocketAddress& address = addresses.emplace_back();
        std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
        address.length = at->ai_addrlen;
    }
    ::freeaddrinfo(found);
    return addresses;
}

}  // namespace

Addresses resolve(const HostPort& host, Tick deadline) {
    if (const auto ip = parse_ip(host.host)) return {{SocketAddress::of(*ip, host.port)}};
    if (looking_up.fetch_add(1) >= hanging_max) {
        --looking_up;
        return fail(Errc::exhausted, "too many look-ups hang", "is the name server reachable?");
    }
    auto promise = std::make_shared<std::promise<Addresses>>();
    auto answer = promise->get_future();
    std::thread([promise, host] {  // Outlives this call if the name server hangs.
        promise->set_value(look_up(host.host, host.port));
        --looking_up;
    })
        .detach();
    const auto left = std::max<Duration>(deadline - steady_now(), 0s);
    if (answer.wait_for(left) != std::future_status::ready)
        return fail(Errc::dns_failed, host.host + " did not resolve in time");
    return answer.get();
}

}  // namespace sg::platform::probe
