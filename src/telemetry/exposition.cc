#include "telemetry/exposition.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sg::telemetry {

namespace {

std::string seconds(std::uint64_t ns) {
    return fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
}

constexpr std::string_view type_names[] = {"counter", "gauge", "histogram", "summary"};

}  // namespace

Labels& Labels::add(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    if (!text_.empty()) text_ += ',';
    text_ += name;
    text_ += "=\"";
    while (!value.empty()) {
        const auto length = utf8_length(value);
        const char c = value.front();
        if (c == '\\') text_ += "\\\\";
        else if (c == '"') text_ += "\\\"";
        else if (c == '\n') text_ += "\\n";
        else if (length == 0)
            text_ += '?';  // One bad byte would make Prometheus refuse the whole scrape.
        else text_ += value.substr(0, length);
        value.remove_prefix(std::max<std::size_t>(length, 1));
    }
    text_ += '"';
    return *this;
}

Labels& Labels::add(std::string_view name, std::uint64_t value) {
    return add(name, std::to_string(value));
}

void Exposition::family(std::string_view name, Type type, std::string_view help) {
    name_ = name;
    head_ = fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                        type_names[static_cast<std::size_t>(type)]);
}

void Exposition::line(std::string_view suffix, std::string_view labels, std::string_view le,
                      std::string_view value) {
    out_ += head_;
    head_.clear();
    out_ += name_;
    out_ += suffix;
    if (!labels.empty() || !le.empty()) {
        out_ += '{';
        out_ += labels;
        if (!le.empty()) {
            if (!labels.empty()) out_ += ',';
            out_ += "le=\"";
            out_ += le;
            out_ += '"';
        }
        out_ += '}';
    }
    out_ += ' ';
    out_ += value;
    out_ += '\n';
}

void Exposition::sample(const Labels& labels, std::uint64_t value) {
    line("", labels.text(), "", std::to_string(value));
}

void Exposition::sample(const Labels& labels, std::int64_t value) {
    line("", labels.text(), "", std::to_string(value));
}

void Exposition::sample_seconds(const Labels& labels, std::uint64_t ns) {
    line("", labels.text(), "", seconds(ns));
}

void Exposition::sample(const Labels& labels, const BoundedHistogram& histogram) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bound_count; ++i) {
        below += histogram.counts[i];
        line("_bucket", labels.text(), bounds[i].seconds, std::to_string(below));
    }
    below += histogram.counts[bound_count];
    line("_bucket", labels.text(), "+Inf", std::to_string(below));
    line("_sum", labels.text(), "", seconds(histogram.sum_ns));
    line("_count", labels.text(), "", std::to_string(below));
}

void Exposition::sample_sum(const Labels& labels, std::uint64_t sum, std::uint64_t count) {
    line("_sum", labels.text(), "", std::to_string(sum));
    line("_count", labels.text(), "", std::to_string(count));
}

}  // namespace sg::telemetry
