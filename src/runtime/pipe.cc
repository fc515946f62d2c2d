#include "runtime/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "runtime/stream.h"

namespace sg::runtime {

namespace {

struct Ends {
    UniqueFd read;
    UniqueFd write;
};
// Bound: pipes that a core keeps for later; each is two descriptors.
constexpr std::size_t kept = 64;
thread_local std::vector<Ends> spare;

std::ptrdiff_t answer_of(ssize_t n) {
    if (n >= 0) return n;
    return errno == EAGAIN ? Stream::would_block : Stream::failed;
}

}  // namespace

Pipe Pipe::take() {
    Pipe pipe;
    if (!spare.empty()) {
        pipe.read_ = std::move(spare.back().read);
        pipe.write_ = std::move(spare.back().write);
        spare.pop_back();
        return pipe;
    }
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return pipe;
    pipe.read_ = UniqueFd(ends[0]);
    pipe.write_ = UniqueFd(ends[1]);
    ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(capacity));  // Smaller works too.
    return pipe;
}

Pipe::~Pipe() {
    if (!read_ || held_ != 0 || spare.size() >= kept) return;
    spare.push_back({std::move(read_), std::move(write_)});
}

std::ptrdiff_t Pipe::fill_from(int socket, std::size_t most) {
    for (;;) {
        const ssize_t n = ::splice(socket, nullptr, write_.get(), nullptr, most,
                                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n < 0 && errno == EINTR) continue;
        if (n > 0) held_ += static_cast<std::size_t>(n);
        return answer_of(n);
    }
}

std::ptrdiff_t Pipe::empty_into(int socket, Rest rest) {
    const unsigned more = rest == Rest::follows ? SPLICE_F_MORE : 0U;
    for (;;) {
        const ssize_t n = ::splice(read_.get(), nullptr, socket, nullptr, held_,
                                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK | more);
        if (n < 0 && errno == EINTR) continue;
        if (n > 0) held_ -= static_cast<std::size_t>(n);
        return answer_of(n);
    }
}

}  // namespace sg::runtime
