// The names of FieldId and a perfect hash over them, found at compile time. For the parser and
// message.cc.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/message.h"

namespace sg::http {

inline constexpr std::string_view field_names[] = {
    "",  // other
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "location",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "proxy-status",
    "server",
    "set-cookie",
    "streamgate-without",
    "te",
    "trailer",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-accel-buffering",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
};
inline constexpr std::size_t field_names_count = sizeof field_names / sizeof field_names[0];
static_assert(field_names_count == static_cast<std::size_t>(FieldId::count));

inline constexpr std::size_t field_name_shortest = 2;
inline constexpr std::size_t field_name_longest = 24;  // Rounded up to whole words.

namespace detail {

struct HashSeeds {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t before_last = 0;
};

// Requires: at least two characters. Letters hash alike in either case.
constexpr std::uint32_t hash_name(std::string_view name, HashSeeds seeds) {
    const auto at = [name](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(name[i])) | 0x20u;
    };
    const std::size_t n = name.size();
    return (static_cast<std::uint32_t>(n) + at(0) * seeds.first + at(n - 1) * seeds.last +
            at(n - 2) * seeds.before_last) &
           127u;
}

consteval HashSeeds find_seeds() {
    for (std::uint32_t tried = 0; tried < 128 * 128; ++tried) {
        const HashSeeds seeds{1 + tried % 31, 1 + tried / 31 % 37, 1 + tried / 1147};
        std::array<bool, 128> taken{};
        bool clash = false;
        for (std::size_t i = 1; i < field_names_count && !clash; ++i) {
            bool& place = taken[hash_name(field_names[i], seeds)];
            clash = place;
            place = true;
        }
        if (!clash) return seeds;
    }
    throw "no perfect hash for these names: widen the search";
}

inline constexpr HashSeeds seeds = find_seeds();

// A name with, for each byte, the bit that may differ between upper and lower case.
struct NameSlot {
    std::array<char, field_name_longest> name{};
    std::array<char, field_name_longest> either_case{};
    std::uint8_t size = 0;
    FieldId id = FieldId::other;
};

consteval std::array<NameSlot, 128> make_slots() {
    std::array<NameSlot, 128> slots{};
    for (std::size_t i = 1; i < field_names_count; ++i) {
        NameSlot& slot = slots[hash_name(field_names[i], seeds)];
        slot.size = static_cast<std::uint8_t>(field_names[i].size());
        slot.id = static_cast<FieldId>(i);
        for (std::size_t k = 0; k < field_names[i].size(); ++k) {
            const char c = field_names[i][k];
            slot.name[k] = c;
            slot.either_case[k] = c == '-' ? '\0' : ' ';
        }
    }
    return slots;
}

inline constexpr std::array<NameSlot, 128> slots = make_slots();

template <class Word>
bool same_word(const NameSlot& slot, std::string_view name, std::size_t at) {
    Word got, want, either;
    std::memcpy(&got, name.begin() + at, sizeof got);
    std::memcpy(&want, slot.name.data() + at, sizeof want);
    std::memcpy(&either, slot.either_case.data() + at, sizeof either);
    return static_cast<Word>(got | either) == want;
}

// Requires: `name` has slot.size bytes. Words overlap rather than reach beyond the end.
inline bool same_name(const NameSlot& slot, std::string_view name) {
    const std::size_t n = slot.size;
    if (n >= 8) {
        if (!same_word<std::uint64_t>(slot, name, 0)) return false;
        if (n > 16 && !same_word<std::uint64_t>(slot, name, 8)) return false;
        return same_word<std::uint64_t>(slot, name, n - 8);
    }
    if (n >= 4)
        return same_word<std::uint32_t>(slot, name, 0) &&
               same_word<std::uint32_t>(slot, name, n - 4);
    return same_word<std::uint16_t>(slot, name, 0) && same_word<std::uint16_t>(slot, name, n - 2);
}

}  // namespace detail

inline FieldId lookup_field(std::string_view name) {
    if (name.size() < field_name_shortest) return FieldId::other;
    const auto& slot = detail::slots[detail::hash_name(name, detail::seeds)];
    if (slot.size != name.size() || !detail::same_name(slot, name)) return FieldId::other;
    return slot.id;
}

}  // namespace sg::http
