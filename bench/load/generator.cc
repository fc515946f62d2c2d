#include "bench/load/generator.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "base/check.h"
#include "base/time.h"

namespace sg::load {

namespace {

constexpr std::int64_t reopen_after_ns =
    1'000'000;  // A dead peer must not turn this into a busy loop.

std::int64_t now_ns() { return steady_now().ns; }

}  // namespace

std::string Report::json() const {
    const auto us = [](double ns) { return ns / 1e3; };
    const auto at = [&](double share) {
        return us(static_cast<double>(latency.quantile_ns(share)));
    };
    const auto counts = fmt::format(
        R"("requests":{},"errors":{},"wrong":{},"unfinished":{},"seconds":{:.4f},"bytes":{})",
        requests, errors, wrong, unfinished, seconds, bytes);
    const auto times = fmt::format(
        R"("mean_us":{:.1f},"p50_us":{:.1f},"p90_us":{:.1f},"p99_us":{:.1f},"p999_us":{:.1f})",
        us(latency.mean_ns()), at(0.5), at(0.9), at(0.99), at(0.999));
    const auto cpu = fmt::format(
        R"("watched_cpu_ns":{},"watched_user_ticks":{},"watched_system_ticks":{},"own_cpu_ns":{})",
        watched.total_ns, watched.user_ticks, watched.system_ticks, own_cpu_ns);
    const auto rate = seconds > 0 ? static_cast<double>(requests) / seconds : 0;
    return fmt::format(R"({{{},"rps":{:.1f},{},"max_us":{:.1f},{}}})", counts, rate, times,
                       us(static_cast<double>(latency.max_ns())), cpu);
}

Generator::Generator(const Plan& plan) : plan_(plan), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    CHECK(epoll_ >= 0);
    prctl(PR_SET_TIMERSLACK,
          1);  // Due means due: the default slack of 50 us would be read as latency.
}

Generator::~Generator() {
    connections_.clear();
    close(epoll_);
}

Report Generator::run() {
    for (std::uint32_t id = 0; id < plan_.connections; ++id) {
        connections_.emplace_back();
        open(id);
    }
    auto now = now_ns();
    schedule_start_ = now;
    window_start_ = now + plan_.warmup_ns;
    end_ = window_start_ + plan_.window_ns;
    while (now < end_) {
        if (!counting_ && now >= window_start_) begin_window(now);
        if (!broken_.empty() && now >= reopen_at_) reopen_broken(now);
        if (plan_.mode == Mode::rate) fire_due(now);
        wait(now);
        now = now_ns();
    }
    end_window(now);
    return report_;
}

void Generator::begin_window(std::int64_t now) {
    report_ = Report{};
    report_.watched = cpu_time_of(plan_.watch);
    report_.own_cpu_ns = own_cpu_ns();
    window_start_ = now;
    end_ = now + plan_.window_ns;
    counting_ = true;
}

void Generator::end_window(std::int64_t now) {
    const auto cpu = cpu_time_of(plan_.watch);
    report_.watched.total_ns = cpu.total_ns - report_.watched.total_ns;
    report_.watched.user_ticks = cpu.user_ticks - report_.watched.user_ticks;
    report_.watched.system_ticks = cpu.system_ticks - report_.watched.system_ticks;
    report_.own_cpu_ns = own_cpu_ns() - report_.own_cpu_ns;
    report_.seconds = static_cast<double>(now - window_start_) / 1e9;
    if (plan_.mode != Mode::rate) return;
    const auto unfinished = [&](std::int64_t since) {
        if (since < window_start_) return;
        ++report_.unfinished;
        report_.latency.add(now - since);
    };
    std::ranges::for_each(backlog_, unfinished);
    for (const auto& connection : connections_)
        if (connection.state() == Connection::State::busy) unfinished(connection.began_ns);
}

void Generator::wait(std::int64_t now) {
    auto until = counting_ ? end_ : window_start_;
    if (!broken_.empty()) until = std::min(until, reopen_at_);
    if (plan_.mode == Mode::rate) {
        const auto step = 1e9 / plan_.per_second;
        const std::int64_t due = std::llround(static_cast<double>(scheduled_) * step);
        until = std::min(until, schedule_start_ + due);
    }
    const auto left = std::max<std::int64_t>(until - now, 0);
    const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
    std::array<epoll_event, 256> events;
    const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
        const auto id = events[static_cast<std::size_t>(i)].data.u32;
        on_news(id, connections_[id].advance(plan_.endpoint));
    }
}

void Generator::on_news(std::uint32_t id, Connection::News news) {
    switch (news) {
        case Connection::News::none: return;
        case Connection::News::ready: return on_ready(id);
        case Connection::News::response: return on_response(id);
        case Connection::News::closed: return on_lost(id);
        case Connection::News::failed: {
            if (counting_) ++report_.errors;
            return on_lost(id);
        }
    }
}

void Generator::open(std::uint32_t id) {
    auto& connection = connections_[id];
    connection.began_ns = now_ns();
    if (!connection.open(plan_.endpoint, epoll_, id)) on_news(id, Connection::News::failed);
}

void Generator::on_ready(std::uint32_t id) {
    if (plan_.mode == Mode::handshakes) return begin(id, connections_[id].began_ns);
    if (plan_.mode != Mode::rate) return begin(id, now_ns());
    if (backlog_.empty()) return free_.push_back(id);
    const auto since = backlog_.front();
    backlog_.pop_front();
    begin(id, since);
}

void Generator::begin(std::uint32_t id, std::int64_t since) {
    connections_[id].began_ns = since;
    on_news(id, connections_[id].start(plan_.request));
}

// An exchange belongs to the window in which it began; in closed loops, in which it ended.
bool Generator::counts(const Connection& connection) const {
    return counting_ && (plan_.mode != Mode::rate || connection.began_ns >= window_start_);
}

void Generator::on_response(std::uint32_t id) {
    const auto& connection = connections_[id];
    const auto& response = connection.response();
    if (counts(connection)) {
        const bool right_length =
            plan_.body < 0 || response.body_length() == static_cast<std::uint64_t>(plan_.body);
        ++(response.status() == plan_.status && right_length ? report_.requests : report_.wrong);
        report_.bytes += response.body_length();
        report_.latency.add(now_ns() - connection.began_ns);
    }
    if (plan_.mode == Mode::handshakes) connections_[id].close();
    if (connection.state() == Connection::State::closed) open(id);
    else on_ready(id);
}

void Generator::on_lost(std::uint32_t id) {
    std::erase(free_, id);
    if (broken_.empty()) reopen_at_ = now_ns() + reopen_after_ns;
    broken_.push_back(id);
}

void Generator::reopen_broken(std::int64_t now) {
    const auto broken = std::exchange(broken_, {});
    reopen_at_ = now + reopen_after_ns;
    for (const auto id : broken) open(id);
}

void Generator::fire_due(std::int64_t now) {
    const auto due = static_cast<std::uint64_t>(static_cast<double>(now - schedule_start_) *
                                                plan_.per_second / 1e9) +
                     1;
    for (; scheduled_ < due; ++scheduled_) {  // Bound: the time since the last call.
        const auto since = schedule_start_ +
                           std::llround(static_cast<double>(scheduled_) * 1e9 / plan_.per_second);
        if (free_.empty()) {
            backlog_.push_back(since);
            continue;
        }
        const auto id = free_.back();
        free_.pop_back();
        begin(id, since);
    }
}

}  // namespace sg::load
