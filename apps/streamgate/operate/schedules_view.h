// Changes to a schedule and what is said of it, as people see them in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string temporary_list(const Json& answer, const Screen& screen);
std::string quality_report(const Json& answer, const Screen& screen);
std::string feed_list(const Json& answer, const Screen& screen);
std::string feed_opened(const Json& answer, const Screen& screen);
std::string swap_outcome(const Json& answer, const Screen& screen);

}  // namespace sg::operate
