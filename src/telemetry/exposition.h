// Writes the Prometheus text format 0.0.4: families with help and type, samples with labels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "telemetry/bounds.h"

namespace sg::telemetry {

// `a="x",b="y"`, values escaped. A label with an empty value is the same as none, so it is left
// out.
class Labels {
  public:
    Labels& add(std::string_view name, std::string_view value);
    Labels& add(std::string_view name, std::uint64_t value);
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

class Exposition {
  public:
    enum class Type : std::uint8_t { counter, gauge, histogram, summary };

    // What follows until the next call belongs to this family. Without samples nothing is written.
    void family(std::string_view name, Type type, std::string_view help);

    void sample(const Labels& labels, std::uint64_t value);
    void sample(const Labels& labels, std::int64_t value);
    void sample_seconds(const Labels& labels, std::uint64_t ns);  // Exact: nine decimals.
    void sample(const Labels& labels, const BoundedHistogram& histogram);
    void sample_sum(const Labels& labels, std::uint64_t sum, std::uint64_t count);

    std::string take() { return std::move(out_); }

  private:
    void line(std::string_view suffix, std::string_view labels, std::string_view le,
              std::string_view value);

    std::string out_;
    std::string name_;
    std::string head_;  // HELP and TYPE, until the first sample.
};

}  // namespace sg::telemetry
