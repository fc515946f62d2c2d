// Which clients were hit by requests that failed, most affected first: bounded lists that add up
// over workers, gateways and minutes. What a list had no place for is not lost unsaid: the failed
// requests of all clients are counted exactly, and how many one that is not listed may have had at
// most is known. Source: Metwally et al., "Efficient computation of frequent and top-k elements",
// 2005 (Space-Saving).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace sg::telemetry {

// By what a client is told from others: the best that the gateway knows of it. Never a secret.
enum class ClientKind : std::uint8_t { address, key, principal };
inline constexpr int client_kinds = 3;
std::string_view word(ClientKind kind);

inline constexpr std::size_t client_name_max = 128;        // Bytes. Longer ones are not taken.
inline constexpr std::size_t affected_clients_max = 1024;  // Bound: of one list.

struct AffectedClient {
    ClientKind kind = ClientKind::address;
    std::string name;           // `192.0.2.7`; of IPv6 the /64: `2001:db8:1:2::/64`.
    std::int64_t failed = 0;    // Requests that surely did.
    std::int64_t unsure = 0;    // Perhaps so many more, from before the list had a place for it.
    std::int64_t first_ms = 0;  // Of the listed failures, by the wall clock, since 1970.
    std::int64_t last_ms = 0;
    bool operator==(const AffectedClient&) const = default;
};

struct AffectedList {
    std::int64_t failed = 0;              // Requests of all clients, listed or not; exact.
    std::int64_t unlisted_max = 0;        // A client that is not listed failed at most so often.
    std::vector<AffectedClient> clients;  // Most affected first.

    std::int64_t listed_failed() const;
    bool is_complete() const { return listed_failed() == failed; }
    bool operator==(const AffectedList&) const = default;
};

// The order of a list: surely failed, most first; alike ones by name, so that pages of it line up.
bool comes_before(const AffectedClient& one, const AffectedClient& other);

// Adds lists up. `failed` and `failed + unsure` of the result bound what each client really had.
class AffectedSum {
  public:
    void add(const AffectedList& list);
    std::int64_t failed() const { return failed_; }
    std::size_t size() const { return entries_.size(); }
    // At most so many clients; which lists had no place for the rest shows in the result.
    AffectedList take(std::size_t most) const;
    // Forgets the least affected beyond `most`: what is kept stays bounded while lists are added.
    void shrink(std::size_t most);

  private:
    using Key = std::pair<ClientKind, std::string>;
    struct Entry {
        AffectedClient client;
        std::int64_t covered = 0;  // Σ `unlisted_max` of the lists that it was in.
    };
    std::map<Key, Entry> entries_;
    std::int64_t failed_ = 0;
    std::int64_t unlisted_ = 0;   // Σ `unlisted_max` of all lists.
    std::int64_t forgotten_ = 0;  // The most that one may have had that shrink() forgot.
};

}  // namespace sg::telemetry
