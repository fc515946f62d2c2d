// Load, decide, record. For the spine and the API.
#pragma once

#include <string>
#include <vector>

#include "ops/decision/turn.h"
#include "ops/respond/mitigation/decide.h"

namespace sg::signals {
class History;
}

namespace sg::mitigation {

struct Wish {
    Proposal wanted;
    std::string likely;  // Why, in one line.
};
// The number it got, also of one that is refused at once. Error: what is wanted makes no sense.
Result<std::int64_t> propose(const ops::Turn& turn, const ops::Actor& actor, Wish wish,
                             const signals::History* history);

// What would happen; nothing is recorded.
struct Trial {
    Mitigation draft;  // Without a number.
    std::vector<Opinion> opinions;
};
Result<Trial> try_out(const ops::Turn& turn, const ops::Actor& actor, Wish wish,
                      const signals::History* history);

Result<void> approve(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                     const signals::History* history);
Result<void> refuse(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                    const std::string& reason);
Result<void> take_back(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                       const std::string& reason);
// What it was for is over.
Result<void> withdraw(const ops::Turn& turn, std::int64_t id, const std::string& why);
enum class To : std::uint8_t { off, on };
Result<void> throw_switch(const ops::Turn& turn, const ops::Actor& actor, To to,
                          const std::string& reason);

// What came of an action.
Result<void> on_answer(const ops::Turn& turn, const std::string& body, const Answer& answer);

// Its clocks. No history: nothing is known of requests.
enum class Clock : std::uint8_t { approve_by, go, check, expires };
Result<void> ring(const ops::Turn& turn, Clock clock, const ops::Subject& subject,
                  const signals::History* history);

}  // namespace sg::mitigation
