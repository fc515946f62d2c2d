#include "gateway/router/template.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sg::gateway::router {

namespace {

struct Name {
    std::string_view name;
    Variable variable;
};
constexpr Name names[] = {
    {"client.address", Variable::client_address},
    {"request.id", Variable::request_id},
    {"request.host", Variable::request_host},
    {"request.path", Variable::request_path},
};

// `0.` to `255.`, in four bytes each, so that writing one is a store.
struct Octet {
    char text[4];
};
constexpr std::array<Octet, 256> octets = [] {
    std::array<Octet, 256> table{};
    for (unsigned value = 0; value < 256; ++value) {
        std::size_t at = 0;
        const auto put = [&](unsigned digit) {
            table[value].text[at++] = static_cast<char>('0' + digit);
        };
        if (value >= 100) put(value / 100);
        if (value >= 10) put(value / 10 % 10);
        put(value % 10);
        table[value].text[at] = '.';
    }
    return table;
}();
constexpr std::size_t size_of_octet(std::uint8_t value) {
    return 2U + (value >= 10 ? 1U : 0U) + (value >= 100 ? 1U : 0U);
}

}  // namespace

Result<Template> Template::compile(std::string_view text) {
    if (!is_safe_in_line(text))
        return fail(Errc::invalid_argument, "a line break or NUL in the value",
                    "a value is one line of text");
    Template result;
    while (!text.empty()) {
        const auto at = text.find("${");
        if (at != 0) result.pieces_.push_back({Variable::none, std::string(text.substr(0, at))});
        if (at == std::string_view::npos) break;
        const auto end = text.find('}', at);
        const auto name = text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
        const auto* known = std::ranges::find(names, name, &Name::name);
        if (end == std::string_view::npos || known == std::end(names))
            return fail(Errc::invalid_argument, fmt::format("`${{{}}}` is not a variable", name),
                        "variables are ${client.address}, ${request.id}, ${request.host} and "
                        "${request.path}");
        result.pieces_.push_back({known->variable, {}});
        result.uses_ |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(known->variable));
        text.remove_prefix(end + 1);
    }
    return result;
}

void Template::surround(std::string before, std::string after) {
    if (pieces_.empty() || pieces_.front().variable != Variable::none)
        pieces_.insert(pieces_.begin(), {Variable::none, {}});
    if (pieces_.back().variable != Variable::none) pieces_.push_back({Variable::none, {}});
    pieces_.front().text.insert(0, before);
    pieces_.back().text.append(after);
}

bool Template::is_safe(const Variables& variables) const {
    if (uses(Variable::request_host) && !is_safe_in_line(variables.host)) return false;
    return !uses(Variable::request_path) || is_safe_in_line(variables.path);
}

void Template::append(http::Out& out, const Variables& variables) const {
    for (const Piece& piece : pieces_) {
        switch (piece.variable) {
            case Variable::none: out.put(piece.text); break;
            case Variable::client_address: append_address(out, variables.client); break;
            case Variable::request_id: append_id(out, variables.request_id); break;
            case Variable::request_host: out.put(variables.host); break;
            case Variable::request_path: out.put(variables.path); break;
        }
    }
}

bool is_safe_in_line(std::string_view text) {
    for (const char c : text)
        if (c == '\r' || c == '\n' || c == '\0') return false;
    return true;
}

AddressText::AddressText(const IpAddress& address) {
    static_assert(sizeof text_ >= INET6_ADDRSTRLEN && sizeof text_ >= 4 * sizeof(Octet));
    if (!address.is_v4()) {
        size_ = std::strlen(inet_ntop(AF_INET6, address.bytes.data(), text_, sizeof text_));
        return;
    }
    size_ = 0;
    for (std::size_t i = 12; i < 16; ++i) {
        const std::uint8_t octet = address.bytes[i];
        std::memcpy(text_ + size_, octets[octet].text, sizeof(Octet));
        size_ += size_of_octet(octet);
    }
    --size_;  // The last dot.
}

void append_address(http::Out& out, const IpAddress& address) {
    out.put(AddressText(address).text());
}

}  // namespace sg::gateway::router
