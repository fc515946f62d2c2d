#include "gateway/proxy/forwarded.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "base/text.h"
#include "base/whole.h"
#include "http/chars.h"

namespace sg::gateway::proxy {

namespace {

using http::FieldId;

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_whole<std::uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

// Without allocation, unlike parse_ip: a list of these comes with every request.
std::optional<IpAddress> parse_address(std::string_view text) {
    char copy[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof copy || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    IpAddress address;
    if (inet_pton(AF_INET, copy, address.bytes.data() + 12) == 1) {
        address.bytes[10] = address.bytes[11] = 0xFF;
        return address;
    }
    if (inet_pton(AF_INET6, copy, address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool is_host(std::string_view text) {
    if (text.empty() || text.size() > 262) return false;  // 255, a colon, a port.
    for (const char c : text)
        if (!http::is(c, http::char_host) && c != ':' && c != '[' && c != ']') return false;
    return true;
}

// Of a list, what the nearest proxy said.
std::string_view last_member(std::string_view list) {
    const auto comma = list.rfind(',');
    return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

std::string_view last_line(const http::Fields& fields, FieldId id) {
    std::string_view value;
    if (!fields.has(id)) return value;
    for (const auto& field : fields.all())
        if (field.id == id) value = field.value;
    return value;
}

// Walks from the caller towards the client, one believed address at a time.
class Walk {
  public:
    Walk(const Caller& caller, std::span<const Cidr> trusted) : trusted_(trusted) {
        found_[0] = caller.ip;
    }

    // False: go no further.
    bool step(std::string_view node) {
        const auto address = parse_node(node);
        if (!address || count_ == found_.size()) return false;
        found_[count_++] = *address;
        return is_trusted(trusted_, *address);
    }

    void finish(Origin& origin) const {
        origin.client = found_[count_ - 1];
        origin.proxied = count_ > 1;
        // The caller is not a hop: whoever writes the chain adds it.
        for (std::size_t i = count_ - 1; i-- > 1;) origin.hop[origin.hops++] = found_[i];
    }

  private:
    std::span<const Cidr> trusted_;
    std::array<IpAddress, Origin::hops_max + 2> found_;
    std::size_t count_ = 1;
};

void walk_x_forwarded_for(const http::Fields& fields, Walk& walk) {
    const auto all = fields.all();
    for (std::size_t i = all.size(); i-- > 0;) {
        if (all[i].id != FieldId::x_forwarded_for) continue;
        std::string_view rest = all[i].value;
        while (!rest.empty()) {
            const auto comma = rest.rfind(',');
            const bool is_last = comma == std::string_view::npos;
            const auto node = trim(is_last ? rest : rest.substr(comma + 1));
            rest = is_last ? std::string_view{} : rest.substr(0, comma);
            if (!node.empty() && !walk.step(node)) return;
        }
    }
}

struct Claims {
    std::string_view proto;
    std::string_view host;
    std::string_view port;
};

// Keeps the nearest elements only: no chain that we believe is longer.
struct NearestElements {
    static constexpr std::size_t capacity = Origin::hops_max + 1;
    std::array<ForwardedElement, capacity> ring;
    std::size_t seen = 0;

    bool collect(const http::Fields& fields) {
        for (const auto& field : fields.all()) {
            if (field.id != FieldId::forwarded) continue;
            std::string_view rest = field.value;
            while (const auto element = take_forwarded(rest)) ring[seen++ % capacity] = *element;
            if (!rest.empty()) return false;
        }
        return true;
    }
};

Claims walk_forwarded(const http::Fields& fields, Walk& walk) {
    NearestElements elements;
    if (!elements.collect(fields)) return {};  // One malformed line, and none of it is believed.
    Claims claims;
    const auto oldest = elements.seen > elements.capacity ? elements.seen - elements.capacity : 0;
    for (std::size_t i = elements.seen; i-- > oldest;) {
        const auto& element = elements.ring[i % elements.capacity];
        if (!element.proto.empty()) claims.proto = element.proto;
        if (!element.host.empty()) claims.host = element.host;
        if (!walk.step(element.for_)) break;
    }
    return claims;
}

Claims x_forwarded_claims(const http::Fields& fields) {
    return {last_member(last_line(fields, FieldId::x_forwarded_proto)),
            last_member(last_line(fields, FieldId::x_forwarded_host)),
            last_member(last_line(fields, FieldId::x_forwarded_port))};
}

std::optional<std::uint16_t> port_of(std::string_view authority) {
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos)
        return std::nullopt;
    return parse_port(authority.substr(colon + 1));
}

void believe(Origin& origin, const Claims& claims) {
    const bool is_http = equal_ignoring_case(claims.proto, "http");
    const bool is_https = equal_ignoring_case(claims.proto, "https");
    if (is_http) origin.proto = "http";
    if (is_https) origin.proto = "https";
    if (is_host(claims.host)) origin.host = claims.host;
    if (const auto port = parse_port(claims.port)) {
        origin.port = *port;
    } else if (is_http || is_https) {
        const auto named = port_of(origin.host);
        origin.port = named ? *named : static_cast<std::uint16_t>(is_https ? 443 : 80);
    }
}

}  // namespace

bool is_trusted(std::span<const Cidr> trusted_proxies, const IpAddress& address) {
    for (const auto& block : trusted_proxies)
        if (block.contains(address)) return true;
    return false;
}

Origin find_origin(const http::RequestHead& head, const Caller& caller,
                   std::span<const Cidr> trusted_proxies) {
    Origin origin{.client = caller.ip,
                  .proto = caller.tls ? "https" : "http",
                  .host = head.authority,
                  .port = caller.listener_port,
                  .hop = {}};
    if (!caller.trusted) return origin;

    Walk walk(caller, trusted_proxies);
    if (head.fields.has(FieldId::x_forwarded_for) || !head.fields.has(FieldId::forwarded)) {
        walk_x_forwarded_for(head.fields, walk);
        believe(origin, x_forwarded_claims(head.fields));
    } else {
        believe(origin, walk_forwarded(head.fields, walk));
    }
    walk.finish(origin);
    return origin;
}

std::size_t count_in_via(const http::Fields& fields, std::string_view pseudonym) {
    if (!fields.has(FieldId::via)) return 0;
    std::size_t count = 0;
    for (const auto& field : fields.all()) {
        if (field.id != FieldId::via) continue;
        // A member is `protocol received-by [comment]`; a comma within a comment only adds a member
        // that does not look like ours.
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            auto member = trim(rest.substr(0, comma));
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
            const auto space = member.find_first_of(" \t");
            if (space == std::string_view::npos) continue;
            member = trim(member.substr(space));
            if (member.substr(0, member.find_first_of(" \t(")) == pseudonym) ++count;
        }
    }
    return count;
}

namespace {

void skip_space(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::string_view take_token(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && http::is(text[length], http::char_token)) ++length;
    const auto token = text.substr(0, length);
    text.remove_prefix(length);
    return token;
}

// A token or a quoted string. Escapes are refused: no address, host or protocol needs one.
std::optional<std::string_view> take_value(std::string_view& text) {
    if (!text.starts_with('"')) {
        const auto token = take_token(text);
        if (token.empty()) return std::nullopt;
        return token;
    }
    const auto end = text.find_first_of("\"\\", 1);
    if (end == std::string_view::npos || text[end] == '\\') return std::nullopt;
    const auto value = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return value;
}

// One `name=value`. False: malformed, or a name that the element has already.
bool take_pair(std::string_view& text, ForwardedElement& element) {
    const auto name = take_token(text);
    if (name.empty() || !text.starts_with('=')) return false;
    text.remove_prefix(1);
    const auto value = take_value(text);
    if (!value) return false;
    auto* const known = equal_ignoring_case(name, "for")     ? &element.for_
                        : equal_ignoring_case(name, "by")    ? &element.by
                        : equal_ignoring_case(name, "host")  ? &element.host
                        : equal_ignoring_case(name, "proto") ? &element.proto
                                                             : nullptr;
    if (known == nullptr) return true;
    if (!known->empty()) return false;
    *known = *value;
    return true;
}

}  // namespace

std::optional<ForwardedElement> take_forwarded(std::string_view& rest) {
    std::string_view text = rest;
    while (!text.empty() && (text.front() == ',' || text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    if (text.empty()) {
        rest = {};
        return std::nullopt;
    }
    ForwardedElement element;
    for (;;) {
        skip_space(text);
        const bool is_gap = text.empty() || text.front() == ';' || text.front() == ',';
        if (!is_gap && !take_pair(text, element)) return std::nullopt;
        skip_space(text);
        if (text.empty() || text.front() == ',') break;
        if (text.front() != ';') return std::nullopt;
        text.remove_prefix(1);
    }
    if (!text.empty()) text.remove_prefix(1);  // The comma.
    rest = text;
    return element;
}

std::optional<IpAddress> parse_node(std::string_view node) {
    if (node.starts_with('[')) {
        const auto end = node.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto port = node.substr(end + 1);
        if (!port.empty() && (port.front() != ':' || !parse_port(port.substr(1))))
            return std::nullopt;
        const auto address = parse_address(node.substr(1, end - 1));
        if (!address || node.find(':') >= end) return std::nullopt;
        return address;
    }
    const auto colon = node.find(':');
    const bool has_port = colon != std::string_view::npos && node.find(':', colon + 1) == node.npos;
    if (!has_port) return parse_address(node);
    if (!parse_port(node.substr(colon + 1))) return std::nullopt;
    return parse_address(node.substr(0, colon));
}

}  // namespace sg::gateway::proxy
