// The clients whose requests failed, in one minute of the wall clock, on one worker, of one
// service: those that failed most often, as many as there is room for, with what each may have had
// beyond that (Space-Saving). One writer, any reader. Memory is taken with the service and touched
// only once something fails; requests that succeed never come here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/address.h"
#include "gateway/telemetry/cell.h"
#include "telemetry/affected.h"

namespace sg::gateway {

class AffectedCells {
  public:
    static constexpr std::uint16_t clients_max = telemetry::affected_clients_max;

    AffectedCells();
    ~AffectedCells();
    AffectedCells(const AffectedCells&) = delete;
    AffectedCells& operator=(const AffectedCells&) = delete;

    // By the writer only. `client` as client_key() gives it, `hash` of it. One that comes for an
    // older minute is not taken: the wall clock went back, and what is newer is not wiped.
    void add(const IpAddress& client, std::uint64_t hash, std::int64_t at_ms);

    struct Read {
        std::int64_t minute = -1;  // Since 1970; -1: nothing failed, or it was being cleared.
        telemetry::AffectedList list;
    };
    Read read() const;  // Any thread.

  private:
    struct Entry {
        std::atomic<std::uint32_t> version{0};  // Odd while the client is replaced.
        std::array<Cell, 2> client;
        BasicCell<std::uint32_t> failed;  // What it has for sure, and `unsure`.
        BasicCell<std::uint32_t> unsure;
        BasicCell<std::uint16_t> first_ms;  // Since the minute began.
        BasicCell<std::uint16_t> last_ms;
    };
    static constexpr std::uint16_t none = 0xFFFF;
    static constexpr std::size_t buckets = std::size_t{clients_max} * 2;
    static_assert(clients_max < none && (buckets & (buckets - 1)) == 0);

    struct Words {
        std::uint64_t first;
        std::uint64_t second;
    };
    void begin(std::int64_t minute);
    std::uint16_t find(const Words& client, std::uint16_t bucket) const;
    std::uint16_t place_for(std::uint16_t bucket);
    std::uint16_t least();
    void put(const Words& client, std::uint16_t bucket, std::uint16_t ms);
    static std::pair<bool, telemetry::AffectedClient> read(const Entry& entry);
    void unlink(std::uint16_t slot);

    std::atomic<std::int64_t> minute_{-1};
    std::atomic<std::uint16_t> size_{0};
    Cell failed_;
    BasicCell<std::uint32_t> replaced_;  // The most that one had that had to make room.
    std::uint16_t made_ = 0;             // Entries that exist; the rest is memory never touched.
    std::uint16_t hand_ = 0;             // Where the search for the least goes on.
    std::uint32_t least_ = 0;            // No entry has less.
    std::unique_ptr<std::byte[]> memory_;
    Entry* entries_;
    // Chains of entries by hash; `next` and `bucket` of each entry.
    std::unique_ptr<std::uint16_t[]> heads_;
    std::unique_ptr<std::uint16_t[]> next_;
    std::unique_ptr<std::uint16_t[]> bucket_;
};

// One subscriber has a /64 of IPv6: the rest of the address is not another client.
IpAddress client_key(IpAddress client);
std::string client_name(const IpAddress& key);

}  // namespace sg::gateway
