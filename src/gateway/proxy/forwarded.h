// Who asked, and how: what earlier proxies said (Forwarded, X-Forwarded-*, Via), and how much of it
// we believe.
//
// Believed is only what a listed proxy said, and only back to the first address that is not listed.
// Everything further left may have been written by the client itself: it is dropped, never passed
// on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.h"
#include "http/message.h"

namespace sg::gateway::proxy {

// The other end of the connection. `ip` is all zero for Unix sockets: list `::/128` to trust those.
struct Caller {
    IpAddress ip;
    std::uint16_t listener_port = 0;
    bool tls = false;
    bool trusted = false;  // is_trusted(), asked once per connection.
};

bool is_trusted(std::span<const Cidr> trusted_proxies, const IpAddress& address);

// Views are into the request's head, or static.
struct Origin {
    static constexpr std::size_t hops_max = 8;

    IpAddress client;                 // The first hop that is not a listed proxy.
    std::string_view proto = "http";  // `http` or `https`: what the client spoke.
    std::string_view host;            // The authority that the client named.
    std::uint16_t port = 0;           // That the client connected to.
    bool proxied = false;             // The client is not the caller itself.
    std::uint8_t hops = 0;            // Listed proxies between client and caller, first to last.
    std::array<IpAddress, hops_max> hop;
};

// X-Forwarded-For counts before Forwarded: nearly every proxy maintains the former, few the latter,
// and what a proxy does not maintain it passes on from strangers.
Origin find_origin(const http::RequestHead& head, const Caller& caller,
                   std::span<const Cidr> trusted_proxies);

// How often the request has passed the gateway that calls itself `pseudonym` in Via.
std::size_t count_in_via(const http::Fields& fields, std::string_view pseudonym);

// One element of Forwarded (RFC 7239 §4). Values without their quotes; empty where not given.
struct ForwardedElement {
    std::string_view for_;
    std::string_view by;
    std::string_view host;
    std::string_view proto;
};

// Takes the next element from the front of a field's value. Nothing at its end, or if it is
// malformed: then `rest` is left not empty.
std::optional<ForwardedElement> take_forwarded(std::string_view& rest);

// `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`. Nothing for `unknown`, `_hidden`
// and others.
std::optional<IpAddress> parse_node(std::string_view node);

}  // namespace sg::gateway::proxy
