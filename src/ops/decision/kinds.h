// The kinds of events: kinds.def is the catalogue. A kind is for ever; its meaning never changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sg::ops {

enum class Kind : std::uint16_t {
#define K(kind, name, version, sentence) kind,
#include "ops/decision/kinds.def"
#undef K
};

struct KindRow {
    Kind kind;
    std::string_view name;  // `incident.declared`
    int version;
    std::string_view sentence;  // `{by} declared {incident}: {title}`; keys are of the payload.
};

const KindRow& row_of(Kind kind);
std::optional<Kind> kind_of(std::string_view name);

}  // namespace sg::ops
