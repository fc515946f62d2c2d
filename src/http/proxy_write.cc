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

bool both_v4(const ProxyHeader& header) {
    return header.source.ip.is_v4() && header.destination.ip.is_v4();
}

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

std::size_t ssl_size(const ProxyHeader& header) {
    if (!header.ssl) return 0;
    return 5 + tlv_size(header.ssl_version) + tlv_size(header.ssl_common_name) +
           tlv_size(header.ssl_cipher);
}

void put_ssl(Out& out, const ProxyHeader& header) {
    if (!header.ssl) return;
    out.put(static_cast<char>(tlv_ssl));
    put_u16(out, ssl_size(header));
    out.put(static_cast<char>(ssl_client | (header.ssl_certificate ? ssl_cert_connection : 0)));
    const bool verified = header.ssl_certificate && header.ssl_verified;
    out.put(std::string_view(verified ? "\0\0\0\0" : "\0\0\0\1", 4));
    put_tlv(out, tlv_ssl_version, header.ssl_version);
    put_tlv(out, tlv_ssl_cn, header.ssl_common_name);
    put_tlv(out, tlv_ssl_cipher, header.ssl_cipher);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
    std::uint32_t crc = ~before;
    for (const char c : bytes)
        crc = crc >> 8 ^ crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
    return ~crc;
}

void put_proxy_v1(Out& out, const ProxyHeader& header) {
    if (!header.proxied) {
        out.put("PROXY UNKNOWN\r\n");
        return;
    }
    const bool v4 = both_v4(header);
    out.put(v4 ? "PROXY TCP4 " : "PROXY TCP6 ");
    put_ip(out, header.source.ip, v4);
    out.put(' ');
    put_ip(out, header.destination.ip, v4);
    out.put(' ');
    out.put_number(header.source.port);
    out.put(' ');
    out.put_number(header.destination.port);
    out.put("\r\n");
}

void put_proxy_v2(Out& out, const ProxyHeader& header) {
    const std::size_t begin = out.size();
    out.put(v2_signature);
    if (!header.proxied) {
        out.put(std::string_view("\x20\0\0\0", 4));
        return;
    }
    const bool v4 = both_v4(header);
    const std::size_t ssl = ssl_size(header);
    const std::size_t tlvs = tlv_size(header.alpn) + tlv_size(header.authority) +
                             tlv_size(header.unique_id) + (ssl != 0 ? tlv_head + ssl : 0) +
                             (header.crc32c ? tlv_head + 4 : 0);
    out.put(static_cast<char>(v2_proxy));
    out.put(static_cast<char>(v4 ? family_tcp4 : family_tcp6));
    put_u16(out, (v4 ? 12U : 36U) + tlvs);
    put_raw(out, header.source.ip, v4);
    put_raw(out, header.destination.ip, v4);
    put_u16(out, header.source.port);
    put_u16(out, header.destination.port);
    put_tlv(out, tlv_alpn, header.alpn);
    put_tlv(out, tlv_authority, header.authority);
    put_tlv(out, tlv_unique_id, header.unique_id);
    put_ssl(out, header);
    if (!header.crc32c) return;

    // The checksum comes last: what is before it is written, what it stands for itself is zeros.
    out.put(static_cast<char>(tlv_crc32c));
    put_u16(out, 4);
    if (out.overflow()) return;
    const std::uint32_t crc =
        crc32c(std::string_view("\0\0\0\0", 4), crc32c(out.text().substr(begin)));
    put_u16(out, crc >> 16);
    put_u16(out, crc & 0xffff);
}

}  // namespace sg::http
