// Who is on call, what changes that, pages and notifications, as people see them in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string on_call(const Json& answer, const Screen& screen);
std::string shift_list(const Json& answer, const Screen& screen);
std::string override_outcome(const Json& it, const Screen& screen);
std::string page_list(const Json& answer, const Screen& screen);
std::string channel_list(const Json& answer, const Screen& screen);
std::string notification_list(const Json& answer, const Screen& screen);

}  // namespace sg::operate
