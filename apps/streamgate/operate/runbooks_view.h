// Runbooks as people see them in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string runbook_list(const Json& answer, const Screen& screen);
std::string runbook_card(const Json& runbook, const Screen& screen);

std::string run_list(const Json& answer, const Screen& screen);
std::string run_card(const Json& run, const Screen& screen);

}  // namespace sg::operate
