#include "ops/detect/inspections/endings.h"

namespace sg::inspections {

void EndingsLately::add(const signals::Second& second) {
    const auto width = step.count();
    const Instant end{(second.at.ns + width - 1) / width * width};
    const std::lock_guard lock(mutex_);
    if (since_ == Instant{}) since_ = second.at - second.span;
    // The clock was set back: what comes now counts with what came last.
    if (steps_.empty() || steps_.back().at < end) steps_.push_back({end, {}});
    for (const auto& [service, endings] : second.endings)
        for (const auto& [ending, count] : endings) steps_.back().counts[service][ending] += count;
    while (steps_.front().at < end - kept) {
        since_ = steps_.front().at;
        steps_.pop_front();
    }
}

Endings EndingsLately::between(const std::string& service, Instant from, Instant to) const {
    Endings sum;
    const std::lock_guard lock(mutex_);
    for (const auto& one : steps_) {
        if (one.at <= from || one.at > to + step) continue;
        for (const auto& [name, endings] : one.counts)
            if (service.empty() || name == service)
                for (const auto& [ending, count] : endings) sum[ending] += count;
    }
    return sum;
}

Instant EndingsLately::since() const {
    const std::lock_guard lock(mutex_);
    return since_;
}

}  // namespace sg::inspections
