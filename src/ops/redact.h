// The content of a record is erased: what must be forgotten is, and that it was is remembered. The
// chain still verifies, because it was made of the content's digest.
#pragma once

#include <cstdint>
#include <string>

#include "ops/decision/turn.h"

namespace sg::ops {

struct LedgerRedacted {
    static constexpr Kind kind = Kind::ledger_redacted;
    std::int64_t record = 0;
    std::string reason;
};
void describe(Visitor& v, LedgerRedacted& e);

// A record is left alone for so long: what reacts to it still needs its content.
inline constexpr Duration redact_after = 1min;

// Errors: `invalid_argument` without a reason; `not_found`, there is no such record, or its content
// is erased already; `conflict`, it is too young.
Result<void> redact(const Turn& turn, const Actor& actor, const LedgerRedacted& redaction);

}  // namespace sg::ops
