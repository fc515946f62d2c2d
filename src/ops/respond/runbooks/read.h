// A runbook's file → Runbook. Markdown (CommonMark's headings and fences) with a YAML head; a fence
// whose language is the kind of a step is that step: ```check pool. All mistakes at once, with
// their places. Total on any bytes.
#pragma once

#include <string_view>
#include <vector>

#include "base/describe_read.h"
#include "ops/respond/runbooks/model.h"

namespace sg::runbooks {

inline constexpr std::size_t text_bytes_max = 256 << 10;
inline constexpr std::size_t steps_max = 64;

struct Read {
    Runbook runbook;                // Complete only without problems.
    std::vector<Problem> problems;  // In the order of the file.
};

// `name`: of the file, without its ending.
Read read_runbook(std::string_view text, std::string_view name);

}  // namespace sg::runbooks
