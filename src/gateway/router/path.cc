#include "gateway/router/path.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sg::gateway::router {

namespace {

// What a raw byte is in a path. Source: RFC 3986 §3.3 (pchar).
enum class Kind : std::uint8_t { unreserved, reserved, slash, dot, percent, to_encode, refused };

constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> table{};
    for (std::size_t c = 0; c < 256; ++c)
        table[c] = c <= 0x20 || c == 0x7F ? Kind::refused : Kind::to_encode;
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<std::uint8_t>(c)] = Kind::unreserved;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<std::uint8_t>(c)] = Kind::unreserved;
    for (char c = '0'; c <= '9'; ++c) table[static_cast<std::uint8_t>(c)] = Kind::unreserved;
    for (const char c : {'-', '_', '~'}) table[static_cast<std::uint8_t>(c)] = Kind::unreserved;
    for (const char c : {'!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=', ':', '@'})
        table[static_cast<std::uint8_t>(c)] = Kind::reserved;
    for (const char c : {'?', '#', '\\'}) table[static_cast<std::uint8_t>(c)] = Kind::refused;
    table['/'] = Kind::slash;
    table['.'] = Kind::dot;
    table['%'] = Kind::percent;
    return table;
}();

constexpr Kind kind_of(std::uint8_t byte) { return kinds[byte]; }
constexpr bool is_unreserved(std::uint8_t byte) {
    return kinds[byte] == Kind::unreserved || kinds[byte] == Kind::dot;
}

constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// One byte of the path, written plainly or as an escape.
struct Unit {
    std::uint8_t byte = 0;
    bool escaped = false;
    std::size_t length = 0;  // Of its text; 0: an escape without two hexadecimal digits.
};

Unit unit_at(std::string_view path, std::size_t at) {
    if (path[at] != '%') return {static_cast<std::uint8_t>(path[at]), false, 1};
    if (path.size() - at < 3) return {};
    const int high = hex_value(path[at + 1]);
    const int low = hex_value(path[at + 2]);
    if (high < 0 || low < 0) return {};
    return {static_cast<std::uint8_t>(high * 16 + low), true, 3};
}

// An overlong form hides an ASCII character from those who look for it. Source: RFC 3629 §3, §10.
constexpr bool is_overlong(std::uint8_t lead, std::uint8_t next) {
    if (lead == 0xC0 || lead == 0xC1) return next >= 0x80 && next <= 0xBF;
    if (lead == 0xE0) return next >= 0x80 && next <= 0x9F;
    return lead == 0xF0 && next >= 0x80 && next <= 0x8F;
}

// Looks at a path byte by byte: may it pass, and is it in normal form already?
class Inspector {
  public:
    std::string_view inspect(std::string_view path) {
        std::uint8_t before = 0;
        for (std::size_t at = 1; at < path.size();) {
            const Unit unit = unit_at(path, at);
            if (unit.length == 0) return "a percent sign without two hexadecimal digits";
            if (const auto reason = refusal(unit); !reason.empty()) return reason;
            if (is_overlong(before, unit.byte)) return "an overlong UTF-8 sequence";
            before = unit.byte;
            if (is_changed(unit, path.substr(at, unit.length))) changed_ = true;
            if (!follow_segment(unit)) return dots;
            at += unit.length;
        }
        return end_segment() ? std::string_view{} : dots;
    }
    bool changed() const { return changed_; }

  private:
    static constexpr std::string_view dots = "a dot segment in disguise";

    static std::string_view refusal(Unit unit) {
        if (unit.byte < 0x20 || unit.byte == 0x7F) return "a control character";
        if (unit.escaped || kind_of(unit.byte) != Kind::refused) return {};
        return unit.byte == '\\' ? "a backslash" : "a character that may not stand in a path";
    }

    static bool is_changed(Unit unit, std::string_view text) {
        if (!unit.escaped) return kind_of(unit.byte) == Kind::to_encode;
        return is_unreserved(unit.byte) || text[1] >= 'a' || text[2] >= 'a';
    }

    // A piece lies between separators, encoded ones included; a segment between plain slashes.
    // False: some backend that decodes more than we do, or cuts `;…` off, would see a dot segment
    // here.
    bool follow_segment(Unit unit) {
        if (unit.byte == '/' && !unit.escaped) {
            if (piece_ == Piece::empty && !joined_) changed_ = true;  // A duplicate slash.
            return end_segment();
        }
        if (unit.byte == '/' || unit.byte == '\\') {
            joined_ = true;
            return end_piece();
        }
        if (unit.byte == ';' && (piece_ == Piece::dot || piece_ == Piece::dot_dot)) return false;
        if (unit.byte != '.') piece_ = Piece::name;
        else if (piece_ == Piece::empty) piece_ = Piece::dot;
        else if (piece_ == Piece::dot) piece_ = Piece::dot_dot;
        else piece_ = Piece::name;
        return true;
    }

    bool end_piece() {
        const bool is_dots = piece_ == Piece::dot || piece_ == Piece::dot_dot;
        piece_ = Piece::empty;
        if (is_dots) changed_ = true;
        return !is_dots || !joined_;
    }

    bool end_segment() {
        const bool good = end_piece();
        joined_ = false;
        return good;
    }

    enum class Piece : std::uint8_t { empty, dot, dot_dot, name };
    Piece piece_ = Piece::empty;
    bool joined_ = false;  // The segment holds an encoded separator.
    bool changed_ = false;
};

void append_unit(std::string& out, Unit unit) {
    constexpr char digits[] = "0123456789ABCDEF";
    const bool plain =
        unit.escaped ? is_unreserved(unit.byte) : kind_of(unit.byte) != Kind::to_encode;
    if (plain) {
        out.push_back(static_cast<char>(unit.byte));
        return;
    }
    out.push_back('%');
    out.push_back(digits[unit.byte >> 4]);
    out.push_back(digits[unit.byte & 15]);
}

// Removes the segment that begins at `from` if it is a dot segment, and what `..` takes back. Going
// above the root stays at the root (RFC 3986 §5.2.4). True if the segment stays.
bool settle_segment(std::string& out, std::size_t from) {
    const auto segment = std::string_view(out).substr(from);
    if (segment.empty()) return false;
    if (segment == ".") {
        out.resize(from);
        return false;
    }
    if (segment != "..") return true;
    out.resize(from);
    if (from > 1) out.resize(out.rfind('/', from - 2) + 1);
    return false;
}

// Requires: an inspection that refused nothing.
void write_normal_form(std::string_view path, std::string& out) {
    out.assign(1, '/');
    std::size_t segment = 1;
    for (std::size_t at = 1; at < path.size();) {
        const Unit unit = unit_at(path, at);
        at += unit.length;
        if (unit.byte != '/' || unit.escaped) {
            append_unit(out, unit);
            continue;
        }
        if (settle_segment(out, segment)) out.push_back('/');
        segment = out.size();
    }
    settle_segment(out, segment);
}

// Nothing but plain characters and single slashes, no segment beginning with a dot: nearly every
// request.
bool is_plainly_normal(std::string_view path) {
    bool after_slash = true;
    for (const char c : path.substr(1)) {
        const Kind kind = kind_of(static_cast<std::uint8_t>(c));
        if (kind <= Kind::reserved) {
            after_slash = false;
            continue;
        }
        if (kind > Kind::dot || after_slash) return false;
        after_slash = kind == Kind::slash;
    }
    return true;
}

}  // namespace

PathResult normalize_path(std::string_view path, std::string& scratch) {
    if (path.empty()) return {"/", true, {}};  // `GET http://host HTTP/1.1`: RFC 9110 §4.2.3.
    if (path == "*") return {path, true, {}};  // `OPTIONS *`
    if (path.front() != '/') return {path, false, "a path that does not begin with a slash"};
    if (is_plainly_normal(path)) return {path, true, {}};

    Inspector inspector;
    if (const auto reason = inspector.inspect(path); !reason.empty()) return {path, false, reason};
    if (!inspector.changed()) return {path, true, {}};
    write_normal_form(path, scratch);
    return {scratch, true, {}};
}

}  // namespace sg::gateway::router
