// Who waits for whom, resolved to who blocks them all. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sg::platform::postgres {

// A session that waits for a lock, or that another waits for.
struct Waiter {
    std::int64_t pid = 0;
    std::vector<std::int64_t> blocked_by;  // Empty: it waits for nobody. 0: a prepared transaction.
    double seconds = 0;                    // That it has waited.
};

struct Root {
    std::int64_t pid = 0;    // 0: a prepared transaction, which has no process.
    std::size_t direct = 0;  // Sessions that wait for it...
    std::size_t all = 0;     // ...and those that wait for these, and so on.
    double longest = 0;      // Seconds: of all that wait because of it.
    bool circular = false;   // They wait for each other: the server will end one of them.
    std::vector<std::int64_t> waiting;  // All of them, who waits longest first.
};

// Most waiting first. Who waits for two is counted under both. Of a circle the smallest pid stands
// for it.
std::vector<Root> roots_of(const std::vector<Waiter>& waiters);

// `{12,34}` as the server writes it.
std::vector<std::int64_t> pids_of(std::string_view array);

}  // namespace sg::platform::postgres
