// What can be seen without a rule: hard faults, endpoints, probes, needs, silent gateways, and the
// risk of losing data.
#pragma once

#include "ops/detect/alerts/rules.h"

namespace sg::alerts {

// Takes in the last second of every service. Before find_hard_faults(), once a second.
void remember(const signals::Second& second, Watch& watch);

// The answers to the PromQL of the rules, for find_by_rules(). Before it, once a second.
void take_answers(const Sight& sight, Watch& watch);
// Rules by PromQL whose server has not answered for a minute: they cannot fire, nor clear.
std::vector<Condition> find_silent_sources(const Sight& sight);

std::vector<Condition> find_hard_faults(const Sight& sight, const Watch& watch);

// A service that has endpoints, none of them healthy, for five seconds.
std::vector<Condition> find_lost_endpoints(const Sight& sight);

// All probes of a service ill: its users are as well. Some: something to look into. Three looks in
// a row: one in two thousand fails by chance.
std::vector<Condition> find_failed_probes(const Sight& sight);

std::vector<Condition> find_failed_needs(const Sight& sight);
std::vector<Condition> find_silent_gateways(const Sight& sight);
std::vector<Condition> find_risks(const Durability& durability, Instant now);

}  // namespace sg::alerts
