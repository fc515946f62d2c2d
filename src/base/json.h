// Described structs as JSON and back: event payloads, rows, API bodies.
//
// Numbers and flags stand bare, everything else is text in the form of the configuration (`5m`,
// `20%`, RFC 3339). Invariant: read(write(x)) equals x. What is absent keeps its default; a key
// that nobody described is an error, so that a misspelt one is never silently lost.
#pragma once

#include <string>
#include <string_view>

#include "base/describe.h"

namespace sg {

inline constexpr std::size_t json_depth_max = 64;  // Bound: of nesting in what is read.

// In one line. Fields that are empty texts, empty lists, empty maps or absent are left out.
std::string write_json(const Type& type, const void* value);

// All mistakes in one message: `title: a text is expected`.
Result<void> read_json(const Type& type, void* value, std::string_view text);

template <class T>
std::string to_json(const T& value) {
    return write_json(TypeOf<T>::type(), &value);
}

template <class T>
Result<T> from_json(std::string_view text) {
    T value{};
    TRY_VOID(read_json(TypeOf<T>::type(), &value, text));
    return value;
}

}  // namespace sg
