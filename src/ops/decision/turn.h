// What a command is given: an open transaction, the time, the configuration; and `record`, the only
// function that writes.
//
// A command is three lines: load the rows, decide, record. It runs on the one writer thread, in one
// transaction, which its caller commits.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "config/model.h"
#include "ops/decision/decision.h"
#include "store/session.h"

namespace sg::ops {

// row := apply(row, event): how a domain's tables follow from its events. Nothing else changes
// them, so that the rows always equal the fold of the ledger (tests rebuild them and compare).
using Fold = Result<void> (*)(const store::Tx& tx, const Recorded& event);

struct FoldRow {
    Kind kind;
    Fold fold;
};

struct Turn {
    const store::Tx& tx;
    Instant now;
    const config::Config& config;
    std::span<const FoldRow> folds;     // ops/spine.cc.
    std::optional<std::int64_t> cause;  // The record that is being reacted to.
};

// Appends the events to the ledger, folds each into the rows, enqueues the actions, sets the
// clocks: all within turn.tx. Returns what was recorded. An empty decision writes nothing.
Result<std::vector<Recorded>> record(const Turn& turn, const Actor& actor,
                                     const Decision& decision);

// 1, 2, 3…: names for people to say (`incident 204`). Unique per `what`, without gaps when
// committed.
Result<std::int64_t> next_number(const store::Tx& tx, std::string_view what);

}  // namespace sg::ops
