#include "ops/redact.h"

#include <fmt/format.h>

#include "base/text.h"
#include "store/ledger.h"

namespace sg::ops {

void describe(Visitor& v, LedgerRedacted& e) {
    v.field({.key = "record"}, e.record);
    v.field({.key = "reason"}, e.reason);
}

Result<void> redact(const Turn& turn, const Actor& actor, const LedgerRedacted& redaction) {
    const auto seq = redaction.record;
    if (trim(redaction.reason).empty())
        return fail(Errc::invalid_argument, "an erasure needs a reason",
                    "say why, without what is erased");
    TRY(const auto entry, store::find_entry(turn.tx.session(), seq));
    if (!entry) return fail(Errc::not_found, fmt::format("there is no record {}", seq));
    if (entry->erased)
        return fail(Errc::not_found,
                    fmt::format("the content of record {} is erased already", seq));
    if (turn.now - entry->recorded_at < redact_after)
        return fail(Errc::conflict, fmt::format("record {} is too young to be erased", seq),
                    fmt::format("what reacts to it still needs it: in {} s",
                                std::chrono::ceil<std::chrono::seconds>(
                                    redact_after - (turn.now - entry->recorded_at))
                                    .count()));
    TRY_VOID(store::erase_payload(turn.tx, seq));
    Decision decision;
    decision.event(redaction, entry->subjects);
    TRY([[maybe_unused]] const auto done, record(turn, actor, decision));
    return {};
}

}  // namespace sg::ops
