#include "ops/detect/inspections/gateway.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/inspections/judge.h"

namespace sg::inspections {

using ports::Finding;
using ports::Standing;

namespace {

struct Ends {  // [now.from, now.to) is compared with [before.from, now.from).
    Instant before, from, to;

    static Ends of(const ports::Extent& extent, Instant now) {
        return {now - extent.window - extent.before, now - extent.window, now};
    }
};

std::vector<Finding> traffic(const signals::History& history, const config::Config& config,
                             const std::string& service, const ports::Extent& extent, Instant now) {
    const auto ends = Ends::of(extent, now);
    const Spans spans{extent.window, extent.before};
    std::vector<Finding> findings;
    for (const auto& [name, configured] : config.services) {
        if (!service.empty() && name != service) continue;
        const Compared whole{"service", name, history.service(name, ends.from, ends.to),
                             history.service(name, ends.before, ends.from)};
        std::vector<Compared> parts;
        for (const auto& [version, ignored] : configured.versions) {
            const auto key = name + "/" + version;
            parts.push_back({"version", version, history.version(key, ends.from, ends.to),
                             history.version(key, ends.before, ends.from)});
        }
        findings.push_back(judge_traffic(whole, parts, spans, extent.rows));
    }
    if (!service.empty()) return findings;
    Compared all{"gateway", "routes", {}, {}};
    std::vector<Compared> routes;
    for (const auto& [name, ignored] : history.latest().routes) {
        routes.push_back({"route", name, history.route(name, ends.from, ends.to),
                          history.route(name, ends.before, ends.from)});
        all.now += routes.back().now;
        all.before += routes.back().before;
    }
    std::ranges::sort(routes, std::greater{}, [](const Compared& one) {
        return std::pair(one.now.failed, one.now.requests);
    });
    findings.push_back(judge_traffic(all, routes, spans, extent.rows));
    return findings;
}

std::vector<Finding> endpoints(const std::map<std::string, Result<telemetry::Snapshot>>& heard,
                               const std::string& service, std::uint32_t rows) {
    std::vector<Finding> findings;
    for (const auto& [name, snapshot] : heard) {
        Finding finding;
        if (snapshot) {
            finding = judge_endpoints(*snapshot, service, rows);
        } else {
            finding = {.standing = Standing::unknown,
                       .title = fmt::format("the gateway {} does not answer: {}", name,
                                            snapshot.error().message()),
                       .hint = "`streamgate ps` shows whether it runs"};
        }
        finding.key = name;
        if (snapshot && heard.size() > 1) finding.title = name + ": " + finding.title;
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

std::vector<Finding> Gateway::look(const config::Config& config, const std::string& service,
                                   const ports::Question& question, Instant now) const {
    const auto& extent = question.extent;
    const std::string subject = service.empty() ? "gateway" : "service";
    std::vector<Finding> findings;
    const auto add = [&](const char* word, std::vector<Finding> list) {
        for (auto& finding : list) {
            finding.what = subject + word;
            findings.push_back(std::move(finding));
        }
    };
    const auto wants = [&](const char* word) {
        return std::ranges::find(question.what, subject + word) != question.what.end();
    };
    if (wants(".traffic")) add(".traffic", traffic(world_.history, config, service, extent, now));
    if (wants(".endings")) {
        const auto ends = Ends::of(extent, now);
        const auto known = std::max(ends.before, world_.endings.since());
        const Spans spans{extent.window, std::max<Duration>(ends.from - known, 1s)};
        add(".endings", {judge_endings(world_.endings.between(service, ends.from, ends.to),
                                       world_.endings.between(service, ends.before, ends.from),
                                       spans, extent.rows)});
    }
    if (wants(".endpoints"))
        add(".endpoints",
            endpoints(world_.snapshots(steady_now() + question.deadline), service, extent.rows));
    return findings;
}

}  // namespace sg::inspections
