// The guards: may this request be served at all? Cheapest first. A refusal names its ending.
#pragma once

#include "gateway/exchange.h"
#include "gateway/guards/faults.h"

namespace sg::gateway::guards {

// Before routing: what is asked must be one thing, and not asked of ourselves in a circle.
Ending inspect(Exchange& exchange);

// After routing: limits of size and load, what a directive refuses, injected faults, a place among
// the service's requests in flight.
runtime::Task<Ending> admit(Exchange& exchange);

// What a fault does to a request: it waits, is refused, or is served as it is.
runtime::Task<Ending> suffer(Exchange& exchange, const Fault& fault);

// Gives back what admit() took. Once per exchange, whatever happened.
void leave(Exchange& exchange);

}  // namespace sg::gateway::guards
