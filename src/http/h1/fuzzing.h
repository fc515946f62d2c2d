// For fuzz targets: properties that every head must have. A failed one aborts.
#pragma once

#include <cstdlib>

#include "http/chars.h"
#include "http/h1/feed.h"

namespace sg::http::h1 {

inline void require(bool property) {
    if (!property) std::abort();
}

inline bool within(std::string_view whole, std::string_view part) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

inline bool same(const HeadVerdict& a, const HeadVerdict& b) {
    return a.progress == b.progress && a.defect == b.defect && a.bytes == b.bytes;
}

// What is passed on cannot be read as anything but these fields.
inline void check_fields(std::string_view own, const Fields& fields) {
    for (const auto& field : fields.all()) {
        require(within(own, field.name) && within(own, field.value));
        require(is_token(field.name));
        require(field.id == field_id(field.name));
        for (const char c : field.value) require(!is(c, char_control));
        const auto blank = [](char c) { return c == ' ' || c == '\t'; };
        require(field.value.empty() || (!blank(field.value.front()) && !blank(field.value.back())));
    }
}

}  // namespace sg::http::h1
