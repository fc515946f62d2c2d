// Buffers for bytes on their way: pooled per core, taken when bytes arrive, given back when there
// are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace sg::runtime {

class Buffer {
  public:
    static constexpr std::size_t small = 16 * 1024;
    static constexpr std::size_t large = 64 * 1024;
    static constexpr std::size_t huge = 256 * 1024;

    Buffer() = default;  // Holds nothing.
    Buffer(Buffer&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)),
          begin_(std::exchange(other.begin_, 0)),
          end_(std::exchange(other.end_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        if (this != &other) {
            release();
            memory_ = std::exchange(other.memory_, nullptr);
            capacity_ = std::exchange(other.capacity_, 0);
            begin_ = std::exchange(other.begin_, 0);
            end_ = std::exchange(other.end_, 0);
        }
        return *this;
    }
    ~Buffer() { release(); }

    // At least `bytes`, from the pool if it is one of the sizes above or less.
    static Buffer take(std::size_t bytes);
    void release() {
        if (memory_ != nullptr) give_back();
    }

    explicit operator bool() const { return memory_ != nullptr; }
    std::size_t capacity() const { return capacity_; }
    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }
    char* data() { return memory_ + begin_; }
    std::string_view text() const { return {memory_ + begin_, size()}; }
    std::span<char> room() { return {memory_ + end_, capacity_ - end_}; }

    void filled(std::size_t bytes) { end_ += static_cast<std::uint32_t>(bytes); }
    void consume(std::size_t bytes) {
        begin_ += static_cast<std::uint32_t>(bytes);
        if (begin_ == end_) begin_ = end_ = 0;
    }
    void clear() { begin_ = end_ = 0; }
    void compact();                       // Moves what is left to the front.
    void append(std::string_view bytes);  // Requires: fits into room().
    void grow(std::size_t bytes);         // To at least this capacity, keeping the bytes.

  private:
    void give_back();

    char* memory_ = nullptr;
    std::uint32_t capacity_ = 0;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
};

}  // namespace sg::runtime
