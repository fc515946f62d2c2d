#include "runtime/frame_pool.h"

#include <array>
#include <new>

namespace sg::runtime {

namespace {

constexpr std::size_t step = 64;
constexpr std::size_t largest = 4096;  // Larger frames are rare and go to the allocator.

struct Free {
    Free* next;
};

struct Pool {
    std::array<Free*, largest / step + 1> lists{};
    std::size_t allocated = 0;
    ~Pool() {
        for (Free*& list : lists) {
            while (list != nullptr) {
                Free* const next = list->next;
                ::operator delete(list);
                list = next;
            }
        }
    }
};

thread_local Pool pool;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SG_NO_FRAME_POOL 1  // So that a use after the end of a frame is seen.
#endif
#endif

}  // namespace

void* take_frame(std::size_t bytes) {
#ifndef SG_NO_FRAME_POOL
    if (bytes <= largest) {
        const std::size_t kind = (bytes + step - 1) / step;
        if (Free* const head = pool.lists[kind]; head != nullptr) {
            pool.lists[kind] = head->next;
            return head;
        }
        ++pool.allocated;
        return ::operator new(kind * step);
    }
#endif
    ++pool.allocated;
    return ::operator new(bytes);
}

void give_frame(void* frame, std::size_t bytes) {
#ifndef SG_NO_FRAME_POOL
    if (bytes <= largest) {
        const std::size_t kind = (bytes + step - 1) / step;
        auto* const head = static_cast<Free*>(frame);
        head->next = pool.lists[kind];
        pool.lists[kind] = head;
        return;
    }
#endif
    static_cast<void>(bytes);
    ::operator delete(frame);
}

std::size_t frames_allocated() { return pool.allocated; }

}  // namespace sg::runtime
