#include "platform/postgres/chains.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.h"

namespace sg::platform::postgres {

namespace {

using Pid = std::int64_t;
using Edges = std::map<Pid, std::set<Pid>>;  // From a session to those that it waits for, or back.

std::set<Pid> reach(const Edges& edges, Pid from) {  // Without `from`, unless it is in a circle.
    std::set<Pid> seen;
    std::vector<Pid> next{from};
    while (!next.empty()) {  // Bound: each session is gone on from once.
        const auto at = edges.find(next.back());
        next.pop_back();
        if (at == edges.end()) continue;
        for (const Pid other : at->second)
            if (seen.insert(other).second) next.push_back(other);
    }
    return seen;
}

}  // namespace

std::vector<Root> roots_of(const std::vector<Waiter>& waiters) {
    Edges waits_for, blocks;
    std::map<Pid, double> waited;
    for (const auto& waiter : waiters)
        for (const Pid other : waiter.blocked_by) {
            waits_for[waiter.pid].insert(other);
            blocks[other].insert(waiter.pid);
            waited[waiter.pid] = waiter.seconds;
        }
    std::vector<Root> roots;
    for (const auto& [pid, direct] : blocks) {
        const auto above = reach(waits_for, pid);
        auto below = reach(blocks, pid);
        // Not blocked by anybody, or only by those whom it blocks itself.
        const bool circular = above.contains(pid);
        if (!above.empty() && !circular) continue;
        if (circular && (!std::ranges::includes(below, above) || *above.begin() < pid)) continue;
        if (circular) below.erase(pid);
        Root root{.pid = pid, .direct = direct.size(), .all = below.size(), .circular = circular};
        root.waiting.assign(below.begin(), below.end());
        std::ranges::sort(root.waiting, std::less{}, [&](Pid other) {
            return std::pair(-waited[other], other);  // Who waits longest first.
        });
        if (!root.waiting.empty()) root.longest = waited[root.waiting.front()];
        roots.push_back(std::move(root));
    }
    std::ranges::sort(roots, [](const Root& a, const Root& b) {
        return std::pair(b.all, a.pid) < std::pair(a.all, b.pid);
    });
    return roots;
}

std::vector<Pid> pids_of(std::string_view array) {
    std::vector<Pid> pids;
    if (array.starts_with('{')) array.remove_prefix(1);
    if (array.ends_with('}')) array.remove_suffix(1);
    for (const auto part : split(array, ',')) {
        Pid pid = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), pid);
        if (error == std::errc{} && end == part.data() + part.size()) pids.push_back(pid);
    }
    return pids;
}

}  // namespace sg::platform::postgres
