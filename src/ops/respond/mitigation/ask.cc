#include "ops/respond/mitigation/ask.h"

#include <fmt/format.h>

namespace sg::mitigation {

bool is_in_force(const Mitigation& m) {
    if (m.wanted.undo == Undo::none) return false;
    return m.state == State::applied || m.state == State::verified;
}

bool is_under_way(const Mitigation& m) {
    return m.taking_back || m.state == State::approved || m.state == State::prepared ||
           m.state == State::applied || m.state == State::stuck;
}

std::string way_back(const Proposal& wanted) {
    switch (wanted.undo) {
        case Undo::restore: return "what was before is put back";
        case Undo::act: return "by another act: " + ports::sentence_of(wanted.undo_act);
        case Undo::none: break;
    }
    return "none: " + wanted.why_no_undo;
}

std::string next_command(const Mitigation& m) {
    if (m.state == State::proposed) return fmt::format("streamgate mitigate approve {}", m.id);
    if (is_in_force(m) && !m.taking_back) return fmt::format("streamgate mitigate undo {}", m.id);
    return {};
}

}  // namespace sg::mitigation
