// Alert rules and what keeps them quiet: that each can fire, can end, and is about something.
#include <fmt/format.h>

#include <algorithm>

#include "config/check.h"
#include "config/shipped.h"

namespace sg::config {

namespace {

void check_signal(const Config& config, const std::string& path, const AlertRule& rule,
                  Findings& findings) {
    if (rule.promql.empty() && rule.signal.empty() && rule.enabled && findings.all_read()) {
        const bool of_query = findings.was_said(path + ".when");
        findings.fail(
            of_query ? path + ".when" : path,
            of_query ? "`value` is what a query gives, and there is no query"
                     : fmt::format("alert `{}` has no condition", rule.name),
            of_query ? "add `promql:`, or name a signal: errors > 1%" : "add `when: errors > 1%`");
    }
    if (rule.promql.empty()) return;
    if (!rule.signal.empty())
        findings.fail(path + ".when",
                      fmt::format("the condition is about `{}`, but there is a query", rule.signal),
                      "write `value > …`, or remove `promql`");
    if (config.operations.ops.prometheus.empty() && !findings.was_said("ops.prometheus"))
        findings.fail(path + ".promql", "there is nobody to ask this",
                      "add `ops: { prometheus: http://… }`");
}

void check_rule(const Config& config, const std::string& path, const AlertRule& rule,
                Findings& findings) {
    check_signal(config, path, rule, findings);
    const bool wrong_side = rule.above ? rule.clear > rule.fire : rule.clear < rule.fire;
    if (wrong_side && findings.all_read())
        findings.fail(path + ".clear",
                      "the alert would end while it fires: `clear` is on the far side of `when`",
                      rule.above ? "write a smaller threshold than that of `when`"
                                 : "write a larger threshold than that of `when`");
    if (rule.forecast != 0s && rule.signal != "disk" && findings.all_read())
        findings.fail(path + ".full_within", "only `disk` can be full",
                      "remove it, or write `when: disk > 90%`");
    for (const auto& [label, value] : rule.labels)
        if (label == "alertname" || label == "service" || label == "severity")
            findings.fail(fmt::format("{}.labels.{}", path, label),
                          fmt::format("the label `{}` is given already", label),
                          "choose another name for it");
}

void check_hard_fault(const HardFault& fault, Findings& findings) {
    if (fault.sev2 > fault.sev1)
        findings.fail("hard_fault.sev2",
                      fmt::format("`sev2` ({}) takes more failures than `sev1` ({})",
                                  to_text(fault.sev2), to_text(fault.sev1)),
                      "exchange them: sev1 is the worst");
}

}  // namespace

void check_alerts(const Config& config, Findings& findings) {
    const Operations& operations = config.operations;
    const auto services = names_of(config.services);
    for (const auto& [name, rule] : operations.alerts) {
        check_rule(config, "alerts." + name, rule, findings);
        findings.check_names("alerts." + name + ".services", "service", rule.services, services);
    }
    check_hard_fault(operations.hard_fault, findings);
    for (std::size_t i = 0; i < operations.inhibit.size(); ++i) {
        const Inhibition& inhibition = operations.inhibit[i];
        if (!findings.all_read()) break;
        if (inhibition.source.empty() || inhibition.target.empty())
            findings.fail(inhibition.place,
                          "an inhibition without matchers would keep every alert quiet",
                          "say what it matches, such as source: [alertname=gateway-down]");
    }
    findings.check_names("drills.during", "interval", operations.drills.during,
                         names_of(operations.intervals));
    for (const auto& [name, interval] : operations.intervals)
        if (interval.times.empty() && interval.weekdays.empty() && interval.days.empty() &&
            interval.months.empty() && interval.years.empty() && findings.all_read())
            findings.fail("intervals." + name, fmt::format("the interval `{}` is always", name),
                          "say when it is, such as weekdays: [sat, sun]");
}

}  // namespace sg::config
