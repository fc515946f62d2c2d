#include "bench/load/idle.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <deque>

#include "base/check.h"

namespace sg::load {

namespace {

constexpr std::uint32_t opening_max = 128;  // Below any peer's accept queue.
constexpr std::uint32_t standard_input = UINT32_MAX;

class Holder {
  public:
    explicit Holder(const Plan& plan) : plan_(plan), wanted_(plan.connections) {
        epoll_event input{.events = EPOLLIN, .data = {.u32 = standard_input}};
        CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &input) == 0);
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { close(epoll_); }

    int run() {
        std::array<epoll_event, 256> events;
        while (!over_) {
            grow();
            const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) on_event(events[static_cast<std::size_t>(i)].data.u32);
        }
        return lost_ == 0 ? 0 : 1;
    }

  private:
    void grow() {
        for (; held_ + opening_ < wanted_ && opening_ < opening_max && lost_ == 0; ++opening_) {
            const auto id = static_cast<std::uint32_t>(connections_.size());
            connections_.emplace_back();
            if (!connections_[id].open(plan_.endpoint, epoll_, id)) ++lost_;
        }
        if (told_ == wanted_ || (held_ < wanted_ && lost_ == 0)) return;
        told_ = wanted_;
        fmt::print("{{\"held\":{},\"lost\":{}}}\n", held_, lost_);
        std::fflush(stdout);
    }

    void on_event(std::uint32_t id) {
        if (id == standard_input) return read_command();
        auto& connection = connections_[id];
        auto news = connection.advance(plan_.endpoint);
        if (news == Connection::News::ready) news = connection.start(plan_.request);
        if (news == Connection::News::failed || news == Connection::News::closed) ++lost_;
        if (news != Connection::News::response) return;
        const auto& response = connection.response();
        const bool right =
            response.status() == plan_.status && !response.closes() &&
            (plan_.body < 0 || response.body_length() == static_cast<std::uint64_t>(plan_.body));
        if (!right) ++lost_;
        ++held_;
        --opening_;
    }

    void read_command() {
        std::array<char, 64> line{};
        const auto got = read(STDIN_FILENO, line.data(), line.size());
        if (got <= 0) {
            over_ = true;
            return;
        }
        std::from_chars(line.data(), line.data() + got, wanted_);
    }

    const Plan& plan_;
    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    std::deque<Connection> connections_;
    std::uint32_t wanted_ = 0;
    std::uint32_t opening_ = 0;
    std::uint32_t held_ = 0;
    std::uint32_t lost_ = 0;
    std::uint32_t told_ = 0;  // The number last reported as reached.
    bool over_ = false;
};

}  // namespace

int hold_idle(const Plan& plan) { return Holder(plan).run(); }

}  // namespace sg::load
