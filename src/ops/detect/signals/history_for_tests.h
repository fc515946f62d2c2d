// A history that a test writes second by second, all of it kept at one second. Invariant: what is
// asked for is the plain sum of what was written, so that it can be the judge of cleverer code.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ops/detect/signals/ask.h"

namespace sg::signals {

class HistoryForTests : public History {
  public:
    // The span of `second` ended at `second.at`, on a whole second.
    void add(Second second) {
        for (const auto& [name, flow] : second.services) flows_[name][second.at.ns] = flow;
        for (const auto& [name, resources] : second.resources)
            levels_[name].push_back({second.at, resources});
        latest_ = std::move(second);
    }
    void add_probe(const std::string& service, Instant at, Health health) {
        probes_[service].emplace(at.ns, health);
    }

    Flow service(const std::string& name, Instant from, Instant to) const override {
        Flow sum;
        const auto found = flows_.find(name);
        if (found == flows_.end()) return sum;
        for (auto it = found->second.upper_bound(from.ns);
             it != found->second.end() && it->first <= to.ns; ++it)
            sum += it->second;
        return sum;
    }
    Flow version(const std::string&, Instant, Instant) const override { return {}; }
    Flow route(const std::string&, Instant, Instant) const override { return {}; }

    std::vector<Bucket> buckets(const std::string& service, Instant from, Instant to,
                                Duration resolution) const override {
        std::vector<Bucket> all;
        const auto found = flows_.find(service);
        if (found == flows_.end()) return all;
        const auto step = resolution.count();
        from = {from.ns / step * step};
        to = {(to.ns + step - 1) / step * step};
        for (auto it = found->second.upper_bound(from.ns);
             it != found->second.end() && it->first <= to.ns; ++it) {
            const Instant begin{(it->first - 1) / step * step};
            if (all.empty() || all.back().from != begin) all.push_back({begin, resolution, {}});
            all.back().flow += it->second;
        }
        return all;
    }

    std::vector<Level> levels(const std::string& of, Instant from, Instant to) const override {
        std::vector<Level> all;
        const auto found = levels_.find(of);
        if (found == levels_.end()) return all;
        for (const Level& level : found->second)
            if (level.at > from && level.at <= to) all.push_back(level);
        return all;
    }

    std::pair<int, int> probes(const std::string& service, Instant from,
                               Instant to) const override {
        std::pair<int, int> count;
        const auto found = probes_.find(service);
        if (found == probes_.end()) return count;
        for (auto it = found->second.lower_bound(from.ns);
             it != found->second.end() && it->first < to.ns; ++it) {
            ++count.first;
            count.second += it->second == Health::well ? 1 : 0;
        }
        return count;
    }

    Second latest() const override { return latest_; }

  private:
    std::map<std::string, std::map<std::int64_t, Flow>> flows_;  // By the end of the second.
    std::map<std::string, std::vector<Level>> levels_;
    std::map<std::string, std::multimap<std::int64_t, Health>> probes_;
    Second latest_;
};

}  // namespace sg::signals
