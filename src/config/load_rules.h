// Alert rules on their own, as they would stand in the file: to be tried before they are put there.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/model.h"

namespace sg::config {

// A whole file (its `alerts` are taken), `NAME: { when: … }` of any number, or one rule alone,
// which is then called `tried`. Checked against the services and the servers of `ours`. The error
// holds all mistakes, rendered.
Result<std::map<std::string, AlertRule>> load_rules(std::string_view text, std::string file_name,
                                                    const Config& ours);

}  // namespace sg::config
