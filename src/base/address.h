// Network addresses: IPv4, IPv6 and Unix sockets, and blocks of them.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg {

// An IP address without a port. IPv4 is kept as an IPv4-mapped IPv6 address, so that all compare
// alike.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool operator==(const IpAddress&) const = default;
    bool is_v4() const;
    std::string text() const;
};

Result<IpAddress> parse_ip(std::string_view text);

// A block such as 10.0.0.0/8 or 2001:db8::/32; a bare address is a block of one.
struct Cidr {
    IpAddress base;
    std::uint8_t prefix_bits = 128;  // Of the mapped 128 bits.
    bool contains(const IpAddress& address) const;
    std::string text() const;
};

Result<Cidr> parse_cidr(std::string_view text);

// What connect and bind take.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    IpAddress ip() const;        // All zero for Unix sockets.
    std::uint16_t port() const;  // 0 for Unix sockets.
    std::string text() const;    // 127.0.0.1:80, [::1]:80, unix:/path
    bool operator==(const SocketAddress& other) const;

    static SocketAddress of(const IpAddress& ip, std::uint16_t port);
};

// 127.0.0.1:80, [::1]:80, :80 (any address, IPv6 and IPv4), unix:/path. No names.
Result<SocketAddress> parse_socket_address(std::string_view text);

// `host:port` where host is a name or an address; the port is required unless `default_port` is not
// 0.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const HostPort&) const = default;
};
Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port = 0);

}  // namespace sg
