#include "ops/respond/oncall/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/units.h"

namespace sg::oncall {

namespace {

double share(Duration part, Duration whole) {
    return static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

// Spans in which somebody is on call, of all levels or one, none overlapping, in order.
std::vector<Span> covered(const std::vector<Shift>& shifts, std::optional<Level> level) {
    std::vector<Span> spans;
    for (const Shift& shift : shifts)
        if (!level || shift.level == *level) spans.push_back({shift.from, shift.to});
    std::ranges::sort(spans, {}, &Span::from);
    std::vector<Span> joined;
    for (const Span& span : spans) {
        if (!joined.empty() && span.from <= joined.back().to)
            joined.back().to = std::max(joined.back().to, span.to);
        else joined.push_back(span);
    }
    return joined;
}

Duration length(const std::vector<Span>& spans) {
    Duration sum{};
    for (const Span& span : spans) sum += span.to - span.from;
    return sum;
}

void find_gaps(Quality& q, const std::vector<Shift>& shifts, Span whole) {
    auto spans = covered(shifts, {});
    q.coverage = share(length(spans), whole.to - whole.from);
    for (const Level level : levels)
        q.covered[static_cast<std::size_t>(level)] =
            share(length(covered(shifts, level)), whole.to - whole.from);
    spans.push_back({whole.to, whole.to});
    Instant end = whole.from;
    for (const Span& span : spans) {
        if (span.from - end > q.gap_longest) {
            q.gap_longest = span.from - end;
            q.gap_from = end;
        }
        end = span.to;
    }
}

std::map<std::string, Load> loads_of(const std::vector<Shift>& shifts) {
    std::map<std::string, Load> loads;
    std::map<std::string, Instant> ends;  // Of the last primary shift.
    for (const Shift& shift : shifts) {
        Load& load = loads[shift.person];
        load.person = shift.person;
        load.on_call += shift.to - shift.from;
        if (shift.level != Level::primary) continue;
        load.primary += shift.to - shift.from;
        if (const auto last = ends.find(shift.person); last != ends.end())
            load.back_to_back += last->second == shift.from ? 1 : 0;
        ends[shift.person] = shift.to;
    }
    return loads;
}

double balance_of(const std::map<std::string, Load>& loads) {
    double sum = 0;
    std::int64_t pairs = 0;
    for (auto a = loads.begin(); a != loads.end(); ++a)
        for (auto b = std::next(a); b != loads.end(); ++b, ++pairs) {
            const auto [least, most] = std::minmax(a->second.on_call, b->second.on_call);
            sum += share(least, most);
        }
    return pairs == 0 ? 1 : sum / static_cast<double>(pairs);
}

std::int64_t busiest_12h(const std::vector<Paged>& past, const std::string& person) {
    std::size_t most = 0;
    for (const Paged& first : past) {
        if (first.person != person) continue;
        std::set<std::int64_t> incidents;
        for (const Paged& other : past)
            if (other.person == person && other.at >= first.at && other.at < first.at + 12h)
                incidents.insert(other.incident);
        most = std::max(most, incidents.size());
    }
    return static_cast<std::int64_t>(most);
}

// People who stand at two levels at once, in the first such shift of each.
std::set<std::string> doubled(const std::vector<Shift>& shifts) {
    std::set<std::string> people;
    std::map<std::string, std::vector<const Shift*>> by_person;
    for (const Shift& shift : shifts) by_person[shift.person].push_back(&shift);
    for (auto& [person, own] : by_person) {
        std::ranges::sort(own, {}, [](const Shift* s) { return s->from; });
        for (std::size_t i = 0; i < own.size(); ++i)
            for (std::size_t k = i + 1; k < own.size() && own[k]->from < own[i]->to; ++k)
                if (own[k]->level != own[i]->level) people.insert(person);
    }
    return people;
}

void warn(Quality& q, const std::vector<Shift>& shifts) {
    if (q.loads.size() < people_least)
        q.warnings.push_back(fmt::format("{} people for three levels: at least {} are needed",
                                         q.loads.size(), people_least));
    for (const Level level : levels)
        if (q.covered[static_cast<std::size_t>(level)] == 0)
            q.warnings.push_back(fmt::format("nobody is ever {}", word(level)));
    if (q.gap_longest > Duration{})
        q.warnings.push_back(fmt::format("nobody at all is on call for {} from {}",
                                         sg::to_text(q.gap_longest), to_rfc3339(q.gap_from)));
    for (const auto& person : doubled(shifts))
        q.warnings.push_back(fmt::format("{} holds two levels at once", person));
    for (const Load& load : q.loads) {
        if (load.primary_share > primary_share_most)
            q.warnings.push_back(fmt::format("{} is primary {:.0f} % of the time: over {:.0f} %",
                                             load.person, load.primary_share * 100,
                                             primary_share_most * 100));
        if (load.incidents_12h > incidents_12h_most)
            q.warnings.push_back(
                fmt::format("{} was paged for {} incidents within 12 hours: over {}", load.person,
                            load.incidents_12h, incidents_12h_most));
    }
}

}  // namespace

Quality quality(const Schedule& schedule, Instant from, const std::vector<Paged>& past) {
    const Span whole{from, from + quality_span};
    const auto shifts = schedule.shifts(whole);
    Quality q;
    find_gaps(q, shifts, whole);
    auto loads = loads_of(shifts);
    q.balance = balance_of(loads);
    q.score = (q.coverage + q.balance) / 2;
    for (auto& [person, load] : loads) {
        load.primary_share = share(load.primary, quality_span);
        load.incidents_12h = busiest_12h(past, person);
        q.loads.push_back(load);
    }
    warn(q, shifts);
    return q;
}

}  // namespace sg::oncall
