// What others may ask about incidents.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ops/respond/incidents/model.h"
#include "store/session.h"

namespace sg::incidents {

Result<std::optional<Incident>> find(store::Session& session, std::int64_t id);
Result<std::vector<Incident>> open_incidents(store::Session& session);  // Worst first.

struct Page {  // Newest first.
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit = 50;
    std::string service;
};
Result<std::vector<Incident>> list(store::Session& session, const Page& page);

// The same two as the JSON that is stored: reading a thousand of them into structs, to write them
// again, takes longer than finding them.
Result<std::vector<std::string>> open_documents(store::Session& session);
Result<std::vector<std::string>> list_documents(store::Session& session, const Page& page);

// The promise that is to be kept next: `acknowledge`, `assess`, `mitigate`, `tell those who wait`.
struct Promise {
    std::string what;
    Instant due;
};
std::optional<Promise> next_promise(const Incident& incident);  // Nothing: none runs.

}  // namespace sg::incidents
