// Memory for coroutine frames and other small objects that come and go with every request: free
// lists per core.
//
// A piece is given back on the core that took it (tasks never change cores), so there is no lock.
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace sg::runtime {

namespace detail {

inline constexpr std::size_t frame_step = 64;
inline constexpr std::size_t frame_largest = 4096;  // Larger ones are rare: to the allocator.

struct FreeFrame {
    FreeFrame* next;
};

// Without constructor and destructor, so that touching it needs no guard: this is done a dozen
// times a request. The end of the thread frees what is in it (frame_pool.cc).
struct FramePool {
    std::array<FreeFrame*, frame_largest / frame_step + 1> lists;
    std::size_t allocated;
};
extern thread_local constinit FramePool frame_pool;

void* allocate_frame(std::size_t bytes);

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SG_NO_FRAME_POOL 1  // So that a use after the end of a frame is seen.
#endif
#endif
#ifdef SG_NO_FRAME_POOL
inline constexpr std::size_t frame_pooled = 0;
#else
inline constexpr std::size_t frame_pooled = frame_largest;
#endif

}  // namespace detail

// The size is nearly always a constant: what remains is to unlink and link a piece.
inline void* take_frame(std::size_t bytes) {
    if (bytes > detail::frame_pooled) return detail::allocate_frame(bytes);
    auto& list = detail::frame_pool.lists[(bytes + detail::frame_step - 1) / detail::frame_step];
    detail::FreeFrame* const frame = list;
    if (frame == nullptr) [[unlikely]]
        return detail::allocate_frame(bytes);
    list = frame->next;
    return frame;
}

inline void give_frame(void* frame, std::size_t bytes) {
    if (bytes > detail::frame_pooled) return ::operator delete(frame);
    auto& list = detail::frame_pool.lists[(bytes + detail::frame_step - 1) / detail::frame_step];
    auto* const head = static_cast<detail::FreeFrame*>(frame);
    head->next = list;
    list = head;
}

// How often a frame had to come from the allocator since this thread began; steady once warm.
std::size_t frames_allocated();

}  // namespace sg::runtime
