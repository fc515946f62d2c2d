#include "ops/outage.h"

#include <utility>

namespace sg::ops {

void Outage::recorded(Tick now) { well_at_ = now; }

void Outage::failed(Tick now, std::string why) {
    failed_at_ = now;
    why_ = std::move(why);
}

Outage::Word Outage::look(Tick now) {
    if (now - well_at_ < patience) {
        const bool was_told = std::exchange(told_at_, Tick{}) != Tick{};
        return was_told ? Word::mended : Word::nothing;
    }
    if (told_at_ != Tick{} && now - told_at_ < again_every) return Word::nothing;
    told_at_ = now;
    return Word::broken;
}

bool Outage::is_in_sight(Tick now) const {
    return failed_at_ != Tick{} && now - failed_at_ < remembered;
}

}  // namespace sg::ops
