// A line of the access log as a story for a person at 3 a.m.: what was asked, where it went, how it
// ended, whose doing that was, and what to look at next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/telemetry/log_search.h"

namespace sg::gateway {

Result<std::string> tell_story(const LogHit& hit);
Result<std::string> story_json(
    const LogHit& hit);  // The same for programs: the line and what its ending means.

std::string list_hits(const LogSearch& found);  // One line each, for choosing.

// Where it was looked for, and why it may be missing. `sample`: of requests that ended well, of
// one.
std::string tell_missing(const LogSearch& found, std::string_view prefix, double sample);

}  // namespace sg::gateway
