// Mitigations as people see them in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

// `approve_by` and the like: what it is at, in words.
std::string mitigation_state(const Json& mitigation, const Screen& screen);
// Whether somebody or something still has to act before it is known what came of it.
bool mitigation_settles(const Json& mitigation);

std::string mitigation_list(const Json& answer, const Screen& screen);
std::string mitigation_card(const Json& mitigation, const Screen& screen);
// `gives catalog v2 0% …: waits for approval, 14 min left` and the command that is next, of those
// that people decide about. For an incident and for the status.
std::string mitigation_lines(const Json& mitigations, const Screen& screen);

std::string switch_line(const Json& one, const Screen& screen);  // Empty: it is on.
std::string switch_outcome(const Json& one, const Screen& screen);
std::string tried_mitigation(const Json& answer, const Screen& screen);
std::string verb_list(const Json& answer, const Screen& screen);
std::string safeguard_list(const Json& answer, const Screen& screen);

}  // namespace sg::operate
