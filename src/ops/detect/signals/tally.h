// What a bucket of the past holds: sums that add up over time, and a distribution. What they mean
// is said by the kind of the series.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ops/detect/signals/model.h"

namespace sg::signals {

enum class SeriesKind : std::uint8_t { service, version, route, probe, level };
inline constexpr int series_kinds = 5;

struct Tally {
    std::array<std::int64_t, 9> sums{};
    telemetry::ExponentialHistogram duration{};

    Tally& operator+=(const Tally& other);
    Tally& operator-=(const Tally& other);  // Requires: `other` was added before.
    bool operator==(const Tally&) const = default;
};

Tally tally_of(const Flow& flow);
Flow flow_of(Tally tally);

Tally tally_of(const Resources& level);      // One look; several add up to their mean.
Resources resources_of(const Tally& tally);  // The mean of the looks that knew.

Tally tally_of(const Look& look);
std::pair<int, int> looks_of(const Tally& tally);  // How many there were, how many were well.

std::string pack(const Tally& tally);
Result<Tally> unpack_tally(std::string_view bytes);

// Buckets that are stored together, by number; those without anything in them are left out.
using Block = std::map<std::int64_t, std::string>;  // Packed tallies.
std::string pack(const Block& block);               // As text, for a column.
Result<Block> unpack_block(std::string_view text);

// As text and back; Base64.
std::string armoured(const std::string& bytes);
Result<std::string> unarmoured(std::string_view text);

}  // namespace sg::signals
