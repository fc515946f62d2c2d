#include "ops/respond/oncall/schedule.h"

#include <fmt/format.h>

#include <algorithm>

namespace sg::oncall {

namespace {

template <class T>
bool holds(const T& it, Instant at) {
    return it.from <= at && at < end_of(it);
}

template <class T>
Instant end(const T& it) {
    return it.removed_at == Instant{} ? it.to : std::clamp(it.removed_at, it.from, it.to);
}

template <class T>
void add_once(std::vector<T>& list, const T& value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

}  // namespace

Instant end_of(const Override& it) { return end(it); }
Instant end_of(const Temporary& it) { return end(it); }

Result<Schedule> Schedule::of(Roster roster) {
    Schedule schedule;
    std::ranges::sort(roster.eras, {}, [](const Era& e) { return std::pair(e.level, e.from); });
    for (const Era& era : roster.eras) {
        auto& parts = schedule.parts_[static_cast<std::size_t>(era.level)];
        if (!parts.empty()) parts.back().to = era.from;
        Rotation rotation;
        if (!era.members.empty()) {
            TRY(rotation, rotation_of({era.handover, era.shift, era.zone, era.since}));
        }
        parts.push_back({era, std::move(rotation), Instant::never()});
    }
    schedule.roster_ = std::move(roster);
    return schedule;
}

const Schedule::Part* Schedule::part_at(Level level, Instant at) const {
    for (const Part& part : parts_[static_cast<std::size_t>(level)])
        if (part.era.from <= at && at < part.to) return &part;
    return nullptr;
}

const Rotation* Schedule::rotation(Level level, Instant at) const {
    const Part* part = part_at(level, at);
    return part != nullptr && !part->era.members.empty() ? &part->rotation : nullptr;
}

// Before the overrides.
std::vector<Schedule::Holder> Schedule::by_plan(Level level, Instant at) const {
    for (const Temporary& temporary : roster_.temporaries) {
        if (!holds(temporary, at)) continue;
        std::vector<Holder> holders;
        for (std::size_t i = 0; i < temporary.shifts.size(); ++i) {
            const auto& shift = temporary.shifts[i];
            if (shift.level == level && shift.from <= at && at < shift.to)
                holders.push_back({shift.person, fmt::format("t{}.{}", temporary.id, i)});
        }
        return holders;
    }
    const Part* part = part_at(level, at);
    if (part == nullptr || part->era.members.empty()) return {};
    const auto slot = slot_at(part->rotation, at);
    const auto& person = member_at({part->era.slot, part->era.index}, part->era.members, slot);
    return {{person, fmt::format("{}.{}", part->era.plan, slot)}};
}

std::vector<Schedule::Holder> Schedule::holders(Level level, Instant at) const {
    auto holders = by_plan(level, at);
    for (const Override& it : roster_.overrides) {
        if (it.leaves.empty() || !holds(it, at) || (it.level && *it.level != level)) continue;
        for (Holder& holder : holders) {
            if (holder.person != it.leaves) continue;
            holder.person = it.takes;
            holder.own = false;
        }
    }
    std::erase_if(holders, [](const Holder& holder) { return holder.person.empty(); });
    for (const Override& it : roster_.overrides)
        if (it.leaves.empty() && holds(it, at) && it.level.value_or(Level::primary) == level)
            add_once(holders, Holder{it.takes, fmt::format("o{}", it.id)});
    return holders;
}

OnCall Schedule::at(Instant at) const {
    OnCall people;
    for (const Level level : levels)
        for (const Holder& holder : holders(level, at))
            add_once(people[static_cast<std::size_t>(level)], holder.person);
    return people;
}

// Every instant of the span at which the holders may become others, its ends included.
std::vector<Instant> Schedule::cuts(Level level, Span span) const {
    std::vector<Instant> cuts = {span.from, span.to};
    const auto add = [&](Instant at) {
        if (at > span.from && at < span.to) cuts.push_back(at);
    };
    for (const Part& part : parts_[static_cast<std::size_t>(level)]) {
        add(part.era.from);
        const Instant to = std::min(part.to, span.to);
        if (part.era.members.empty()) continue;
        // Bound: shift_least.
        for (Instant t = std::max(part.era.from, span.from); t < to;) {
            t = next_handover(part.rotation, t);
            if (t < to) add(t);
        }
    }
    for (const Override& it : roster_.overrides) {
        add(it.from);
        add(end_of(it));
    }
    for (const Temporary& it : roster_.temporaries) {
        add(it.from);
        add(end_of(it));
        for (const FixedShift& shift : it.shifts) {
            add(shift.from);
            add(shift.to);
        }
    }
    std::ranges::sort(cuts);
    const auto [first, last] = std::ranges::unique(cuts);
    cuts.erase(first, last);
    return cuts;
}

std::vector<Shift> Schedule::shifts(Span span) const {
    std::vector<Shift> all;
    if (span.from >= span.to) return all;
    for (const Level level : levels) {
        const auto cuts = this->cuts(level, span);
        const auto first = static_cast<std::ptrdiff_t>(all.size());
        for (std::size_t i = 0; i + 1 < cuts.size(); ++i)
            for (const Holder& holder : holders(level, cuts[i])) {
                const auto goes_on = [&](const Shift& s) {
                    return s.to == cuts[i] && s.person == holder.person && s.key == holder.key;
                };
                const auto open = std::find_if(all.begin() + first, all.end(), goes_on);
                if (open != all.end()) open->to = cuts[i + 1];
                else
                    all.push_back(
                        {level, holder.person, cuts[i], cuts[i + 1], holder.key, holder.own});
            }
    }
    return all;
}

Instant Schedule::next_change(Instant at, Instant until) const {
    if (at >= until) return until;
    std::vector<Instant> all;
    for (const Level level : levels) {
        const auto cuts = this->cuts(level, {at, until});
        all.insert(all.end(), cuts.begin() + 1, cuts.end());
    }
    std::ranges::sort(all);
    const OnCall now = this->at(at);
    for (const Instant cut : all)
        if (this->at(cut) != now) return cut;
    return until;
}

std::vector<Shift> merged(std::vector<Shift> shifts) {
    std::vector<Shift> out;
    std::ranges::sort(shifts, [](const Shift& a, const Shift& b) {
        return std::tie(a.level, a.person, a.from) < std::tie(b.level, b.person, b.from);
    });
    for (Shift& shift : shifts) {
        if (!out.empty() && out.back().level == shift.level && out.back().person == shift.person &&
            shift.from <= out.back().to) {
            out.back().to = std::max(out.back().to, shift.to);
            continue;
        }
        out.push_back(std::move(shift));
    }
    std::ranges::sort(out, [](const Shift& a, const Shift& b) {
        return std::tie(a.level, a.from, a.person) < std::tie(b.level, b.from, b.person);
    });
    return out;
}

std::vector<std::string> everyone(const Schedule& schedule, Instant at) {
    std::vector<std::string> people;
    for (const auto& level : schedule.at(at))
        for (const auto& person : level) add_once(people, person);
    const auto& eras = schedule.roster().eras;
    for (const Level level : levels) {
        const Era* last = nullptr;
        for (const Era& era : eras)
            if (era.level == level && era.from <= at) last = &era;
        if (last == nullptr) continue;
        for (const auto& person : last->members) add_once(people, person);
    }
    return people;
}

}  // namespace sg::oncall
