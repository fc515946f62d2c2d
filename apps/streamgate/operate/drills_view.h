// Drills as people read them: what can be practised, lines as things happen, and the report.
#pragma once

#include <set>
#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string scenario_list(const Json& answer, const Screen& screen);
std::string scenario_card(const Json& answer, std::string_view name);  // Empty: there is none.
std::string drill_list(const Json& answer, const Screen& screen);
std::string drill_report(const Json& drill, const Screen& screen);
std::string drill_html(const Json& drill);

// `drill bad-release · catalog v2 …`
std::string drill_title(const Json& drill);
// What is new since it was last asked.
class DrillLines {
  public:
    std::string next(const Json& drill);

  private:
    std::string once(const std::string& key, std::string line);
    std::set<std::string> said_;
};
std::string drill_verdict(const Json& drill);  // `PASS  7 of 7 expectations · …`

// Its number: `7`, `DRILL-7`.
Result<std::int64_t> parse_drill(std::string_view text);

}  // namespace sg::operate
