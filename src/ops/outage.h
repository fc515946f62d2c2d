// Whether operations themselves have stopped recording: the one trouble that cannot go through the
// ledger. Pure; time is an argument.
//
// Who asks records a pulse every few seconds. If none was recorded for `patience`, people are told
// without the ledger, again and again, until one is: a page twice rather than none.
#pragma once

#include <string>

#include "base/time.h"

namespace sg::ops {

class Outage {
  public:
    static constexpr Duration patience = 20s;
    static constexpr Duration again_every = 15min;
    // A weakness that has ended is kept in sight for so long: it must still become an alert, which
    // could not be recorded while it lasted.
    static constexpr Duration remembered = 30s;

    explicit Outage(Tick now) : well_at_(now) {}

    void recorded(Tick now);
    void failed(Tick now, std::string why);

    enum class Word : std::uint8_t { nothing, broken, mended };
    Word look(Tick now);  // What people are to be told now. Each word is said once, or when due.

    bool is_in_sight(Tick now) const;  // It fails, or has a moment ago.
    const std::string& why() const { return why_; }
    Duration lasted(Tick now) const { return now - well_at_; }

  private:
    Tick well_at_;
    Tick failed_at_;  // Last; Tick{}: it never did.
    Tick told_at_;    // Tick{}: nobody was told.
    std::string why_;
};

}  // namespace sg::ops
