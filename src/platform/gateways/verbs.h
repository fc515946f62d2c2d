// Typed verbs as directives. Pure: what a verb means for the gateways, given the configuration and
// what is in force.
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "config/model.h"
#include "directive/model.h"
#include "ports/verbs.h"

namespace sg::platform::gateways {

bool is_gateway_verb(std::string_view verb);

// Weights of the service's versions: as configured, and as said since.
using Weights = std::map<std::string, std::uint32_t>;
Weights weights_of(const config::Service& service, std::span<const directive::Directive> in_force);

// Requires: is_gateway_verb(act.verb), check(act). Error: what it names is not there, or nobody
// would be left to serve.
Result<directive::What> what_of(const ports::Act& act, const config::Config& config,
                                std::span<const directive::Directive> in_force);

// What is about the same thing as `what`: it counts again once `what` is lifted.
bool about_the_same(const directive::What& what, const directive::What& other);

}  // namespace sg::platform::gateways
