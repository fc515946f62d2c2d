// Plays a story and says what came of it.
#pragma once

#include <string>
#include <vector>

#include "story.h"

namespace sg::sim {

struct Staging {
    std::string store = "sqlite";
    Sabotage sabotage{};
    // Granted to every expectation: what a crash or a failure may delay.
    Duration grace{};
    std::int64_t duplicates = 0;  // So often a message may be sent again.
    // Called before each statement with its number, its name and the length of the log.
    std::function<void(std::int64_t, std::string_view, std::size_t)> on_statement;
};

struct Outcome {
    std::string failure;  // Empty: the story came true. Several lines.
    Duration virtual_time{};
    std::int64_t events = 0;
    std::int64_t pages = 0;  // Messages that paged somebody.
    std::int64_t statements = 0;
    std::int64_t sends = 0;
    std::int64_t crashes = 0;
    std::vector<Happening> log;
    bool ok() const { return failure.empty(); }
};

Outcome play(const Story& story, const Staging& staging);

// What must hold in every world, whatever happened: the chain verifies, rows equal the fold of
// their events. Empty: it does.
std::string look_over(World& world);

std::string shown(const Happening& happening);  // One line, for people.

}  // namespace sg::sim
