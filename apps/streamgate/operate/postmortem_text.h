// Post-mortems and action items as people see and write them in a terminal.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "operate/text.h"

namespace sg::operate {

std::string postmortem_list(const Json& answer, const Screen& screen);
std::string action_list(const Json& answer, const Screen& screen);
std::string action_card(const Json& item, const Screen& screen);
// What was learnt when it happened before; empty: it did not, as far as is known.
std::string seen_before(const Json& answer);

// What people write, in one text for an editor, a heading before each section; and back. What
// stands before the first heading is left out, as is a heading that is none of ours: it belongs to
// the text.
std::string editable(const Json& postmortem);
std::map<std::string, std::string> edited(std::string_view text);

// Those that differ from what `postmortem` has.
std::map<std::string, std::string> changed(const Json& postmortem, std::string_view text);

// `204`, `INC-204`, `PM-204`.
Result<std::int64_t> parse_postmortem(std::string_view text);

}  // namespace sg::operate
