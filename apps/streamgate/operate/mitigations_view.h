// Mitigations as people see them in a terminal.
#pragma once

#include <string>
#include <vector>

#include "operate/text.h"

namespace sg::operate {

// `approve_by` and the like: what it is at, in words.
std::string mitigation_state(const Json& mitigation, const Screen& screen);
// Whether somebody or something still has to act before it is known what came of it.
bool mitigation_settles(const Json& mitigation);

std::string mitigation_list(const Json& answer, const Screen& screen);
std::string mitigation_card(const Json& mitigation, const Screen& screen);
// `17 give catalog v2 0% of the traffic: waits for approval, 14 min left · streamgate mitigate
// approve 17`, of those that are proposed, under way or in force. For an incident and the status.
struct MitigationLine {
    std::string name;  // `proposed`, while it waits for somebody; else `mitigation`.
    std::string text;
};
std::vector<MitigationLine> mitigation_lines(const Json& mitigations, const Screen& screen);

// Who switched it off, why and since when, and how it is put on. Empty: it is on.
std::string switch_text(const Json& one, const Screen& screen);
std::string switch_line(const Json& one, const Screen& screen);  // Empty: it is on.
std::string switch_outcome(const Json& one, const Screen& screen);
std::string tried_mitigation(const Json& answer, const Screen& screen);
std::string verb_list(const Json& answer, const Screen& screen);
std::string safeguard_list(const Json& answer, const Screen& screen);

}  // namespace sg::operate
