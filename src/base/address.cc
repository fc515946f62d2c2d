#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>

#include "base/whole.h"

namespace sg {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

Result<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_whole<std::uint16_t>(text);
    if (port) return *port;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a port", text),
                "a port is a number from 1 to 65535");
}

}  // namespace

bool IpAddress::is_v4() const { return std::memcmp(bytes.data(), v4_prefix.data(), 12) == 0; }

std::string IpAddress::text() const {
    char buffer[INET6_ADDRSTRLEN];
    if (is_v4()) inet_ntop(AF_INET, bytes.data() + 12, buffer, sizeof buffer);
    else inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
    return buffer;
}

Result<IpAddress> parse_ip(std::string_view text) {
    IpAddress address;
    const std::string copy(text);
    if (inet_pton(AF_INET, copy.c_str(), address.bytes.data() + 12) == 1) {
        std::memcpy(address.bytes.data(), v4_prefix.data(), 12);
        return address;
    }
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not an IP address", text),
                "write it as 192.0.2.1 or 2001:db8::1");
}

bool Cidr::contains(const IpAddress& address) const {
    const std::size_t whole = prefix_bits / 8;
    if (std::memcmp(base.bytes.data(), address.bytes.data(), whole) != 0) return false;
    const unsigned rest = prefix_bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
    return (base.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::string Cidr::text() const {
    const unsigned bits = base.is_v4() ? prefix_bits - 96U : prefix_bits;
    return fmt::format("{}/{}", base.text(), bits);
}

Result<Cidr> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    TRY(const IpAddress base, parse_ip(text.substr(0, slash)));
    const unsigned most = base.is_v4() ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const auto part = text.substr(slash + 1);
        const auto said = parse_whole<unsigned>(part);
        if (!said || *said > most)
            return fail(Errc::invalid_argument, fmt::format("`{}` is not a prefix length", part),
                        fmt::format("a prefix length is 0 to {} here", most));
        bits = *said;
    }
    return Cidr{base, static_cast<std::uint8_t>(base.is_v4() ? bits + 96 : bits)};
}

IpAddress SocketAddress::ip() const {
    IpAddress address;
    if (family() == AF_INET) {
        const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
        std::memcpy(address.bytes.data(), v4_prefix.data(), 12);
        std::memcpy(address.bytes.data() + 12, &in->sin_addr, 4);
    } else if (family() == AF_INET6) {
        const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&storage);
        std::memcpy(address.bytes.data(), &in6->sin6_addr, 16);
    }
    return address;
}

std::uint16_t SocketAddress::port() const {
    if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
    if (family() == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    return 0;
}

std::string SocketAddress::text() const {
    if (family() == AF_UNIX)
        return fmt::format("unix:{}", reinterpret_cast<const sockaddr_un*>(&storage)->sun_path);
    const auto address = ip();
    if (address.is_v4()) return fmt::format("{}:{}", address.text(), port());
    return fmt::format("[{}]:{}", address.text(), port());
}

bool SocketAddress::operator==(const SocketAddress& other) const {
    if (family() != other.family()) return false;
    if (family() == AF_UNIX) return text() == other.text();
    return ip() == other.ip() && port() == other.port();
}

SocketAddress SocketAddress::of(const IpAddress& ip, std::uint16_t port) {
    SocketAddress address;
    if (ip.is_v4()) {
        auto* in = reinterpret_cast<sockaddr_in*>(&address.storage);
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        std::memcpy(&in->sin_addr, ip.bytes.data() + 12, 4);
        address.length = sizeof(sockaddr_in);
    } else {
        auto* in6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        std::memcpy(&in6->sin6_addr, ip.bytes.data(), 16);
        address.length = sizeof(sockaddr_in6);
    }
    return address;
}

Result<SocketAddress> parse_socket_address(std::string_view text) {
    if (text.starts_with("unix:")) {
        const auto path = text.substr(5);
        SocketAddress address;
        auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
        if (path.empty() || path.size() >= sizeof un->sun_path)
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` is not a path for a Unix socket", path),
                        fmt::format("1 to {} bytes", sizeof un->sun_path - 1));
        un->sun_family = AF_UNIX;
        std::memcpy(un->sun_path, path.data(), path.size());
        address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
        return address;
    }
    TRY(const HostPort parts, parse_host_port(text));
    if (parts.host.empty()) return SocketAddress::of(IpAddress{}, parts.port);
    TRY(const IpAddress ip, parse_ip(parts.host));
    return SocketAddress::of(ip, parts.port);
}

Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
    HostPort result;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos)
            return fail(Errc::invalid_argument, fmt::format("`{}` has no closing `]`", text),
                        "write an IPv6 address as [::1]:8080");
        result.host = text.substr(1, close - 1);
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':')
            return fail(Errc::invalid_argument, fmt::format("`{}` is not host:port", text));
        port = rest.empty() ? rest : rest.substr(1);
    } else {
        const auto colon = text.rfind(':');
        if (colon != std::string_view::npos && text.find(':') != colon)
            return fail(Errc::invalid_argument, fmt::format("`{}` is not host:port", text),
                        "write an IPv6 address in brackets: [::1]:8080");
        result.host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
    }
    if (port.empty() && default_port != 0) {
        result.port = default_port;
        return result;
    }
    if (port.empty())
        return fail(Errc::invalid_argument, fmt::format("`{}` has no port", text),
                    "write it as host:port");
    TRY(result.port, parse_port(port));
    return result;
}

}  // namespace sg
