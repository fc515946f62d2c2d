// What the pages look like, and the script that keeps them fresh: texts within each page, named in
// its Content-Security-Policy by their digests, so that nothing else runs there.
#pragma once

#include <string>
#include <string_view>

namespace sg::statuspage::looks {

extern const std::string_view style;
extern const std::string_view script;

std::string digest(std::string_view text);  // SHA-256 as base64.

}  // namespace sg::statuspage::looks
