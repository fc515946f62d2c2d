// Scenarios: files in YAML, read with the places of their mistakes; those that are shipped, those
// of a folder, and those that are made of the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe_read.h"
#include "base/result.h"
#include "config/model.h"
#include "ops/learn/drills/model.h"

namespace sg::drills {

struct ExpectationRow {
    std::string_view what;  // `paged`
    std::string_view
        kinds;  // Of events that meet it, separated by spaces; empty: judged at the end.
    std::string_view about;  // For people.
};
std::span<const ExpectationRow> expectations();
const ExpectationRow* find_expectation(std::string_view what);

inline constexpr std::size_t scenario_bytes_max = 64 << 10;
inline constexpr std::size_t scenarios_max = 500;  // Bound: files looked at in the folder.

struct Read {
    Scenario scenario;
    std::vector<Problem> problems;  // Then it is listed, and never run.
    std::string text;
    std::string file;  // Empty: shipped.
};
Read read_scenario(std::string_view text, std::string_view name);

struct Library {
    std::vector<Read> scenarios;    // By name.
    std::vector<Error> unreadable;  // Of files and of the folder.

    const Read* find(std::string_view name) const;
};
// `folder`: every `*.yaml` in it; empty: only the shipped ones.
Library read_library(const std::string& folder);

struct Wish {
    Mode mode = Mode::automatic;
    std::string on;  // `catalog`, `catalog/v2`, a need, a channel; empty: the first that fits.
};
// Error: there is nothing in the configuration that it can be aimed at.
Result<Plan> aim(const Scenario& scenario, const config::Config& config, const Wish& wish);

// Fault × target × size of everything that is configured, in an order that the seed decides.
std::vector<Scenario> generate(const config::Config& config, std::uint64_t seed, std::size_t most);

}  // namespace sg::drills
