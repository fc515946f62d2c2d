// An outside server that answers PromQL.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::ports {

struct PromqlSample {
    std::map<std::string, std::string> labels;
    double value = 0;
};

class Promql {
  public:
    virtual ~Promql() = default;

    // The value of an instant query, now. Blocks, at most `timeout`. From several threads.
    virtual Result<std::vector<PromqlSample>> ask(const std::string& server,
                                                  const std::string& expression,
                                                  Duration timeout) const = 0;
};

}  // namespace sg::ports
