// Log lines of a service, grouped: lines that differ only in numbers, ids, addresses and times are
// one kind of line. Pure. What is shown holds no control character and no secret.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sg::platform::local {

// What is left of a line when what changes from one to the next is taken out: `<n>`, `<id>`,
// `<ip>`, `<time>`, `<text>`. Bound: template_most bytes.
inline constexpr std::size_t template_most = 200;
std::string template_of(std::string_view line);

// Whether it tells of a failure: by its level where it says one, else by its words.
bool is_error(std::string_view line);

// The moment a line begins with, or says as `time` or `ts`; 0: it says none.
Instant moment_of(std::string_view line);

struct LogGroup {
    std::string shape;   // The template.
    std::string sample;  // The newest line, whole up to sample_most.
    std::string from;    // Where that one stands: `v1.2`
    std::uint64_t count = 0;
    Instant first, last;          // By the lines; 0: they say no time.
    std::uint64_t newest_at = 0;  // Its place among all lines that were added.
};

class LogGroups {
  public:
    static constexpr std::size_t groups_most = 500;  // Bound: further kinds are counted together.
    static constexpr std::size_t sample_most = 1000;

    void add(std::string_view line, std::string_view from);  // Oldest first.

    std::uint64_t lines() const { return lines_; }
    std::uint64_t errors() const { return errors_; }
    // Newest first: by time where the lines say one, else by their place.
    std::vector<LogGroup> newest() const;

  private:
    std::map<std::string, LogGroup> groups_;
    std::uint64_t lines_ = 0;
    std::uint64_t errors_ = 0;
};

}  // namespace sg::platform::local
