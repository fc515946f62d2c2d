// Who looks at an incident right now. A fact, not history: it is in no ledger, a restart forgets
// it, and it ends by itself unless it is said again. Pure: time is an argument.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"

namespace sg::api {

inline constexpr Duration presence_usual = 2min;  // A console says it every minute.
inline constexpr Duration presence_most = 12h;
inline constexpr std::size_t present_most = 200;  // Bound: of people at one incident...
inline constexpr std::size_t rooms_most = 1000;   // ...and of incidents.

struct Present {
    std::string person;
    Instant since;
    Instant until;
};
void describe(Visitor& v, Present& present);

class Presence {
  public:
    // Error: nobody, too long, or the room is full.
    Result<void> join(std::int64_t incident, const std::string& person, Duration lasts,
                      Instant now);
    void leave(std::int64_t incident, const std::string& person);
    std::vector<Present> of(std::int64_t incident, Instant now);  // Who came first is first.

  private:
    using Room = std::map<std::string, Present>;
    void forget(Instant now);

    std::map<std::int64_t, Room> rooms_;
};

}  // namespace sg::api
