#include "runtime/buffer.h"

#include <array>
#include <cstring>
#include <new>

#include "base/check.h"

namespace sg::runtime {

namespace {

constexpr std::array<std::size_t, 3> sizes = {Buffer::small, Buffer::large, Buffer::huge};
// Bound: what a core keeps of each size for later; the rest goes back to the allocator.
constexpr std::array<std::size_t, 3> kept = {1024, 256, 32};

// Free pieces are linked through their first bytes. No constructor and no destructor, so that
// touching the pool needs no guard.
struct Piece {
    Piece* next;
};
struct Shelf {
    Piece* first;
    std::size_t count;
};
constinit thread_local std::array<Shelf, sizes.size()> shelves{};

struct AtThreadEnd {
    bool armed = false;
    ~AtThreadEnd() {
        for (Shelf& shelf : shelves) {
            while (shelf.first != nullptr)
                ::operator delete(std::exchange(shelf.first, shelf.first->next));
        }
    }
};
thread_local AtThreadEnd at_thread_end;

std::size_t kind_of(std::size_t bytes) {  // sizes.size(): none.
    if (bytes <= Buffer::small) return 0;
    if (bytes <= Buffer::large) return 1;
    return bytes <= Buffer::huge ? 2 : 3;
}

char* allocate(std::size_t bytes) {
    at_thread_end.armed = true;  // Touched: its destructor will run.
    return static_cast<char*>(::operator new(bytes));
}

}  // namespace

Buffer Buffer::take(std::size_t bytes) {
    Buffer buffer;
    const std::size_t kind = kind_of(bytes);
    const std::size_t capacity = kind < sizes.size() ? sizes[kind] : bytes;
    buffer.capacity_ = static_cast<std::uint32_t>(capacity);
    if (kind < sizes.size() && shelves[kind].first != nullptr) {
        Shelf& shelf = shelves[kind];
        Piece* const piece = shelf.first;
        shelf.first = piece->next;
        --shelf.count;
        buffer.memory_ = reinterpret_cast<char*>(piece);
    } else {
        buffer.memory_ = allocate(capacity);
    }
    return buffer;
}

void Buffer::give_back() {
    const std::size_t kind = kind_of(capacity_);
    if (kind < sizes.size() && capacity_ == sizes[kind] && shelves[kind].count < kept[kind]) {
        Shelf& shelf = shelves[kind];
        shelf.first = ::new (static_cast<void*>(memory_)) Piece{shelf.first};
        ++shelf.count;
    } else {
        ::operator delete(memory_);
    }
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
