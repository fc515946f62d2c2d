// IMF-fixdate, the only form of date that we write: `Mon, 23 Nov 2026 06:22:31 GMT` (RFC 9110
// §5.6.7).
#pragma once

#include <array>
#include <string_view>

#include "base/time.h"

namespace sg::http {

// The date of a second, kept until the next one. One per worker: not to be shared.
class DateCache {
  public:
    std::string_view at(Instant now);  // Valid until the next call.

  private:
    static constexpr std::size_t size = 29;
    std::int64_t second_ = INT64_MIN;
    std::array<char, size> text_{};
};

}  // namespace sg::http
