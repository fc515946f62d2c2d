// Which alerts are meant: `service=catalog`, `severity=~"sev1|sev2"`. Source: Alertmanager's
// matchers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ops/detect/alerts/model.h"

namespace re2 {
class RE2;
}

namespace sg::alerts {

class Matcher {
  public:
    enum class Is : std::uint8_t { equal, not_equal, like, not_like };

    // Regular expressions are RE2's and must match the whole value. Quotes are optional.
    static Result<Matcher> parse(std::string_view text);

    // A label that is missing has an empty value.
    bool matches(const Labels& labels) const;
    std::string text() const;  // In the form with quotes.

  private:
    std::string name_;
    Is is_ = Is::equal;
    std::string value_;
    std::shared_ptr<const re2::RE2> pattern_;
};

Result<std::vector<Matcher>> parse_matchers(std::span<const std::string> texts);
bool matches_all(std::span<const Matcher> matchers, const Labels& labels);

}  // namespace sg::alerts
