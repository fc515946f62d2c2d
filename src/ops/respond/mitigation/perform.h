// An errand of a mitigation, carried out through the platform. Blocks; from the dispatcher only.
#pragma once

#include <string>

#include "ops/respond/mitigation/decide.h"
#include "ports/executor.h"

namespace sg::mitigation {

Answer perform(const std::string& body, const ports::Executor& executor, Instant now);

}  // namespace sg::mitigation
