// Objectives as a table for people: `streamgate slo`.
#pragma once

#include <map>
#include <span>
#include <string>

#include "ops/detect/slo/meter.h"

namespace sg::slo {

struct Report {
    Slo slo;
    Level level = Level::met;
    bool unseen = false;
    Counts hour;  // Over the fastest tier's long window.
    Counts period;
    double burn = 0;  // Over the same window.
    double left = 1;
    std::optional<Duration> runs_out;
};

std::vector<Report> reports(const Meter& meter, const std::map<std::string, Standing>& standings);

// Aligned columns, units everywhere, a line of summary first.
std::string show(std::span<const Report> reports);

}  // namespace sg::slo
