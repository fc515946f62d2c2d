// Memory for coroutine frames and other small objects that come and go with every request: free
// lists per core.
//
// A piece is given back on the core that took it (tasks never change cores), so there is no lock.
#pragma once

#include <cstddef>

namespace sg::runtime {

void* take_frame(std::size_t bytes);
void give_frame(void* frame, std::size_t bytes);

// How often a frame had to come from the allocator since this thread began; steady once warm.
std::size_t frames_allocated();

}  // namespace sg::runtime
