// The PROXY protocol, versions 1 and 2: who the client of a connection really is, told by the proxy
// before us. Source: HAProxy's proxy-protocol.txt. Pure and resumable; only ever fed bytes of
// listed senders.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "http/h1/parse.h"
#include "http/out.h"

namespace sg::http {

// What a version 2 header may say beside addresses. Views; empty when absent.
struct ProxyExtras {
    std::string_view alpn;
    std::string_view authority;  // What the client asked for in SNI.
    std::string_view unique_id;  // At most 128 bytes, opaque.
    bool crc32c = false;         // Read: there was a checksum, and it holds. Write: add one.
    bool tls = false;            // The client spoke TLS with the sender.
    bool tls_certificate =
        false;                  // It presented a certificate, on this connection or in its session,
    bool tls_verified = false;  // and that was verified.
    std::string_view tls_version;
    std::string_view tls_common_name;
    std::string_view tls_cipher;
};

// The extras are views into the bytes parsed.
struct ProxyHeader : ProxyExtras {
    h1::Progress progress = h1::Progress::more;
    std::string_view defect;  // What is wrong, when bad.
    std::size_t bytes = 0;    // Of the header, when done.
    std::uint8_t version = 2;
    bool has_addresses =
        false;  // False: the sender speaks for itself, or cannot say (LOCAL, UNKNOWN, Unix).
    SocketAddress source;  // The client.
    SocketAddress destination;
};

// Bound: longer headers are refused. Version 1 ends within 107 bytes.
inline constexpr std::size_t proxy_header_max = 4096;

// Requires: `bytes` starts at the first byte of the connection. Call again with more while it says
// `more`.
ProxyHeader parse_proxy_header(std::string_view bytes);

// A source without an IP address (a Unix socket) is written as UNKNOWN or LOCAL.
void write_proxy_v1(Out& out, const SocketAddress& source, const SocketAddress& destination);
void write_proxy_v2(Out& out, const SocketAddress& source, const SocketAddress& destination,
                    const ProxyExtras& extras = {});

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace sg::http
