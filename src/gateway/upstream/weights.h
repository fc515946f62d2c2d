// Turns by weight: smooth weighted round robin. Over any run of requests each gets its share to
// within one turn.
#pragma once

#include <cstdint>
#include <span>

namespace sg::gateway::upstream {

struct Weighted {
    std::uint32_t weight = 0;
    std::int64_t current = 0;
    bool able =
        false;  // May take a turn now; who may not hands its share to the others, in proportion.
};

// The index whose turn it is; -1: nobody with a weight above 0 is able. Bound: the number of
// entries. `Entry` has a Weighted called `turn`.
template <class Entry>
int next_turn(std::span<Entry> entries) {
    int best = -1;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Weighted& one = entries[i].turn;
        if (!one.able || one.weight == 0) {
            one.current = 0;  // Whoever comes back claims nothing for the time away.
            continue;
        }
        one.current += one.weight;
        total += one.weight;
        if (best < 0 || one.current > entries[static_cast<std::size_t>(best)].turn.current)
            best = static_cast<int>(i);
    }
    if (best >= 0) entries[static_cast<std::size_t>(best)].turn.current -= total;
    return best;
}

}  // namespace sg::gateway::upstream
