// Mistakes as people see them: STYLE.md §6. Nothing from the file reaches a terminal unescaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe_read.h"

namespace sg::config {

using sg::Problem;

// In the order of the file, lengths found, columns counted in characters instead of bytes, texts
// made printable.
void put_in_order(std::vector<Problem>& problems, std::string_view text);

// `file:line:col: error: …`, the line, a caret, the hint; an empty line between two. Requires: put
// in order.
std::string render(const std::vector<Problem>& problems, std::string_view text,
                   std::string_view file_name);

}  // namespace sg::config
