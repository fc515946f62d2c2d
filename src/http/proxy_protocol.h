// The PROXY protocol, versions 1 and 2: who the client of a connection really is, told by the proxy
// before us. Source: HAProxy's proxy-protocol.txt. Pure and resumable; only ever fed bytes of
// listed senders.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "http/out.h"

namespace sg::http {

struct ProxyEnd {
    IpAddress ip;
    std::uint16_t port = 0;
    bool operator==(const ProxyEnd&) const = default;
};

struct ProxyHeader {
    std::uint8_t version = 2;
    bool proxied =
        false;  // False: the sender speaks for itself, or cannot say (LOCAL, UNKNOWN, Unix socket).
    ProxyEnd source;  // Of the client, when proxied.
    ProxyEnd destination;

    // Version 2 only; views into the bytes parsed, empty when absent.
    std::string_view alpn;
    std::string_view authority;
    std::string_view unique_id;  // At most 128 bytes, opaque.
    bool crc32c = false;         // There was a checksum, and it holds.
    bool ssl = false;            // The client spoke TLS with the sender.
    bool ssl_certificate =
        false;                  // It presented a certificate, on this connection or in its session,
    bool ssl_verified = false;  // and that was verified.
    std::string_view ssl_version;
    std::string_view ssl_common_name;
    std::string_view ssl_cipher;
};

enum class ProxyProgress : std::uint8_t { more, done, bad };

struct ProxyVerdict {
    ProxyProgress progress = ProxyProgress::more;
    std::size_t bytes = 0;    // Of the header, when done.
    std::string_view defect;  // What is wrong, when bad.
};

// Bound: longer headers are refused. Version 1 ends within 107 bytes.
inline constexpr std::size_t proxy_header_max = 4096;

// Requires: `bytes` starts at the first byte of the connection and only grows from call to call.
ProxyVerdict parse_proxy_header(std::string_view bytes, ProxyHeader& header);

void put_proxy_v1(Out& out, const ProxyHeader& header);
// With the TLVs that are not empty, and a checksum when `crc32c` is set.
void put_proxy_v2(Out& out, const ProxyHeader& header);

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace sg::http
