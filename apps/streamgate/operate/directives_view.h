// What a running gateway was told to do, as people see it.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

// What a directive does: `catalog: 60 % of requests are answered 503`
std::string said(const Json& directive);

// `directive`: as it went out; it has been taken.
std::string directive_taken(const Json& directive);
std::string directive_list(const Json& answer, const Screen& screen);

}  // namespace sg::operate
