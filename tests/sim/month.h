// A month of random troubles, and of people who mostly answer. Seeded: the same seed is the same
// month. What must hold whatever happens is looked at all the time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sg::sim {

struct Life {
    std::uint64_t seed = 1;
    int days = 30;
    std::string store = "sqlite";
};

struct Month {
    std::int64_t troubles = 0;
    std::int64_t incidents = 0;
    std::int64_t pages = 0;
    std::int64_t unanswered = 0;
    std::int64_t events = 0;
    std::vector<std::string> wrong;  // Empty: everything held.
};

Month live(const Life& life);

}  // namespace sg::sim
