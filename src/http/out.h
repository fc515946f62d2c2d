// Out: where heads are written. A fixed piece of memory with bounds; going over is remembered, not
// an overrun.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sg::http {

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
    void put_field(std::string_view name, std::string_view value) {
        put(name);
        put(": ");
        put(value);
        put("\r\n");
    }

    bool overflow() const {
        return overflow_;
    }  // Something did not fit: what was written is not usable.
    std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
    std::string_view text() const { return {begin_, size()}; }

  private:
    char* begin_;
    char* at_;
    char* end_;
    bool overflow_ = false;
};

}  // namespace sg::http
