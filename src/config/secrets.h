// `${file:path}` and `${env:NAME}` in any value: replaced before anything else looks at it, and
// never printed.
#pragma once

#include <string>
#include <vector>

#include "base/describe_read.h"

namespace sg::config {

inline constexpr std::size_t secret_bytes_max = 64 << 10;

// Replaces references in all values of the tree; keys are left alone. `$${file:` and `$${env:` are
// those texts themselves.
// Outside::leave looks at no file and no variable: values with references are then unknown, and not
// judged.
enum class Outside : std::uint8_t { leave, look };
void replace_secrets(Node& node, const std::string& folder, Outside outside,
                     std::vector<Problem>& problems);

// The text, such that replace_secrets gives it back.
std::string escape_secrets(std::string text);

}  // namespace sg::config
