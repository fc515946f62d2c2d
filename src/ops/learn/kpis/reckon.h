// The key figures of a period, from what is known of it. Pure: no clock, no database.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/learn/kpis/model.h"

namespace sg::kpis {

struct Period {
    Span span;
    std::string service;  // Empty: all.
    std::string team;
};

// What was counted beside the incidents.
struct Counted {
    std::int64_t slices = 0;  // Minutes that availability was judged of, and how many were bad.
    std::int64_t slices_bad = 0;
    Duration slices_over{};  // The window of the objectives that they are of.
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    double latency_p95_seconds = 0;
    double busiest_per_second = 0;  // Served, in the busiest hour.
};

struct Evidence {
    std::vector<Case> cases;     // Newest first.
    std::int64_t incidents = 0;  // In the period, also those that were not read.
    Counted counted;
    std::vector<Span> excluded;  // Scheduled maintenance: neither downtime nor time to fail in.
};

Report reckon(const Period& period, const Evidence& evidence, const config::Operations& targets);

// How much of `within` the spans cover, each moment once, without what `excluded` covers.
Duration covered(std::vector<Span> spans, std::vector<Span> excluded, Span within);

}  // namespace sg::kpis
