#include "base/address.h"

#include <gtest/gtest.h>

namespace sg {
namespace {

TEST(IpAddress, reads_and_writes) {
    for (const char* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1"})
        EXPECT_EQ(parse_ip(text)->text(), text);
    EXPECT_EQ(parse_ip("::ffff:10.0.0.1")->text(), "10.0.0.1") << "mapped is the same address";
    EXPECT_TRUE(parse_ip("10.0.0.1")->is_v4());
    EXPECT_FALSE(parse_ip("::1")->is_v4());
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ",
                             ":::", "[::1]", "localhost", "::1%lo"})
        EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(Cidr, contains) {
    const auto contains = [](const char* block, const char* address) {
        return parse_cidr(block)->contains(*parse_ip(address));
    };
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("192.168.4.0/22", "192.168.7.255"));
    EXPECT_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
    EXPECT_TRUE(contains("10.1.2.3", "10.1.2.3"));
    EXPECT_FALSE(contains("10.1.2.3", "10.1.2.4"));
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1")) << "every IPv4 address is not every address";
    EXPECT_TRUE(contains("::/0", "203.0.113.9"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_EQ(parse_cidr("10.0.0.0/8")->text(), "10.0.0.0/8");
    EXPECT_EQ(parse_cidr("2001:db8::/32")->text(), "2001:db8::/32");
    for (const char* text :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "/8"})
        EXPECT_FALSE(parse_cidr(text)) << text;
}

TEST(SocketAddress, reads_and_writes) {
    struct {
        const char* text;
        const char* written;
        int family;
    } const rows[] = {
        {"127.0.0.1:80", "127.0.0.1:80", AF_INET},
        {"[::1]:80", "[::1]:80", AF_INET6},
        {":8080", "[::]:8080", AF_INET6},
        {"unix:/run/x.sock", "unix:/run/x.sock", AF_UNIX},
    };
    for (const auto& row : rows) {
        const auto address = parse_socket_address(row.text);
        ASSERT_TRUE(address) << row.text;
        EXPECT_EQ(address->text(), row.written);
        EXPECT_EQ(address->family(), row.family);
    }
    EXPECT_EQ(parse_socket_address("unix:/a")->port(), 0);
    EXPECT_EQ(parse_socket_address("1.2.3.4:5")->port(), 5);
    EXPECT_FALSE(*parse_socket_address("1.2.3.4:5") == *parse_socket_address("1.2.3.4:6"));
    EXPECT_FALSE(*parse_socket_address("unix:/a") == *parse_socket_address("unix:/b"));
    for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                             "127.0.0.1:-1", "::1:80", "[::1", "[::1]80", "localhost:80", "unix:"})
        EXPECT_FALSE(parse_socket_address(text)) << text;
    EXPECT_FALSE(parse_socket_address("unix:/" + std::string(107, 'x')));
    EXPECT_TRUE(parse_socket_address("unix:/" + std::string(106, 'x')));
}

TEST(HostPort, reads) {
    EXPECT_EQ(*parse_host_port("origin:9100"), (HostPort{"origin", 9100}));
    EXPECT_EQ(*parse_host_port("[2001:db8::1]:443"), (HostPort{"2001:db8::1", 443}));
    EXPECT_EQ(*parse_host_port("origin", 80), (HostPort{"origin", 80}));
    EXPECT_EQ(*parse_host_port("[::1]", 80), (HostPort{"::1", 80}));
    EXPECT_EQ(*parse_host_port(":80"), (HostPort{"", 80}));
    EXPECT_FALSE(parse_host_port("origin"));
    EXPECT_FALSE(parse_host_port("a:b:1"));
    EXPECT_FALSE(parse_host_port("origin:99999"));
}

}  // namespace
}  // namespace sg
