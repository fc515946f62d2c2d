#include "gateway/telemetry/trace.h"

#include <sys/random.h>

#include <bit>

#include "base/check.h"
#include "http/hex.h"

namespace sg::gateway {

namespace {

// splitmix64: spreads a small seed over the whole state.
std::uint64_t spread(std::uint64_t& seed) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

std::optional<std::uint64_t> read_hex(
    std::string_view text) {  // Lower case only, at most 16 digits.
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') value = value << 4 | static_cast<std::uint64_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | static_cast<std::uint64_t>(c - 'a' + 10);
        else return std::nullopt;
    }
    return value;
}

}  // namespace

IdGenerator::IdGenerator() {
    CHECK(getrandom(state_.data(), sizeof state_, 0) == static_cast<ssize_t>(sizeof state_));
    state_[0] |= 1;  // The generator must not start from all zeros.
}

IdGenerator::IdGenerator(std::uint64_t seed) {
    for (auto& word : state_) word = spread(seed);
}

std::uint64_t IdGenerator::next() {  // xoshiro256++, Blackman and Vigna 2018.
    auto& s = state_;
    const auto result = std::rotl(s[0] + s[3], 23) + s[0];
    const auto t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result == 0 ? 1 : result;
}

std::array<char, 32> to_hex(Id128 id) {
    std::array<char, 32> out;
    http::write_hex(out.data(), id.high);
    http::write_hex(out.data() + http::hex_size, id.low);
    return out;
}

std::optional<Id128> parse_id(std::string_view hex) {
    if (hex.size() != 32) return std::nullopt;
    const auto high = read_hex(hex.substr(0, 16));
    const auto low = read_hex(hex.substr(16));
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    return Id128{*high, *low};
}

std::optional<TraceParent> parse_traceparent(std::string_view value) {
    if (value.size() < traceparent_size) return std::nullopt;
    if (value[2] != '-' || value[35] != '-' || value[52] != '-') return std::nullopt;
    const auto version = read_hex(value.substr(0, 2));
    if (!version || *version == 0xFF) return std::nullopt;
    if (*version == 0 && value.size() != traceparent_size) return std::nullopt;
    if (value.size() > traceparent_size && value[traceparent_size] != '-') return std::nullopt;

    const auto trace_id = parse_id(value.substr(3, 32));
    const auto parent = read_hex(value.substr(36, 16));
    const auto flags = read_hex(value.substr(53, 2));
    if (!trace_id || !parent || *parent == 0 || !flags) return std::nullopt;
    return TraceParent{*trace_id, *parent, (*flags & 1) != 0};
}

namespace {

std::optional<TraceParent> received(const http::Fields& fields) {
    std::optional<TraceParent> parent;
    for (const auto& field : fields.all()) {
        if (field.id != http::FieldId::traceparent) continue;
        if (parent) return std::nullopt;
        parent = parse_traceparent(field.value);
        if (!parent) return std::nullopt;
    }
    return parent;
}

}  // namespace

Trace begin_trace(const http::Fields& fields, config::TraceTrust trust, Peer peer,
                  IdGenerator& ids) {
    Trace trace;
    trace.span_id = ids.next();
    std::optional<TraceParent> parent;
    if (trust != config::TraceTrust::never && fields.has(http::FieldId::traceparent))
        parent = received(fields);
    if (!parent) {
        trace.trace_id = ids.id();
        return trace;
    }
    trace.trace_id = parent->trace_id;
    trace.parent_id = parent->parent_id;
    const bool believed = trust == config::TraceTrust::from_everyone || peer == Peer::trusted;
    trace.sampled = believed && parent->sampled;
    return trace;
}

void append_traceparent(http::Out& out, const Trace& trace) {
    using http::Hex;
    out.put_all("00-", Hex{trace.trace_id.high}, Hex{trace.trace_id.low}, '-', Hex{trace.span_id},
                "-0", trace.sampled ? '1' : '0');
}

}  // namespace sg::gateway
