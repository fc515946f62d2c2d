// Whether a channel can be addressed to a person: mail needs an address, a telephone a number.
#pragma once

#include "config/operations.h"

namespace sg::config {

bool reaches(const Channel& channel, const Person& person);

}  // namespace sg::config
