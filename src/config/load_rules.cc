#include "config/load_rules.h"

#include "config/check.h"
#include "config/describe_operations.h"
#include "config/problem.h"
#include "config/yaml.h"

namespace sg::config {

namespace {

struct RuleFile {
    std::map<std::string, AlertRule> alerts;
};

void describe(Visitor& v, RuleFile& file) {
    v.record({.name = "a file of rules"});
    v.visit({.key = "alerts"}, alerts_type(), &file.alerts);
}

// All three forms as `alerts: { NAME: … }`, with the places that they had.
Node as_alerts(Node root) {
    const Place place = root.place;
    Node all = Node::map(place);
    if (const Node* alerts = root.find("alerts")) {
        all.add("alerts", *alerts);
    } else if (root.is_scalar() || root.find("when") != nullptr) {
        all.add("alerts", Node::map(place)).add("tried", std::move(root));
    } else {
        all.add("alerts", std::move(root));
    }
    return all;
}

void read_rules(Node root, Config& config, std::vector<Problem>& problems) {
    Reader reader("/");
    RuleFile file;
    reader.read(as_alerts(std::move(root)), file);
    auto found = reader.take_problems();
    std::move(found.begin(), found.end(), std::back_inserter(problems));
    config.operations.alerts = std::move(file.alerts);
    for (auto& [name, rule] : config.operations.alerts) rule.name = name;
    // The rest of the configuration was checked when it was accepted.
    config.operations.inhibit.clear();
    config.operations.intervals.clear();
    config.operations.hard_fault = {};
    const auto places = reader.take_places();
    Findings findings("/", places, problems);
    check_alerts(config, findings);
}

}  // namespace

Result<std::map<std::string, AlertRule>> load_rules(std::string_view text, std::string file_name,
                                                    const Config& ours) {
    Yaml yaml = parse_yaml(text);
    auto problems = std::move(yaml.problems);
    Config config;
    config.services = ours.services;
    config.operations.ops.prometheus = ours.operations.ops.prometheus;
    if (yaml.root.kind != Node::Kind::none) read_rules(std::move(yaml.root), config, problems);
    else if (problems.empty())
        problems.push_back({{1, 1}, "there is no rule", "such as errors > 1%"});
    put_in_order(problems, text);
    if (!problems.empty())
        return fail(Errc::config_invalid, "\n" + render(problems, text, file_name));
    return std::move(config.operations.alerts);
}

}  // namespace sg::config
