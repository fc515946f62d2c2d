#include "demo/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sg::demo {

void Tally::exchange(Duration took, bool good) {
    const std::lock_guard lock(mutex_);
    counts_.took.push_back(took);
    if (!good) ++counts_.failed;
}

void Tally::playing(int change) {
    const std::lock_guard lock(mutex_);
    playing_ += change;
}

void Tally::stall() {
    const std::lock_guard lock(mutex_);
    ++counts_.stalls;
}

void Tally::event() {
    const std::lock_guard lock(mutex_);
    ++counts_.events;
}

void Tally::message() {
    const std::lock_guard lock(mutex_);
    ++counts_.messages;
}

std::string Tally::report(Duration period) {
    Counts counts;
    int playing = 0;
    {
        const std::lock_guard lock(mutex_);
        counts = std::exchange(counts_, {});
        playing = playing_;
    }
    const double seconds = std::chrono::duration<double>(period).count();
    std::string p95 = "-";
    if (!counts.took.empty()) {
        const auto rank = static_cast<std::ptrdiff_t>((counts.took.size() - 1) * 95 / 100);
        std::ranges::nth_element(counts.took, counts.took.begin() + rank);
        const auto value = counts.took[static_cast<std::size_t>(rank)];
        p95 = fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(value).count());
    }
    return fmt::format(
        "{} viewers, {} stalls · {:.1f} requests/s, {} failed, p95 {} · {:.1f} events/s · "
        "{:.1f} WebSocket messages/s",
        playing, counts.stalls, static_cast<double>(counts.took.size()) / seconds, counts.failed,
        p95, static_cast<double>(counts.events) / seconds,
        static_cast<double>(counts.messages) / seconds);
}

}  // namespace sg::demo
