// Questions about services, teams, people and dependencies. Pointers and references live as long as
// the configuration that they were asked of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model.h"

namespace sg::catalog {

using config::Config;

// --- services -----------------------------------------------------------------------------------

std::vector<std::string> services(const Config& config);  // In alphabetical order.

// Who answers for a service: the team it names, else the only team there is. Null: nobody is known.
// Asked without a service (an alert of the host, of an inbox) it is the only team there is.
const config::Team* team_of(const Config& config, const std::string& service);
std::vector<std::string> services_of(const Config& config, const std::string& team);

// --- people -------------------------------------------------------------------------------------

// Everyone of a team, each once: primary first, then secondary, backup, fallback.
std::vector<std::string> people_of(const config::Team& team);
std::vector<std::string> teams_of(const Config& config, const std::string& person);
const config::Person* find_person(const Config& config, const std::string& id);  // Null: unknown.

// Whom to page when nobody else is left: the fallback of the team, else everyone of the team; with
// no team, everyone there is.
std::vector<std::string> fallback_of(const Config& config, const config::Team* team);

// The channels that reach a person, in their order of preference.
std::vector<const config::Channel*> channels_of(const Config& config, const config::Person& person);

// --- dependencies -------------------------------------------------------------------------------

std::vector<const config::Need*> needs_of(const Config& config, const std::string& service);
std::vector<std::string> services_needing(const Config& config, const std::string& need);

// --- what is promised and watched ---------------------------------------------------------------

// Those of the service, else those of `all`. In the order of their kinds; empty: nothing is
// promised.
const std::vector<config::Objective>& objectives_of(const Config& config,
                                                    const std::string& service);
const config::SeverityPolicy& policy_of(const Config& config, config::Severity severity);

// Rules that are switched on: all of them, and those that watch a service.
std::vector<const config::AlertRule*> alerts(const Config& config);
std::vector<const config::AlertRule*> alerts_of(const Config& config, const std::string& service);
std::vector<const config::Probe*> probes_of(const Config& config, const std::string& service);

// Speed of this machine's network in bits per second, where the file says it.
std::optional<double> link_speed(const Config& config);

}  // namespace sg::catalog
