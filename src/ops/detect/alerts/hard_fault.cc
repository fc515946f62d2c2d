#include "ops/detect/alerts/hard_fault.h"

#include <algorithm>
#include <cmath>

namespace sg::alerts {

namespace {

constexpr std::size_t window_most = 5;
constexpr double busy_rate = 90;  // A steady 100 a second is rarely less over ten seconds.

// Fewer than this of `requests` would be seen once in a thousand seconds at the threshold itself.
double fewest_at(double threshold, double requests) {
    return requests * threshold - 3.1 * std::sqrt(requests * threshold * (1 - threshold));
}

// How surely the share of failures is not an ordinary `usual`: the exponent of Chernoff's bound.
// Source: Hoeffding 1963, theorem 1.
double surprise(double failures, double requests, double usual) {
    const double seen = failures / requests;
    if (seen <= usual) return 0;
    if (seen >= 1) return requests * -std::log(usual);
    return requests *
           (seen * std::log(seen / usual) + (1 - seen) * std::log((1 - seen) / (1 - usual)));
}

constexpr double surprise_least = 11.5;  // One in 100,000 looks, at ten times the usual share.

bool is_bad(const SecondCount& second, double threshold) {
    return second.failed > 0 && static_cast<double>(second.failed) >=
                                    threshold / 4 * static_cast<double>(second.requests);
}

struct Window {
    std::int64_t requests = 0;
    std::int64_t failures = 0;
    int bad_seconds = 0;
};

// Whether no single burst can be all there is.
bool is_more_than_a_burst(const Window& window, double threshold, bool is_busy) {
    if (!is_busy) return window.bad_seconds >= static_cast<int>(window_most);
    const bool is_total = threshold >= 0.5;
    return window.bad_seconds >= 3 || (is_total && window.failures > burst_most);
}

bool is_fault(const Window& window, double threshold, bool is_busy) {
    const auto requests = static_cast<double>(window.requests);
    const auto failures = static_cast<double>(window.failures);
    return failures >= fewest_at(threshold, requests) &&
           surprise(failures, requests, threshold / 10) >= surprise_least &&
           is_more_than_a_burst(window, threshold, is_busy);
}

}  // namespace

std::optional<HardFaultFinding> find_hard_fault(std::span<const SecondCount> recent,
                                                const config::HardFault& fault) {
    recent = recent.last(std::min(recent.size(), hard_fault_seconds));
    if (recent.empty() || recent.back().failed == 0) return std::nullopt;
    double requests = 0;
    for (const auto& second : recent) requests += static_cast<double>(second.requests);
    const bool is_busy = requests >= busy_rate * static_cast<double>(recent.size());

    std::optional<HardFaultFinding> found;
    Window windows[2];  // Of the two thresholds: they see different seconds as bad.
    const std::pair<double, config::Severity> thresholds[] = {
        {fault.sev1.of_one, config::Severity::sev1}, {fault.sev2.of_one, config::Severity::sev2}};
    for (std::size_t i = 0; i < std::min(recent.size(), window_most); ++i) {
        const SecondCount& second = recent[recent.size() - 1 - i];
        for (std::size_t t = 0; t < 2; ++t) {
            const auto [threshold, severity] = thresholds[t];
            Window& window = windows[t];
            window.requests += second.requests;
            window.failures += second.failed;
            window.bad_seconds += is_bad(second, threshold) ? 1 : 0;
            if (window.failures < fault.failures_least || window.requests < fault.requests_least ||
                !is_fault(window, threshold, is_busy))
                continue;
            if (!found || severity < found->severity)
                found = {severity, window.requests, window.failures, 0};
        }
    }
    if (!found) return std::nullopt;
    for (auto second = recent.rbegin();
         second != recent.rend() && is_bad(*second, fault.sev2.of_one); ++second)
        ++found->bad_seconds;
    return found;
}

bool is_fault_still_there(std::span<const SecondCount> recent, const config::HardFault& fault) {
    recent = recent.last(std::min(recent.size(), window_most));
    Window window;
    for (const auto& second : recent) {
        window.requests += second.requests;
        window.failures += second.failed;
    }
    return window.failures > 0 && static_cast<double>(window.failures) >=
                                      fault.sev2.of_one / 2 * static_cast<double>(window.requests);
}

}  // namespace sg::alerts
