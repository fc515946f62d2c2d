// The roll-ups in their own database: blocks of buckets by series, and what was last heard from
// each gateway. Facts, so no ledger: a block is read, added to and replaced.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "ops/detect/signals/accumulate.h"
#include "ops/detect/signals/tally.h"
#include "store/session.h"

namespace sg::signals {

struct SeriesName {
    SeriesKind kind = SeriesKind::service;
    std::string name;
    auto operator<=>(const SeriesName&) const = default;
};

struct BlockKey {
    std::int64_t series = 0;
    int tier = 0;
    std::int64_t number = 0;
    auto operator<=>(const BlockKey&) const = default;
};

namespace rows {

Result<std::map<SeriesName, std::int64_t>> series(store::Session& session);
Result<void> add_series(store::Session& session, std::int64_t id, const SeriesName& name);

// Blocks [key.number, to); those that are not there are left out.
Result<std::map<BlockKey, Block>> blocks(store::Session& session, const BlockKey& key,
                                         std::int64_t to);
Result<void> put(store::Session& session, const BlockKey& key, const Block& block);

// Of one tier, those below `number`. Returns how many there were.
Result<std::int64_t> remove_before(store::Session& session, int tier, std::int64_t number);

// Minutes of a service from `first` on, up to `to_minute`; damaged ones are left out.
Result<void> each_affected(store::Session& session, const AffectedMemory::Key& first,
                           std::int64_t to_minute,
                           const std::function<void(const AffectedMinute&)>& take);
Result<void> put_affected(store::Session& session, const AffectedMemory::Key& key,
                          const std::string& packed);
Result<std::int64_t> remove_affected_before(store::Session& session, std::int64_t minute);

Result<Accumulator::Known> known(store::Session& session);
Result<void> replace_known(store::Session& session, const Accumulator::Known& known);

}  // namespace rows

}  // namespace sg::signals
