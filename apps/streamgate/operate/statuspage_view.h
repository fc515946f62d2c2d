// The status page, as those who write on it see it in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string status_page(const Json& answer, const Screen& screen);

std::string subscribers(const Json& answer, const Screen& screen);

}  // namespace sg::operate
