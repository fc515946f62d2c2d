// The table of circuit counters by name.
#include "gateway/upstream/circuit.h"

#include <utility>

namespace sg::gateway::upstream {

std::shared_ptr<CircuitCounter> Circuits::at(std::string key) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<CircuitCounter>& known = counters_[std::move(key)];
    if (auto counter = known.lock()) return counter;
    auto counter = std::make_shared<CircuitCounter>();
    known = counter;
    // Endpoints come and go with DNS; forget those that nobody counts any more.
    std::erase_if(counters_, [](const auto& entry) { return entry.second.expired(); });
    return counter;
}

std::shared_ptr<CircuitCounter> Circuits::of_service(const std::string& service) {
    return at(service);
}

std::shared_ptr<CircuitCounter> Circuits::of_endpoint(const std::string& service,
                                                      const std::string& endpoint) {
    return at(service + '\n' + endpoint);  // No name holds a line end.
}

}  // namespace sg::gateway::upstream
