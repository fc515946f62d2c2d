// The life of a request.
#pragma once

#include "gateway/exchange.h"

namespace sg::gateway {

// From a parsed head to a reason why it ended. The caller accounts for it: always, exactly once.
runtime::Task<Ending> serve(Exchange& exchange);

}  // namespace sg::gateway
