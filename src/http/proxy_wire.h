// The numbers of the PROXY protocol, for its reader and its writer.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"

namespace sg::http::proxy_wire {

inline constexpr std::string_view v1_start = "PROXY ";
inline constexpr std::size_t v1_max = 107;  // With CRLF.
inline constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
inline constexpr std::size_t v2_head = 16;  // Signature, command, family, length.
inline constexpr std::size_t tlv_head = 3;
inline constexpr std::size_t unique_id_max = 128;

enum : std::uint8_t {
    v2_local = 0x20,
    v2_proxy = 0x21,

    family_unspecified = 0x00,
    family_tcp4 = 0x11,
    family_tcp6 = 0x21,
    family_unix = 0x31,

    tlv_alpn = 0x01,
    tlv_authority = 0x02,
    tlv_crc32c = 0x03,
    tlv_unique_id = 0x05,
    tlv_ssl = 0x20,
    tlv_ssl_version = 0x21,
    tlv_ssl_cn = 0x22,
    tlv_ssl_cipher = 0x23,

    ssl_client = 1,
    ssl_cert_connection = 2,
    ssl_cert_session = 4,
};

inline IpAddress mapped_prefix() {  // ::ffff:0:0/96, before an IPv4 address.
    IpAddress ip;
    ip.bytes[10] = ip.bytes[11] = 0xff;
    return ip;
}

}  // namespace sg::http::proxy_wire
