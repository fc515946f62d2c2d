// The request line. Targets may hold any visible ASCII but `#`, and `\` only in the query: browsers
// and servers disagree about that one in paths. What a path means is for the router; here nothing
// is decoded.
#include "http/h1/request_line.h"

#include <cstring>

#include "base/text.h"
#include "http/chars.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {
namespace {

constexpr std::size_t method_max = 32;

// How many characters at the front are of the class.
template <std::uint8_t wanted>
std::size_t count_of(std::string_view text) {
    const char* const begin = text.data();
    return static_cast<std::size_t>(find_not<wanted>(begin, begin + text.size(), {begin}) - begin);
}

Method method_of(std::string_view text) {
    switch (text.size()) {
        case 3:
            if (text == "GET") return Method::get;
            if (text == "PUT") return Method::put;
            break;
        case 4:
            if (text == "POST") return Method::post;
            if (text == "HEAD") return Method::head;
            break;
        case 5:
            if (text == "PATCH") return Method::patch;
            if (text == "TRACE") return Method::trace;
            break;
        case 6:
            if (text == "DELETE") return Method::delete_;
            break;
        case 7:
            if (text == "OPTIONS") return Method::options;
            if (text == "CONNECT") return Method::connect;
            break;
        default: break;
    }
    return Method::other;
}

Defect parse_version(std::string_view text, std::uint8_t& minor) {
    if (text.size() != 8 || !text.starts_with("HTTP/") || text[6] != '.' ||
        !is(text[5], char_digit) || !is(text[7], char_digit))
        return Defect::version;
    if (text[5] != '1' || text[7] > '1') return Defect::version_unsupported;
    minor = static_cast<std::uint8_t>(text[7] - '0');
    return Defect::none;
}

Defect character_defect(char c) {
    return c == '#' ? Defect::target_fragment : Defect::target_character;
}

// Every `%` begins two hexadecimal digits that do not stand for a control character.
bool is_encoded_well(std::string_view path) {
    for (std::size_t at = path.find('%'); at != path.npos; at = path.find('%', at + 3)) {
        if (path.size() - at < 3 || !is(path[at + 1], char_hex) || !is(path[at + 2], char_hex))
            return false;
        const unsigned byte = hex_value(path[at + 1]) * 16 + hex_value(path[at + 2]);
        if (byte < 0x20 || byte == 0x7f) return false;
    }
    return true;
}

// `/path?query`
Defect parse_path(std::string_view text, RequestHead& head) {
    const std::size_t at = count_of<char_path>(text);
    head.path = text.substr(0, at);
    if (!is_encoded_well(head.path)) return Defect::target_encoding;
    if (at == text.size()) return Defect::none;
    if (text[at] != '?') return character_defect(text[at]);
    head.has_query = true;
    head.query = text.substr(at + 1);
    const std::size_t good = count_of<char_query>(head.query);
    return good == head.query.size() ? Defect::none : character_defect(head.query[good]);
}

// `http://authority/path?query`
Defect parse_absolute(std::string_view target, RequestHead& head) {
    const std::size_t colon = target.find(':');
    const std::string_view scheme = target.substr(0, colon);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https"))
        return Defect::target_form;
    std::string_view rest = target.substr(colon);
    if (!rest.starts_with("://")) return Defect::target_form;
    rest.remove_prefix(3);
    const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    head.authority = rest.substr(0, authority_end);
    if (!is_authority(head.authority)) return Defect::host_invalid;
    rest.remove_prefix(authority_end);
    if (rest.starts_with('/')) return parse_path(rest, head);

    const Defect defect =
        parse_path(rest, head);  // Sets the query, and an empty path that we name.
    const bool asterisk = head.method == Method::options && rest.empty();  // RFC 9112 §3.2.4
    head.path = asterisk ? "*" : "/";
    return defect;
}

Defect parse_target(std::string_view target, RequestHead& head) {
    if (head.method == Method::connect) {
        head.authority = target;
        const std::size_t colon = target.rfind(':');
        const bool port = colon != target.npos && colon + 1 < target.size() && target.back() != ']';
        return port && is_authority(target) ? Defect::none : Defect::target_form;
    }
    if (target.starts_with('/')) return parse_path(target, head);
    if (target == "*") {
        head.path = target;
        return head.method == Method::options ? Defect::none : Defect::target_form;
    }
    if (target.find("://") == target.npos) return Defect::target_form;
    return parse_absolute(target, head);
}

bool is_ipv6_literal(std::string_view text) {  // Between the brackets. Zone ids are refused.
    if (text.size() < 2 || text.size() > 45 || text.find(':') == text.npos) return false;
    for (const char c : text)
        if (!is(c, char_hex) && c != ':' && c != '.') return false;
    return true;
}

bool is_port(std::string_view text) {  // May be empty (RFC 3986 §3.2.3).
    unsigned port = 0;
    if (text.size() > 5) return false;
    for (const char c : text) {
        if (!is(c, char_digit)) return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65535;
}

Defect parse_rest(std::string_view version, std::size_t target_max, RequestHead& head) {
    if (head.target.size() > target_max) return Defect::target_too_long;
    const Defect defect = parse_version(version, head.minor);
    return defect != Defect::none ? defect : parse_target(head.target, head);
}

}  // namespace

bool is_authority(std::string_view text) {
    if (text.empty()) return false;
    std::size_t host_end = 0;
    if (text.front() == '[') {
        const std::size_t bracket = text.find(']');
        if (bracket == text.npos || !is_ipv6_literal(text.substr(1, bracket - 1))) return false;
        host_end = bracket + 1;
    } else {
        host_end = count_of<char_host>(text);
        if (host_end == 0) return false;
    }
    if (host_end == text.size()) return true;
    return text[host_end] == ':' && is_port(text.substr(host_end + 1));
}

Defect parse_request_line(std::string_view line, std::size_t target_max, RequestHead& head) {
    const std::size_t method_end = count_of<char_token>(line);
    if (method_end == line.size()) return Defect::request_line;
    if (line[method_end] != ' ' || method_end == 0 || method_end > method_max) {
        const bool blank = line[method_end] == '\t' || method_end == 0;
        return blank ? Defect::request_line : Defect::method;
    }
    head.method_text = line.substr(0, method_end);
    head.method = method_of(head.method_text);

    const std::size_t target_end = line.rfind(' ');
    if (target_end <= method_end + 1) return Defect::request_line;  // HTTP/0.9 too.
    head.target = line.substr(method_end + 1, target_end - method_end - 1);
    const Defect defect = parse_rest(line.substr(target_end + 1), target_max, head);
    if (defect == Defect::none) return defect;
    // No target that is in order has a blank in it; in another that is what is wrong.
    const bool blank = head.target.contains(' ') || head.target.contains('\t');
    return blank ? Defect::request_line : defect;
}

}  // namespace sg::http::h1
