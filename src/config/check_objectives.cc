// Objectives: that they can be kept and measured, and that burn rates fit them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/check.h"

namespace sg::config {

namespace {

using Kind = Objective::Kind;

// The same text: the same promise.
std::string promise(const Objective& o) {
    return fmt::format("{} {} {} {} {} {}", static_cast<int>(o.kind), o.target.of_one,
                       o.within.count(), o.rate.per_second, o.over.count(), o.slice_target.of_one);
}

void check_objective(const Objective& objective, Findings& findings) {
    if (objective.target.of_one >= 1)
        findings.fail(
            objective.place,
            fmt::format("an objective of {} leaves no error budget", to_text(objective.target)),
            "any failure at all would break it: write what users need, such as 99.99%");
    if (objective.page > objective.ticket)
        findings.fail(
            objective.place,
            fmt::format("a quick burn ({}) is milder than a slow one ({})",
                        WordsOf<Severity>::words[static_cast<std::size_t>(objective.page)],
                        WordsOf<Severity>::words[static_cast<std::size_t>(objective.ticket)]),
            "exchange `page` and `ticket`: sev1 is the worst");
}

void check_service(const std::string& name, const std::vector<Objective>& objectives,
                   Findings& findings) {
    const Objective* latency = nullptr;
    Once once;
    for (const Objective& objective : objectives) {
        if (const Place* first = once.first_of(promise(objective), objective.place))
            findings.fail(objective.place, "this objective is there twice",
                          fmt::format("remove one: the other is in line {}", first->line));
        if (objective.kind != Kind::latency) continue;
        if (latency && latency->within != objective.within)
            findings.fail(
                objective.place,
                fmt::format("`{}` has latency objectives for {} and for {}", name,
                            to_text(latency->within), to_text(objective.within)),
                "requests are counted exactly at one time only: keep one of them, or give both "
                "the same time with other targets");
        latency = &objective;
    }
}

void check_burn(const Operations& operations, Findings& findings) {
    Duration longest = 0s;
    Once once;
    for (std::size_t i = 0; i < operations.burn.size(); ++i) {
        const BurnTier& tier = operations.burn[i];
        longest = std::max(longest, tier.window);
        if (once.first_of(tier.name, {}))
            findings.fail(fmt::format("burn_rates.{}.name", i),
                          fmt::format("`{}` is there twice", tier.name),
                          "give one of them another name");
    }
    for (const auto& [name, objectives] : operations.objectives)
        for (const Objective& objective : objectives)
            if (objective.place.line > 0 && objective.over < longest)
                findings.fail(objective.place,
                              fmt::format("the window of {} is shorter than that of a burn rate "
                                          "({})",
                                          to_text(objective.over), to_text(longest)),
                              "lengthen `over`, or give `burn_rates` with shorter windows");
}

}  // namespace

void check_objectives(const Config& config, Findings& findings) {
    auto known = names_of(config.services);
    known.insert(std::ranges::lower_bound(known, "all"), "all");
    for (const auto& [name, objectives] : config.operations.objectives) {
        findings.check_name("objectives." + name, "service", name, known);
        for (const Objective& objective : objectives)
            if (name == "all" || findings.was_said("objectives." + name))
                check_objective(objective, findings);
        check_service(name, objectives, findings);
    }
    check_burn(config.operations, findings);
}

}  // namespace sg::config
