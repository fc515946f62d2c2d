// Reading the PROXY protocol. Strict: what does not add up is refused, for it decides who a client
// is.
#include "http/proxy_protocol.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/chars.h"
#include "http/proxy_wire.h"

namespace sg::http {

using namespace proxy_wire;

namespace {

void refuse(ProxyHeader& header, std::string_view defect) {
    header.progress = h1::Progress::bad;
    header.defect = defect;
}

void accept(ProxyHeader& header, std::size_t bytes) {
    header.progress = h1::Progress::done;
    header.bytes = bytes;
}

// --- version 1
// -------------------------------------------------------------------------------------

// Cuts off what stands before the next space; a missing or second space gives an empty word.
std::string_view word(std::string_view& rest) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    const std::string_view taken = rest.substr(0, space);
    rest.remove_prefix(std::min(space + 1, rest.size()));
    return taken;
}

bool read_ip(std::string_view text, int family, IpAddress& ip) {
    char terminated[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof terminated) return false;
    std::memcpy(terminated, text.data(), text.size());
    terminated[text.size()] = '\0';
    if (family == AF_INET6) return inet_pton(AF_INET6, terminated, ip.bytes.data()) == 1;
    ip = mapped_prefix();
    return inet_pton(AF_INET, terminated, ip.bytes.data() + 12) == 1;
}

bool read_port(std::string_view text, std::uint16_t& port) {
    if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return false;
    unsigned value = 0;
    for (const char c : text) {
        if (!is(c, char_digit)) return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    port = static_cast<std::uint16_t>(value);
    return value <= 65535;
}

void parse_v1_line(std::string_view rest, std::size_t bytes, ProxyHeader& header) {
    const std::string_view protocol = word(rest);
    if (protocol == "UNKNOWN")
        return accept(header, bytes);  // The rest of the line is to be ignored.
    if (protocol != "TCP4" && protocol != "TCP6")
        return refuse(header, "a protocol other than TCP4 and TCP6");
    const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
    IpAddress source, destination;
    if (!read_ip(word(rest), family, source) || !read_ip(word(rest), family, destination))
        return refuse(header, "an address of a version 1 header is malformed");
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    if (!read_port(word(rest), source_port) || !read_port(rest, destination_port))
        return refuse(header, "a port of a version 1 header is malformed");
    header.source = SocketAddress::of(source, source_port);
    header.destination = SocketAddress::of(destination, destination_port);
    header.has_addresses = true;
    accept(header, bytes);
}

void parse_v1(std::string_view bytes, ProxyHeader& header) {
    header.version = 1;
    const std::string_view window = bytes.substr(0, v1_max);
    const std::size_t cr = window.substr(0, v1_max - 1).find('\r');
    if (cr == window.npos) {
        if (window.size() >= v1_max - 1) refuse(header, "a version 1 header without an end");
        return;
    }
    if (cr + 1 == window.size()) return;
    if (window[cr + 1] != '\n') return refuse(header, "CR without LF in a version 1 header");
    parse_v1_line(window.substr(v1_start.size(), cr - v1_start.size()), cr + 2, header);
}

// --- version 2
// -------------------------------------------------------------------------------------

std::uint16_t read_u16(const char* at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(at[0]) << 8 |
                                      static_cast<unsigned char>(at[1]));
}

std::uint32_t read_u32(const char* at) {
    return static_cast<std::uint32_t>(read_u16(at)) << 16 | read_u16(at + 2);
}

// Calls `each(type, value)` for every TLV; false when they do not fill `bytes` exactly or `each`
// says no.
template <class Each>
bool for_each_tlv(std::string_view bytes, Each each) {
    while (!bytes.empty()) {
        if (bytes.size() < tlv_head) return false;
        const std::size_t size = read_u16(bytes.data() + 1);
        if (bytes.size() - tlv_head < size) return false;
        if (!each(static_cast<std::uint8_t>(bytes[0]), bytes.substr(tlv_head, size))) return false;
        bytes.remove_prefix(tlv_head + size);
    }
    return true;
}

bool set_once(std::string_view& to, std::string_view value) {
    if (!to.empty() || value.empty()) return to.empty();
    to = value;
    return true;
}

bool read_ssl(std::string_view value, ProxyHeader& header) {
    if (value.size() < 5) return false;
    const auto client = static_cast<std::uint8_t>(value[0]);
    header.tls = (client & ssl_client) != 0;
    header.tls_certificate = (client & (ssl_cert_connection | ssl_cert_session)) != 0;
    header.tls_verified = header.tls_certificate && read_u32(value.data() + 1) == 0;
    return for_each_tlv(value.substr(5), [&header](std::uint8_t type, std::string_view sub) {
        switch (type) {
            case tlv_ssl_version: return set_once(header.tls_version, sub);
            case tlv_ssl_cn: return set_once(header.tls_common_name, sub);
            case tlv_ssl_cipher: return set_once(header.tls_cipher, sub);
            default: return true;
        }
    });
}

// The checksum is of the whole header with the checksum itself taken as zeros.
bool crc_holds(std::string_view whole, std::string_view value) {
    const auto at = static_cast<std::size_t>(value.data() - whole.data());
    std::uint32_t crc = crc32c(whole.substr(0, at));
    crc = crc32c(std::string_view("\0\0\0\0", 4), crc);
    crc = crc32c(whole.substr(at + 4), crc);
    return crc == read_u32(value.begin());
}

std::string_view read_tlvs(std::string_view whole, std::string_view tlvs, ProxyHeader& header) {
    std::string_view defect = "the TLVs of a version 2 header do not add up";
    bool ssl_seen = false;
    const bool good = for_each_tlv(tlvs, [&](std::uint8_t type, std::string_view value) {
        switch (type) {
            case tlv_alpn: return set_once(header.alpn, value);
            case tlv_authority: return set_once(header.authority, value);
            case tlv_unique_id:
                return value.size() <= unique_id_max && set_once(header.unique_id, value);
            case tlv_ssl: return !std::exchange(ssl_seen, true) && read_ssl(value, header);
            case tlv_crc32c:
                if (header.crc32c || value.size() != 4) return false;
                header.crc32c = crc_holds(whole, value);
                if (!header.crc32c) defect = "the checksum of a version 2 header is wrong";
                return header.crc32c;
            default: return true;  // No-op, network namespace, and what is not defined yet.
        }
    });
    return good ? std::string_view{} : defect;
}

// The size of one address of a family; false for families that cannot be the client of a stream.
bool address_size_of(std::uint8_t family, std::size_t& size) {
    switch (family) {
        case family_unspecified: size = 0; return true;
        case family_tcp4: size = 4; return true;
        case family_tcp6: size = 16; return true;
        case family_unix: size = 108; return true;
        default: return false;
    }
}

SocketAddress read_address(const char* ip, std::size_t size, const char* port) {
    IpAddress address = size == 4 ? mapped_prefix() : IpAddress{};
    std::memcpy(address.bytes.data() + 16 - size, ip, size);
    return SocketAddress::of(address, read_u16(port));
}

void parse_v2(std::string_view bytes, ProxyHeader& header) {
    if (bytes.size() < v2_head) return;
    const auto command = static_cast<std::uint8_t>(bytes[12]);
    const auto family = static_cast<std::uint8_t>(bytes[13]);
    if (command != v2_local && command != v2_proxy)
        return refuse(header, "an unknown version or command");
    const std::size_t size = v2_head + read_u16(bytes.data() + 14);
    if (size > proxy_header_max) return refuse(header, "a version 2 header longer than 4096 bytes");
    if (bytes.size() < size) return;
    // LOCAL is the sender's own health check: what else it says is to be ignored.
    if (command == v2_local) return accept(header, size);

    std::size_t one = 0;
    if (!address_size_of(family, one))
        return refuse(header, "an address family other than TCP over IPv4 or IPv6, or Unix");
    const bool ip = one == 4 || one == 16;
    const std::size_t ends = 2 * one + (ip ? 4 : 0);
    if (size - v2_head < ends)
        return refuse(header, "a version 2 header too short for its addresses");
    const std::string_view whole = bytes.substr(0, size);
    const std::string_view defect = read_tlvs(whole, whole.substr(v2_head + ends), header);
    if (!defect.empty()) return refuse(header, defect);
    if (ip) {
        const char* const at = bytes.data() + v2_head;
        header.source = read_address(at, one, at + 2 * one);
        header.destination = read_address(at + one, one, at + 2 * one + 2);
        header.has_addresses = true;
    }
    accept(header, size);
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
    ProxyHeader header;
    if (bytes.empty()) return header;
    const auto begins = [bytes](std::string_view start) {
        return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
    };
    if (begins(v2_signature)) {
        if (bytes.size() >= v2_signature.size()) parse_v2(bytes, header);
    } else if (begins(v1_start)) {
        if (bytes.size() >= v1_start.size()) parse_v1(bytes, header);
    } else {
        refuse(header, "the connection does not begin with a PROXY header");
    }
    return header;
}

}  // namespace sg::http
