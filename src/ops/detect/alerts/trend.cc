#include "ops/detect/alerts/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sg::alerts {

namespace {

constexpr std::size_t samples_least = 10;
constexpr std::size_t samples_most = 120;
constexpr Duration span_least = 30min;

double seconds_between(Instant a, Instant b) {
    return std::chrono::duration<double>(b - a).count();
}

std::vector<Sample> picked(std::span<const Sample> samples) {
    if (samples.size() <= samples_most) return {samples.begin(), samples.end()};
    std::vector<Sample> some;
    for (std::size_t i = 0; i < samples_most; ++i)
        some.push_back(samples[i * (samples.size() - 1) / (samples_most - 1)]);
    return some;
}

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

std::optional<double> slope_of(std::span<const Sample> samples) {
    if (samples.size() < samples_least) return std::nullopt;
    const auto some = picked(samples);
    std::vector<double> slopes;
    for (std::size_t i = 0; i < some.size(); ++i)
        for (std::size_t j = i + 1; j < some.size(); ++j)
            if (some[j].at > some[i].at)
                slopes.push_back((some[j].value - some[i].value) /
                                 seconds_between(some[i].at, some[j].at));
    if (slopes.empty()) return std::nullopt;
    return median(slopes);
}

std::optional<Duration> full_in(std::span<const Sample> samples, double full) {
    const auto slope = slope_of(samples);
    if (!slope || *slope <= 0) return std::nullopt;
    const Duration span = samples.back().at - samples.front().at;
    if (span < span_least) return std::nullopt;

    const auto some = picked(samples);
    const Instant now = some.back().at;
    std::vector<double> levels;  // What each sample says of now, along the line.
    for (const Sample& sample : some)
        levels.push_back(sample.value + *slope * seconds_between(sample.at, now));
    const double level = median(levels);
    std::vector<double> errors;
    for (const double one : levels) errors.push_back(std::abs(one - level));
    if (median(errors) > *slope * std::chrono::duration<double>(span).count() / 4)
        return std::nullopt;
    if (level >= full) return Duration{0};
    const double seconds = (full - level) / *slope;
    constexpr double year = 365 * 86'400.0;
    if (seconds > year) return std::nullopt;
    return Duration{static_cast<std::int64_t>(seconds * 1e9)};
}

}  // namespace sg::alerts
