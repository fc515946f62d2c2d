#include "ops/detect/slo/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "config/document.h"
#include "config/shipped.h"
#include "ops/detect/slo/burn.h"
#include "ops/detect/slo/decide.h"
#include "ops/detect/slo/openslo.h"
#include "ops/detect/slo/prometheus_rules.h"

namespace sg::slo {

namespace {

using config::Objective;

std::vector<Slo> objectives_in(const config::Config& config) {
    std::map<std::string, Duration> latency_objectives;
    for (const auto& [name, service] : config.services)
        latency_objectives[name] = service.latency_objective;
    return objectives_of(config.operations, latency_objectives);
}

// `99% under 300ms over 28d`
std::string in_words(const Objective& objective) {
    std::string words = objective.kind == Objective::Kind::throughput ? to_text(objective.rate)
                                                                      : to_text(objective.target);
    if (objective.kind == Objective::Kind::latency) words += " under " + to_text(objective.within);
    return words + " over " + to_text(objective.over);
}

// What the short form cannot say: only what is not as shipped.
Node node_of(const Objective& objective) {
    const Objective& shipped = config::shipped_objective(objective.kind);
    Node rest = Node::map();
    const bool is_throughput = objective.kind == Objective::Kind::throughput;
    if (is_throughput && objective.target != shipped.target)
        rest.add("target", Node::scalar(to_text(objective.target)));
    if (objective.kind == Objective::Kind::availability &&
        objective.slice_target != shipped.slice_target)
        rest.add("slice_target", Node::scalar(to_text(objective.slice_target)));
    if (objective.page != shipped.page)
        rest.add("page", Node::scalar(severity_text(objective.page)));
    if (objective.ticket != shipped.ticket)
        rest.add("ticket", Node::scalar(severity_text(objective.ticket)));
    if (rest.entries.empty()) return Node::scalar(in_words(objective));

    Node node = Node::map();
    if (is_throughput) node.add("rate", Node::scalar(to_text(objective.rate)));
    else node.add("target", Node::scalar(to_text(objective.target)));
    if (objective.kind == Objective::Kind::latency)
        node.add("within", Node::scalar(to_text(objective.within)));
    node.add("over", Node::scalar(to_text(objective.over)));
    for (auto& entry : rest.entries) node.add(entry.key.text, std::move(entry.value));
    return node;
}

// One of a kind stands for itself, several are a list.
void add_objective(Node& service, const Objective& objective) {
    const std::string kind(kind_text(objective.kind));
    const auto found = std::ranges::find(service.entries, kind,
                                         [](const Node::Entry& entry) { return entry.key.text; });
    if (found == service.entries.end()) {
        service.add(kind, node_of(objective));
        return;
    }
    if (!found->value.is_list()) {
        Node list = Node::list();
        list.items.push_back(std::move(found->value));
        found->value = std::move(list);
    }
    found->value.items.push_back(node_of(objective));
}

}  // namespace

Result<Form> form_of(std::string_view word) {
    if (word == "openslo") return Form::openslo;
    if (word == "prometheus") return Form::prometheus;
    return fail(Errc::invalid_argument, fmt::format("`{}` is not a format", word),
                "openslo or prometheus");
}

std::string exported(const config::Config& config, Form form) {
    const auto slos = objectives_in(config);
    if (form == Form::openslo) return to_openslo(slos);
    std::vector<RuleSource> sources;
    for (const Slo& slo : slos) sources.push_back({slo, tiers_of(config.operations.burn, slo)});
    return to_prometheus_rules(sources);
}

std::string to_configuration(const std::vector<Slo>& slos) {
    std::map<std::string, Node> services;
    for (const Slo& slo : slos)
        add_objective(services.try_emplace(slo.service, Node::map()).first->second, slo.objective);
    Node all = Node::map();
    for (auto& [name, node] : services) all.add(name, std::move(node));
    Node root = Node::map();
    root.add("objectives", std::move(all));
    return config::to_yaml(root);
}

Result<Imported> imported(std::string_view openslo, const config::Config* ours) {
    TRY(const auto slos, from_openslo(openslo));
    if (slos.empty())
        return fail(Errc::invalid_argument, "there is no SLO in this file",
                    "documents of kind SLO are what becomes an objective");
    Imported it{to_configuration(slos), lint_openslo(openslo)};
    std::string told;
    for (const Slo& slo : slos) {
        if (ours == nullptr || ours->services.contains(slo.service) || told == slo.service)
            continue;
        told = slo.service;
        it.odd.push_back(fmt::format(
            "service `{}` is not in the configuration: nothing would count for it", slo.service));
    }
    return it;
}

}  // namespace sg::slo
