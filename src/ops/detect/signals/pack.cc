#include "ops/detect/signals/pack.h"

#include <algorithm>

namespace sg::signals {

namespace {

using telemetry::ExponentialHistogram;

constexpr int scale_coarsest = -10;
constexpr std::int64_t buckets_max = 64LL << telemetry::scale_finest;

std::uint64_t folded(std::int64_t value) {  // 0, -1, 1, -2… as 0, 1, 2, 3…
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unfolded(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace

void Packer::number(std::int64_t value) {
    auto rest = folded(value);
    for (; rest >= 0x80; rest >>= 7) bytes_ += static_cast<char>(rest | 0x80);
    bytes_ += static_cast<char>(rest);
}

void Packer::text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
}

// Most buckets between the first and the last in use are empty: a run of them is -length.
void Packer::histogram(const ExponentialHistogram& value) {
    number(static_cast<std::int64_t>(value.counts.size()));
    number(static_cast<std::int64_t>(value.zero_count));
    if (value.counts.empty() && value.zero_count == 0) return;
    number(value.scale);
    number(static_cast<std::int64_t>(value.zero_threshold));
    number(static_cast<std::int64_t>(value.sum));
    number(value.offset);
    std::int64_t empty = 0;
    for (const auto count : value.counts) {
        if (count == 0) {
            ++empty;
            continue;
        }
        if (empty > 0) number(-empty);
        empty = 0;
        number(static_cast<std::int64_t>(count));
    }
    if (empty > 0) number(-empty);
}

std::int64_t Unpacker::number() {
    std::uint64_t value = 0;
    for (int shift = 0; ok_ && shift < 64; shift += 7) {
        if (rest_.empty()) break;
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) return unfolded(value);
    }
    ok_ = false;
    return 0;
}

std::int64_t Unpacker::number(std::int64_t least, std::int64_t most) {
    const auto value = number();
    if (value >= least && value <= most) return value;
    ok_ = false;
    return least;
}

std::string Unpacker::text() {
    const auto length =
        static_cast<std::size_t>(number(0, static_cast<std::int64_t>(rest_.size())));
    if (!ok_ || length > rest_.size()) {
        ok_ = false;
        return {};
    }
    std::string value(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return value;
}

ExponentialHistogram Unpacker::histogram() {
    ExponentialHistogram value;
    const auto buckets = number(0, buckets_max);
    value.zero_count = static_cast<std::uint64_t>(number(0, INT64_MAX));
    if (!ok_ || (buckets == 0 && value.zero_count == 0)) return {};
    value.scale = static_cast<int>(number(scale_coarsest, telemetry::scale_finest));
    value.zero_threshold = static_cast<std::uint64_t>(number());
    value.sum = static_cast<std::uint64_t>(number());
    value.offset = static_cast<std::int32_t>(number(-1, buckets_max - buckets));
    value.counts.reserve(static_cast<std::size_t>(buckets));
    for (std::int64_t at = 0; ok_ && at < buckets;) {
        const auto count = number(at - buckets, INT64_MAX);
        const auto run = std::max<std::int64_t>(count < 0 ? -count : 1, 1);
        value.counts.resize(static_cast<std::size_t>(at + run));
        if (count > 0) value.counts.back() = static_cast<std::uint64_t>(count);
        at += run;
    }
    return ok_ ? value : ExponentialHistogram{};
}

}  // namespace sg::signals
