// Out: where heads are written. A fixed piece of memory with bounds; going over is remembered, not
// an overrun.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/hex.h"

namespace sg::http {

struct Hex {
    std::uint64_t value;  // As sixteen digits.
};

class Out {
  public:
    Out(char* begin, std::size_t capacity) : begin_(begin), at_(begin), end_(begin + capacity) {}

    void put(std::string_view text) {
        if (static_cast<std::size_t>(end_ - at_) < text.size()) [[unlikely]] {
            overflow_ = true;
            return;
        }
        if (text.empty()) return;  // Its pointer may be null, which memcpy does not take.
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }
    void put(char c) {
        if (at_ == end_) [[unlikely]] {
            overflow_ = true;
            return;
        }
        *at_++ = c;
    }
    void put_number(std::uint64_t value) {
        char digits[20];
        char* first = digits + sizeof digits;
        do {
            *--first = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        put(std::string_view(first, static_cast<std::size_t>(digits + sizeof digits - first)));
    }
    // Literals, texts, characters and Hex in a row, with one look at the room that is left: all of
    // it is written, or nothing.
    template <class... Pieces>
    void put_all(const Pieces&... pieces) {
        const std::size_t size = (size_of(pieces) + ...);
        if (static_cast<std::size_t>(end_ - at_) < size) [[unlikely]] {
            overflow_ = true;
            return;
        }
        char* at = at_;  // Not the member: a char* may point anywhere, also to it.
        ((at = write(at, pieces)), ...);
        at_ = at;
    }
    void put_field(std::string_view name, std::string_view value) {
        put_all(name, ": ", value, "\r\n");
    }

    bool overflow() const {
        return overflow_;
    }  // Something did not fit: what was written is not usable.
    std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
    std::string_view text() const { return {begin_, size()}; }

  private:
    template <std::size_t n>
    static constexpr std::size_t size_of(const char (&)[n]) {
        return n - 1;  // A literal ends in a NUL.
    }
    static constexpr std::size_t size_of(std::string_view text) { return text.size(); }
    static constexpr std::size_t size_of(char) { return 1; }
    static constexpr std::size_t size_of(Hex) { return hex_size; }

    template <std::size_t n>
    static char* write(char* to, const char (&literal)[n]) {
        std::memcpy(to, literal, n - 1);
        return to + n - 1;
    }
    static char* write(char* to, std::string_view text) {
        if (text.empty()) return to;
        std::memcpy(to, text.data(), text.size());
        return to + text.size();
    }
    static char* write(char* to, char c) {
        *to = c;
        return to + 1;
    }
    static char* write(char* to, Hex hex) {
        write_hex(to, hex.value);
        return to + hex_size;
    }

    char* begin_;
    char* at_;
    char* end_;
    bool overflow_ = false;
};

}  // namespace sg::http
