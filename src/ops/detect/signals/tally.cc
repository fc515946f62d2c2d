#include "ops/detect/signals/tally.h"

#include <algorithm>
#include <cmath>

#include "base/base64.h"
#include "ops/detect/signals/pack.h"

namespace sg::signals {

namespace {

constexpr double parts_of_one = 10'000;    // Shares are summed in hundredths of a percent.
constexpr std::int64_t buckets_max = 120;  // Bound: in a block.

// Slots of a level: for each share how many knew it and their sum; then the bytes free.
constexpr double Resources::* shares[] = {&Resources::cpu, &Resources::memory, &Resources::disk,
                                          &Resources::network};
constexpr std::size_t disk_slot = 4;
constexpr std::size_t free_slot = 8;

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += other.sums[i];
    duration.merge(other.duration);
    return *this;
}

Tally& Tally::operator-=(const Tally& other) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] -= other.sums[i];
    auto part = other.duration;
    if (part.scale > duration.scale) part.downscale(duration.scale);
    duration = duration.since(part);
    return *this;
}

Tally tally_of(const Flow& flow) {
    return {{flow.requests, flow.failed, flow.client_errors, flow.timed, flow.within, flow.bytes_in,
             flow.bytes_out},
            flow.duration};
}

Flow flow_of(Tally tally) {
    const auto& s = tally.sums;
    return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], std::move(tally.duration)};
}

Tally tally_of(const Resources& level) {
    Tally tally;
    std::size_t slot = 0;
    for (const auto share : shares) {
        if (level.*share >= 0) {
            tally.sums[slot] = 1;
            tally.sums[slot + 1] = std::llround(level.*share * parts_of_one);
        }
        slot += 2;
    }
    if (level.disk >= 0) tally.sums[free_slot] = level.disk_free_bytes;
    return tally;
}

Resources resources_of(const Tally& tally) {
    Resources level;
    std::size_t slot = 0;
    for (const auto share : shares) {
        const auto known = static_cast<double>(tally.sums[slot]);
        if (known > 0)
            level.*share = static_cast<double>(tally.sums[slot + 1]) / known / parts_of_one;
        slot += 2;
    }
    if (tally.sums[disk_slot] > 0)
        level.disk_free_bytes = tally.sums[free_slot] / tally.sums[disk_slot];
    return level;
}

Tally tally_of(const Look& look) { return {{1, look.health == Health::well ? 1 : 0}, {}}; }

std::pair<int, int> looks_of(const Tally& tally) {
    return {static_cast<int>(tally.sums[0]), static_cast<int>(tally.sums[1])};
}

std::string pack(const Tally& tally) {
    Packer out;
    for (const auto n : tally.sums) out.number(n);
    out.histogram(tally.duration);
    return out.take();
}

Result<Tally> unpack_tally(std::string_view bytes) {
    Unpacker in(bytes);
    Tally tally;
    for (auto& n : tally.sums) n = in.number();
    tally.duration = in.histogram();
    if (!in.at_end()) return fail(Errc::io_failed, "a bucket of the history is damaged");
    return tally;
}

std::string pack(const Block& block) {
    Packer out;
    out.number(static_cast<std::int64_t>(block.size()));
    for (const auto& [bucket, tally] : block) {
        out.number(bucket);
        out.text(tally);
    }
    return armoured(out.take());
}

Result<Block> unpack_block(std::string_view text) {
    TRY(const auto bytes, unarmoured(text));
    Unpacker in(bytes);
    Block block;
    for (auto left = in.number(0, buckets_max); in.ok() && left > 0; --left) {
        const auto bucket = in.number();
        block[bucket] = in.text();
    }
    if (!in.at_end()) return fail(Errc::io_failed, "a block of the history is damaged");
    return block;
}

std::string armoured(const std::string& bytes) { return base64url(bytes); }

Result<std::string> unarmoured(std::string_view text) {
    auto bytes = from_base64url(text);
    if (!bytes) return fail(Errc::io_failed, "a text of the history is damaged");
    return std::move(*bytes);
}

}  // namespace sg::signals
