#include "runtime/frame_pool.h"

namespace sg::runtime {

namespace detail {

thread_local constinit FramePool frame_pool{};

namespace {

struct AtThreadEnd {
    bool armed = false;
    ~AtThreadEnd() {
        for (FreeFrame*& list : frame_pool.lists) {
            while (list != nullptr) {
                FreeFrame* const next = list->next;
                ::operator delete(list);
                list = next;
            }
        }
    }
};
thread_local AtThreadEnd at_thread_end;

}  // namespace

void* allocate_frame(std::size_t bytes) {
    at_thread_end.armed = true;  // Touched: its destructor will run.
    ++frame_pool.allocated;
    if (bytes > frame_pooled) return ::operator new(bytes);
    return ::operator new((bytes + frame_step - 1) / frame_step * frame_step);
}

}  // namespace detail

std::size_t frames_allocated() { return detail::frame_pool.allocated; }

}  // namespace sg::runtime
