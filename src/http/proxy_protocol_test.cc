// The PROXY protocol in both versions and directions.
#include "http/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace sg::http {
namespace {

using namespace std::string_literals;

using h1::Progress;

ProxyHeader in_steps(std::string_view bytes, std::size_t step) {
    ProxyHeader header;
    for (std::size_t size = step; header.progress == Progress::more; size += step) {
        header = parse_proxy_header(bytes.substr(0, size));
        if (size >= bytes.size()) break;
    }
    return header;
}

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string tcp4 = "\x7f\x00\x00\x01\x0a\x00\x00\x02\x04\xd2\x00\x50"s;

std::string v2(char command, char family, const std::string& rest) {
    return signature + command + family + static_cast<char>(rest.size() >> 8) +
           static_cast<char>(rest.size()) + rest;
}
std::string tlv(char type, const std::string& value) {
    return type + std::string(1, '\0') + static_cast<char>(value.size()) + value;
}

TEST(ProxyProtocol, Version1) {
    for (const std::size_t step : {1UL, 1000UL}) {
        const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
        const auto header = in_steps(line + "GET / HTTP/1.1", step);
        EXPECT_EQ(header.progress, Progress::done) << header.defect;
        EXPECT_EQ(header.bytes, line.size());
        EXPECT_TRUE(header.has_addresses);
        EXPECT_EQ(header.version, 1);
        EXPECT_EQ(header.source.ip().text(), "192.0.2.1");
        EXPECT_EQ(header.destination.ip().text(), "198.51.100.2");
        EXPECT_EQ(header.source.port(), 56324);
        EXPECT_EQ(header.destination.port(), 443);
    }
    const auto header = in_steps("PROXY TCP6 2001:db8::1 ::1 1 0\r\n", 1);
    EXPECT_EQ(header.progress, Progress::done);
    EXPECT_EQ(header.source.ip().text(), "2001:db8::1");
    const auto unknown = in_steps("PROXY UNKNOWN\r\n", 1);
    EXPECT_EQ(unknown.progress, Progress::done);
    EXPECT_FALSE(unknown.has_addresses);
    EXPECT_EQ(in_steps("PROXY UNKNOWN ff:: x y z\r\n", 1).progress, Progress::done);
    const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
    EXPECT_EQ(in_steps(longest, 1).bytes, 107U);
}

TEST(ProxyProtocol, Version1Refused) {
    const std::string cases[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 -2\r\n",
        "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY UNKNOWN\rX",
        "PROXY " + std::string(200, 'x') + "\r\n",
        "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n",
    };
    for (const auto& bytes : cases)
        for (const std::size_t step : {1UL, 1000UL}) {
            EXPECT_EQ(in_steps(bytes, step).progress, Progress::bad) << bytes;
        }
}

TEST(ProxyProtocol, Version2) {
    const std::string ssl = "\x07\0\0\0\0"s + tlv('\x21', "TLSv1.3") + tlv('\x22', "cn") +
                            tlv('\x23', "ECDHE") + tlv('\x24', "SHA256");
    const std::string bytes =
        v2('\x21', '\x11',
           tcp4 + tlv('\x01', "h2") + tlv('\x02', "a.example") + tlv('\x04', "") +
               tlv('\x05', "id-1") + tlv('\x20', ssl) + tlv('\x30', "ns"));
    for (const std::size_t step : {1UL, 5UL, 1000UL}) {
        const std::string input = bytes + "rest";
        const auto header = in_steps(input, step);
        ASSERT_EQ(header.progress, Progress::done) << header.defect;
        EXPECT_EQ(header.bytes, bytes.size());
        EXPECT_TRUE(header.has_addresses);
        EXPECT_EQ(header.source.ip().text(), "127.0.0.1");
        EXPECT_EQ(header.source.port(), 1234);
        EXPECT_EQ(header.destination.ip().text(), "10.0.0.2");
        EXPECT_EQ(header.destination.port(), 80);
        EXPECT_EQ(header.alpn, "h2");
        EXPECT_EQ(header.authority, "a.example");
        EXPECT_EQ(header.unique_id, "id-1");
        EXPECT_FALSE(header.crc32c);
        EXPECT_TRUE(header.tls && header.tls_certificate && header.tls_verified);
        EXPECT_EQ(header.tls_version, "TLSv1.3");
        EXPECT_EQ(header.tls_common_name, "cn");
        EXPECT_EQ(header.tls_cipher, "ECDHE");
    }
}

TEST(ProxyProtocol, Version2SpeaksForItself) {
    const std::string cases[] = {
        v2('\x20', '\0', ""),
        v2('\x20', '\x11', tcp4),
        v2('\x21', '\0', "whatever comes is not a TLV"s.substr(0, 0)),
        v2('\x21', '\x31', std::string(216, 'u')),
    };
    for (const auto& bytes : cases) {
        const auto header = in_steps(bytes, 1);
        EXPECT_EQ(header.progress, Progress::done) << header.defect;
        EXPECT_FALSE(header.has_addresses);
    }
}

TEST(ProxyProtocol, Version2Refused) {
    const std::string cases[] = {
        v2('\x11', '\x11', tcp4),
        v2('\x22', '\x11', tcp4),
        v2('\x21', '\x12', tcp4),
        v2('\x21', '\x51', tcp4),
        v2('\x21', '\x11', tcp4.substr(1)),
        v2('\x21', '\x21', tcp4),
        v2('\x21', '\x11', tcp4 + "\x01"),
        v2('\x21', '\x11', tcp4 + "\x01\x00\x05h2"s),
        v2('\x21', '\x11', tcp4 + tlv('\x01', "h2") + tlv('\x01', "h3")),
        v2('\x21', '\x11', tcp4 + tlv('\x05', std::string(129 - 1, 'x') + "x")),
        v2('\x21', '\x11', tcp4 + tlv('\x20', "\x07")),
        v2('\x21', '\x11', tcp4 + tlv('\x03', "\0\0\0\0"s)),
        v2('\x21', '\x11', tcp4 + tlv('\x03', "abc")),
        signature + "\x21\x11\xff\xff",
        "\r\n\r\nGET / HTTP/1.1",
    };
    for (const auto& bytes : cases)
        for (const std::size_t step : {1UL, 1000UL}) {
            EXPECT_EQ(in_steps(bytes, step).progress, Progress::bad) << bytes;
        }
}

TEST(ProxyProtocol, WhatIsWrittenIsRead) {
    const std::string id = "\0\xff"s;
    ProxyExtras extras;
    extras.alpn = "http/1.1";
    extras.authority = "b";
    extras.unique_id = id;
    extras.crc32c = extras.tls = true;
    extras.tls_version = "TLSv1.2";
    const auto destination = SocketAddress::of(parse_ip("10.1.2.3").value(), 65535);
    for (const char* client : {"2001:db8::7", "192.0.2.9"}) {
        const auto source = SocketAddress::of(parse_ip(client).value(), 1);
        char memory[512];
        Out first(memory, sizeof memory);
        write_proxy_v2(first, source, destination, extras);
        const auto read = in_steps(first.text(), 1);
        ASSERT_EQ(read.progress, Progress::done) << read.defect;
        EXPECT_TRUE(read.crc32c);
        EXPECT_EQ(read.source, source);
        EXPECT_EQ(read.destination, destination);
        EXPECT_EQ(read.alpn, "http/1.1");
        EXPECT_EQ(read.unique_id, id);
        EXPECT_EQ(read.tls_version, "TLSv1.2");
        EXPECT_TRUE(read.tls);
        EXPECT_FALSE(read.tls_certificate);

        std::string broken(first.text());  // A checksum sees any one byte changed.
        broken[20] = static_cast<char>(broken[20] ^ 1);
        EXPECT_EQ(in_steps(broken, 1000).defect, "the checksum of a version 2 header is wrong");

        Out second(memory, sizeof memory);
        write_proxy_v1(second, source, destination);
        const auto line = in_steps(second.text(), 1);
        ASSERT_EQ(line.progress, Progress::done) << second.text() << line.defect;
        EXPECT_EQ(line.source, source);
        EXPECT_EQ(line.destination, destination);
    }
    EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
}

TEST(ProxyProtocol, WithoutAnAddressNothingIsClaimed) {
    char memory[64];
    Out v1(memory, sizeof memory);
    write_proxy_v1(v1, {}, {});
    EXPECT_EQ(v1.text(), "PROXY UNKNOWN\r\n");
    Out v2(memory, sizeof memory);
    write_proxy_v2(v2, {}, {});
    const auto read = parse_proxy_header(v2.text());
    EXPECT_EQ(read.progress, Progress::done);
    EXPECT_FALSE(read.has_addresses);
}

}  // namespace
}  // namespace sg::http
