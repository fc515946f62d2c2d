// A bounded queue of bytes from one worker to the log's writer: one producer, one consumer, no
// lock. When it is full the line is refused, never waited for.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/check.h"

namespace sg::gateway {

class LogRing {
  public:
    explicit LogRing(std::size_t capacity) : capacity_(capacity), bytes_(new char[capacity]) {
        CHECK((capacity & (capacity - 1)) == 0);
    }

    bool push(std::string_view line) {  // Producer.
        const auto tail = tail_.load(std::memory_order_relaxed);
        if (capacity_ - (tail - head_.load(std::memory_order_acquire)) < line.size()) return false;
        const auto at = tail & (capacity_ - 1);
        const auto before_wrap = std::min(line.size(), capacity_ - at);
        std::memcpy(bytes_.get() + at, line.data(), before_wrap);
        std::memcpy(bytes_.get(), line.data() + before_wrap, line.size() - before_wrap);
        tail_.store(tail + line.size(), std::memory_order_release);
        return true;
    }
    bool half_full() const {
        return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed) >
               capacity_ / 2;
    }

    // Consumer: all whole lines that are there, in two pieces; then give their room back.
    std::array<std::string_view, 2> peek() const {
        const auto head = head_.load(std::memory_order_relaxed);
        const auto size = tail_.load(std::memory_order_acquire) - head;
        const auto at = head & (capacity_ - 1);
        const auto before_wrap = std::min(size, capacity_ - at);
        return {std::string_view(bytes_.get() + at, before_wrap),
                std::string_view(bytes_.get(), size - before_wrap)};
    }
    void release(std::size_t size) {
        head_.store(head_.load(std::memory_order_relaxed) + size, std::memory_order_release);
    }

  private:
    const std::size_t capacity_;
    std::unique_ptr<char[]> bytes_;
    alignas(64) std::atomic<std::size_t> head_{0};
    alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace sg::gateway
