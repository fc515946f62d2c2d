// Writing the PROXY protocol, and the checksum that both directions use.
#include <arpa/inet.h>

#include <array>

#include "http/proxy_protocol.h"
#include "http/proxy_wire.h"

namespace sg::http {

using namespace proxy_wire;

namespace {

consteval std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
        table[byte] = crc;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

constexpr IpAddress nowhere;  // Of a Unix socket.

// IPv4 beside IPv6 is written mapped: both ends are of one family.
void put_ip(Out& out, const IpAddress& ip, bool v4) {
    char text[INET6_ADDRSTRLEN];
    inet_ntop(v4 ? AF_INET : AF_INET6, ip.bytes.data() + (v4 ? 12 : 0), text, sizeof text);
    out.put(std::string_view(text));
}

void put_u16(Out& out, std::size_t value) {
    out.put(static_cast<char>(value >> 8));
    out.put(static_cast<char>(value));
}

void put_raw(Out& out, const IpAddress& ip, bool v4) {
    const std::size_t skip = v4 ? 12 : 0;
    out.put(std::string_view(reinterpret_cast<const char*>(ip.bytes.data()) + skip, 16 - skip));
}

std::size_t tlv_size(std::string_view value) { return value.empty() ? 0 : tlv_head + value.size(); }

void put_tlv(Out& out, std::uint8_t type, std::string_view value) {
    if (value.empty()) return;
    out.put(static_cast<char>(type));
    put_u16(out, value.size());
    out.put(value);
}

std::size_t ssl_size(const ProxyExtras& extras) {
    if (!extras.tls) return 0;
    return 5 + tlv_size(extras.tls_version) + tlv_size(extras.tls_common_name) +
           tlv_size(extras.tls_cipher);
}

void put_ssl(Out& out, const ProxyExtras& extras) {
    if (!extras.tls) return;
    out.put(static_cast<char>(tlv_ssl));
    put_u16(out, ssl_size(extras));
    out.put(static_cast<char>(ssl_client | (extras.tls_certificate ? ssl_cert_connection : 0)));
    const bool verified = extras.tls_certificate && extras.tls_verified;
    out.put(std::string_view(verified ? "\0\0\0\0" : "\0\0\0\1", 4));
    put_tlv(out, tlv_ssl_version, extras.tls_version);
    put_tlv(out, tlv_ssl_cn, extras.tls_common_name);
    put_tlv(out, tlv_ssl_cipher, extras.tls_cipher);
}

// It comes last: what is before it is written, and it itself counts as zeros.
void put_checksum(Out& out, std::size_t begin) {
    out.put(static_cast<char>(tlv_crc32c));
    put_u16(out, 4);
    if (out.overflow()) return;
    const std::uint32_t crc =
        crc32c(std::string_view("\0\0\0\0", 4), crc32c(out.text().substr(begin)));
    put_u16(out, crc >> 16);
    put_u16(out, crc & 0xffff);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
    std::uint32_t crc = ~before;
    for (const char c : bytes)
        crc = crc >> 8 ^ crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
    return ~crc;
}

void write_proxy_v1(Out& out, const SocketAddress& source, const SocketAddress& destination) {
    const IpAddress from = source.ip();
    const IpAddress to = destination.ip();
    if (from == nowhere) {
        out.put("PROXY UNKNOWN\r\n");
        return;
    }
    const bool v4 = from.is_v4() && to.is_v4();
    out.put(v4 ? "PROXY TCP4 " : "PROXY TCP6 ");
    put_ip(out, from, v4);
    out.put(' ');
    put_ip(out, to, v4);
    out.put(' ');
    out.put_number(source.port());
    out.put(' ');
    out.put_number(destination.port());
    out.put("\r\n");
}

void write_proxy_v2(Out& out, const SocketAddress& source, const SocketAddress& destination,
                    const ProxyExtras& extras) {
    const std::size_t begin = out.size();
    const IpAddress from = source.ip();
    const IpAddress to = destination.ip();
    out.put(v2_signature);
    if (from == nowhere) {
        out.put(std::string_view("\x20\0\0\0", 4));
        return;
    }
    const bool v4 = from.is_v4() && to.is_v4();
    const std::size_t ssl = ssl_size(extras);
    const std::size_t tlvs = tlv_size(extras.alpn) + tlv_size(extras.authority) +
                             tlv_size(extras.unique_id) + (ssl != 0 ? tlv_head + ssl : 0) +
                             (extras.crc32c ? tlv_head + 4 : 0);
    out.put(static_cast<char>(v2_proxy));
    out.put(static_cast<char>(v4 ? family_tcp4 : family_tcp6));
    put_u16(out, (v4 ? 12U : 36U) + tlvs);
    put_raw(out, from, v4);
    put_raw(out, to, v4);
    put_u16(out, source.port());
    put_u16(out, destination.port());
    put_tlv(out, tlv_alpn, extras.alpn);
    put_tlv(out, tlv_authority, extras.authority);
    put_tlv(out, tlv_unique_id, extras.unique_id);
    put_ssl(out, extras);
    if (extras.crc32c) put_checksum(out, begin);
}

}  // namespace sg::http
