#include "gateway/telemetry/registry.h"

#include "base/check.h"
#include "base/text.h"

namespace sg::gateway {

NameTable::~NameTable() {
    for (auto& chunk : chunks_) delete[] chunk.load();
}

std::uint16_t NameTable::intern(std::string_view name, std::uint16_t parent) {
    std::string key(name);
    key +=
        '\0';  // Names of two versions of two services may be equal: the parent belongs to the key.
    key += std::to_string(parent);

    const std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) return found->second;
    const auto at = size_.load(std::memory_order_relaxed);
    if (at == capacity_) return Account::none;

    auto& chunk = chunks_[at / chunk_size];
    if (chunk.load(std::memory_order_relaxed) == nullptr)
        chunk.store(new NameEntry[chunk_size], std::memory_order_release);
    NameEntry& entry = chunk.load(std::memory_order_relaxed)[at % chunk_size];
    entry.name = name;
    append_json_escaped(entry.json, name);
    entry.parent = parent;
    index_.emplace(std::move(key), at);
    size_.store(static_cast<std::uint16_t>(at + 1), std::memory_order_release);
    return at;
}

const NameEntry& NameTable::at(std::uint16_t index) const {
    static const NameEntry unknown;
    if (index >= size()) return unknown;
    return chunks_[index / chunk_size].load(std::memory_order_acquire)[index % chunk_size];
}

std::uint16_t Registry::counted(std::uint16_t index) {
    if (index == Account::none) refused_.fetch_add(1, std::memory_order_relaxed);
    return index;
}

std::uint16_t Registry::route(std::string_view name) {
    return counted(routes_.intern(name, Account::none));
}

std::uint16_t Registry::service(std::string_view name) {
    return counted(services_.intern(name, Account::none));
}

std::uint16_t Registry::version(std::uint16_t service, std::string_view name) {
    return counted(versions_.intern(name, service));
}

std::uint16_t Registry::endpoint(std::uint16_t version, std::string_view host_port) {
    return counted(endpoints_.intern(host_port, version));
}

void Registry::set_objective(std::uint16_t service, Duration objective) {
    if (service >= services_max) return;
    CHECK(objective.count() >= 0);
    objective_[service].store(static_cast<std::uint64_t>(objective.count()),
                              std::memory_order_relaxed);
}

}  // namespace sg::gateway
