#include "ops/decision/kinds.h"

#include <array>

namespace sg::ops {

namespace {

constexpr KindRow rows[] = {
#define K(kind, name, version, sentence) {Kind::kind, name, version, sentence},
#include "ops/decision/kinds.def"
#undef K
};

}  // namespace

const KindRow& row_of(Kind kind) { return rows[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_of(std::string_view name) {
    for (const KindRow& row : rows)
        if (row.name == name) return row.kind;
    return std::nullopt;
}

}  // namespace sg::ops
