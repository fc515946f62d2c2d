// Incidents as people see them in a terminal. JSON of the API in, text out.
#pragma once

#include <map>
#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string incident_list(const Json& answer, const Screen& screen);
std::string incident_card(const Json& incident, const Screen& screen);
std::string client_list(const Json& answer, const Screen& screen);  // Whose requests failed.

// What is the case after a command, and the next step.
std::string incident_outcome(const Json& incident, const Screen& screen);

// Records of the ledger, each under what caused it. It remembers what it has shown, so that more
// may follow as it happens.
class Timeline {
  public:
    explicit Timeline(Screen screen) : screen_(screen) {}
    std::string line(const Json& record);  // With its newline; with a headline on another day.

  private:
    static constexpr std::size_t remembered_max = 10'000;
    static constexpr int depth_max = 4;

    Screen screen_;
    std::map<std::int64_t, int> depths_;  // By number of the record.
    Instant first_;
    std::string day_;
};

std::string timeline(const Json& answer, const Screen& screen);

// One record on a line of its own, without what came before: `14:02:11  INC-204  …`.
std::string record_line(const Json& record, const Screen& screen);

// The incident that a record is about; 0: none.
std::int64_t incident_of(const Json& record);

}  // namespace sg::operate
