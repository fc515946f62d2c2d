// Alerts and silences as people see them in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string alert_list(const Json& answer, const Screen& screen);
std::string alert_card(const Json& alert, const Screen& screen);
std::string alert_trial(const Json& answer, const Screen& screen);  // `alert try`
std::string silence_list(const Json& answer, const Screen& screen);
std::string silence_outcome(const Json& silence, const Screen& screen);

// The alert of this key, or whose key begins so and no other's does; null: there is none, or
// several.
const Json* find_alert(const Json& answer, std::string_view key);

}  // namespace sg::operate
