#include "ops/accept.h"

#include "store/ledger.h"

namespace sg::ops {

namespace {

const store::Sql newest("config.newest",
                        "SELECT p.payload FROM ledger l JOIN ledger_payload p ON p.seq = l.seq "
                        "WHERE l.kind = 'config.accepted' ORDER BY l.seq DESC LIMIT 1");

}  // namespace

void describe(Visitor& v, ConfigAccepted& e) {
    v.field({.key = "digest"}, e.digest);
    v.field({.key = "file"}, e.file);
    v.field({.key = "difference"}, e.difference);
}

void describe(Visitor& v, LedgerBegun& e) { v.field({.key = "version"}, e.version); }

Result<bool> accept(const Turn& turn, const Actor& actor, const ConfigAccepted& accepted,
                    const std::string& version) {
    Decision decision;
    TRY(const auto head, store::head(turn.tx.session()));
    if (head.seq == 0) decision.event(LedgerBegun{version}, {});
    TRY(const auto row, turn.tx.row(newest));
    if (row) {
        TRY(const auto last, from_json<ConfigAccepted>(row->text(0)));
        if (last.digest == accepted.digest) return false;
    }
    decision.event(accepted, {"config"});
    TRY([[maybe_unused]] const auto done, record(turn, actor, decision));
    return true;
}

}  // namespace sg::ops
