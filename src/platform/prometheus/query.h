// A Prometheus-compatible server, asked over its HTTP API. Source: prometheus.io, "HTTP API",
// instant queries.
#pragma once

#include <string_view>

#include "ports/promql.h"

namespace sg::platform::prometheus {

class Server final : public ports::Promql {
  public:
    Result<std::vector<ports::PromqlSample>> ask(const std::string& server,
                                                 const std::string& expression,
                                                 Duration timeout) const override;
};

// The answer to /api/v1/query. Scalars and vectors; samples that are not a number are left out.
Result<std::vector<ports::PromqlSample>> read_answer(std::string_view json);

}  // namespace sg::platform::prometheus
