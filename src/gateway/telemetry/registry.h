// Names of routes, services, versions and endpoints as small indexes, for the life of the process:
// a reload that brings a name back gives it the same index, so cumulative counters go on.
// Append-only, bounded, thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "gateway/telemetry/account.h"
#include "telemetry/sketch.h"

namespace sg::gateway {

struct NameEntry {
    std::string name;
    std::string json;  // Escaped for the inside of a JSON string.
    std::uint16_t parent = Account::none;
};

// Written under a lock, read without one.
class NameTable {
  public:
    explicit NameTable(std::uint16_t capacity) : capacity_(capacity) {}
    NameTable(const NameTable&) = delete;
    NameTable& operator=(const NameTable&) = delete;
    ~NameTable();

    std::uint16_t intern(std::string_view name, std::uint16_t parent);  // Account::none when full.
    const NameEntry& at(std::uint16_t index) const;                     // Unknown: an empty name.
    std::uint16_t size() const { return size_.load(std::memory_order_acquire); }

  private:
    static constexpr std::size_t chunk_size = 256;
    static constexpr std::size_t chunks_max = 64;

    const std::uint16_t capacity_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::uint16_t> index_;
    std::array<std::atomic<NameEntry*>, chunks_max> chunks_{};
    std::atomic<std::uint16_t> size_{0};
};

class Registry {
  public:
    static constexpr std::uint16_t routes_max = 4096;
    static constexpr std::uint16_t services_max = 1024;
    static constexpr std::uint16_t versions_max = 4096;
    static constexpr std::uint16_t endpoints_max = 8192;

    explicit Registry(telemetry::SketchKey key = telemetry::SketchKey::random()) : key_(key) {}

    // The index of a name, made if it is new. When a table is full: Account::none, counted;
    // requests are then counted without that name, never lost.
    std::uint16_t route(std::string_view name);
    std::uint16_t service(std::string_view name);
    std::uint16_t version(std::uint16_t service, std::string_view name);
    std::uint16_t endpoint(std::uint16_t version, std::string_view host_port);

    // Config Service.latency_objective. Set at start and at each reload; counters read it per
    // request.
    void set_objective(std::uint16_t service, Duration objective);
    std::uint64_t objective_ns(std::uint16_t service) const {
        return service < services_max ? objective_[service].load(std::memory_order_relaxed) : 0;
    }

    const NameTable& routes() const { return routes_; }
    const NameTable& services() const { return services_; }
    const NameTable& versions() const { return versions_; }    // Parent: the service.
    const NameTable& endpoints() const { return endpoints_; }  // Parent: the version.
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
    const telemetry::SketchKey& sketch_key() const { return key_; }

  private:
    std::uint16_t counted(std::uint16_t index);

    NameTable routes_{routes_max};
    NameTable services_{services_max};
    NameTable versions_{versions_max};
    NameTable endpoints_{endpoints_max};
    std::array<std::atomic<std::uint64_t>, services_max> objective_{};
    std::atomic<std::uint64_t> refused_{0};
    telemetry::SketchKey key_;
};

}  // namespace sg::gateway
