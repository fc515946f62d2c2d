#include "ops/detect/inspections/endings.h"

#include <algorithm>

namespace sg::inspections {

// With the lock held. Nothing: there are too many names.
std::optional<std::uint16_t> EndingsLately::index_of(const std::string& name) {
    const auto found = indexes_.find(name);
    if (found != indexes_.end()) return found->second;
    if (names_.size() >= names_max) return std::nullopt;
    const auto index = static_cast<std::uint16_t>(names_.size());
    names_.push_back(name);
    indexes_.emplace(name, index);
    return index;
}

// With the lock held, of the last step.
void EndingsLately::count(const std::string& service, const std::string& ending,
                          std::int64_t count) {
    const auto of = index_of(service), how = index_of(ending);
    if (!of || !how) return;
    auto& counts = steps_.back().counts;
    const auto found = std::ranges::find_if(
        counts, [&](const Count& one) { return one.service == *of && one.ending == *how; });
    if (found == counts.end()) counts.push_back({*of, *how, count});
    else found->count += count;
}

void EndingsLately::add(const signals::Second& second) {
    const auto width = step.count();
    const Instant end{(second.at.ns + width - 1) / width * width};
    const std::lock_guard lock(mutex_);
    if (since_ == Instant{}) since_ = second.at - second.span;
    // The clock was set back: what comes now counts with what came last.
    if (steps_.empty() || steps_.back().at < end) steps_.push_back({end, {}});
    for (const auto& [service, endings] : second.endings)
        for (const auto& [ending, number] : endings) count(service, ending, number);
    while (steps_.front().at < end - kept) {
        since_ = steps_.front().at;
        steps_.pop_front();
    }
}

Endings EndingsLately::between(const std::string& service, Instant from, Instant to) const {
    Endings sum;
    const std::lock_guard lock(mutex_);
    const auto asked = indexes_.find(service);
    if (!service.empty() && asked == indexes_.end()) return sum;
    for (const auto& one : steps_) {
        if (one.at <= from || one.at > to + step) continue;
        for (const auto& [of, how, count] : one.counts)
            if (service.empty() || of == asked->second) sum[names_[how]] += count;
    }
    return sum;
}

Instant EndingsLately::since() const {
    const std::lock_guard lock(mutex_);
    return since_;
}

}  // namespace sg::inspections
