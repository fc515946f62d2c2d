#include "runtime/buffer.h"

#include <array>
#include <cstring>
#include <new>
#include <vector>

#include "base/check.h"

namespace sg::runtime {

namespace {

constexpr std::array<std::size_t, 3> sizes = {Buffer::small, Buffer::large, Buffer::huge};
// Bound: what a core keeps of each size for later; the rest goes back to the allocator.
constexpr std::array<std::size_t, 3> kept = {1024, 256, 32};

struct Pool {
    std::array<std::vector<char*>, sizes.size()> free;
    ~Pool() {
        for (auto& list : free)
            for (char* memory : list) ::operator delete(memory);
    }
};
thread_local Pool pool;

}  // namespace

Buffer Buffer::take(std::size_t bytes) {
    Buffer buffer;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (bytes > sizes[i]) continue;
        auto& list = pool.free[i];
        if (list.empty()) {
            buffer.memory_ = static_cast<char*>(::operator new(sizes[i]));
        } else {
            buffer.memory_ = list.back();
            list.pop_back();
        }
        buffer.capacity_ = static_cast<std::uint32_t>(sizes[i]);
        return buffer;
    }
    buffer.memory_ = static_cast<char*>(::operator new(bytes));
    buffer.capacity_ = static_cast<std::uint32_t>(bytes);
    return buffer;
}

void Buffer::release() {
    if (memory_ == nullptr) return;
    bool pooled = false;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (capacity_ != sizes[i] || pool.free[i].size() >= kept[i]) continue;
        pool.free[i].push_back(memory_);
        pooled = true;
        break;
    }
    if (!pooled) ::operator delete(memory_);
    memory_ = nullptr;
    capacity_ = begin_ = end_ = 0;
}

void Buffer::compact() {
    if (begin_ == 0) return;
    std::memmove(memory_, memory_ + begin_, size());
    end_ -= begin_;
    begin_ = 0;
}

void Buffer::append(std::string_view bytes) {
    CHECK(bytes.size() <= capacity_ - end_);
    if (bytes.empty()) return;
    std::memcpy(memory_ + end_, bytes.data(), bytes.size());
    end_ += static_cast<std::uint32_t>(bytes.size());
}

void Buffer::grow(std::size_t bytes) {
    if (bytes <= capacity_) {
        compact();
        return;
    }
    Buffer larger = take(bytes);
    larger.append(text());
    *this = std::move(larger);
}

}  // namespace sg::runtime
