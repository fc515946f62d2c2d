// Who was affected, minute by minute: what gateways list of clients whose requests failed, kept as
// it came. A gateway's list of a minute grows and is never taken back, so the last one that came
// replaces those before: a missed pull, or one heard twice, changes nothing.
//
// Names of clients may be addresses of people. They are kept as long as the configuration says,
// here and nowhere else.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "ops/detect/signals/model.h"
#include "telemetry/snapshot.h"

namespace sg::signals {

// What one gateway process listed for a service in a minute.
struct AffectedMinute {
    std::string service;
    std::int64_t minute = 0;   // Since 1970.
    std::int64_t process = 0;  // Tells processes of gateways apart; their sketches do not merge.
    telemetry::AffectedList list;
    telemetry::Sketch sketch;
    bool operator==(const AffectedMinute&) const = default;
};

// List and sketch as few bytes; the rest is told by where they are kept.
std::string pack(const AffectedMinute& minute);
Result<AffectedMinute> unpack_affected(std::string_view bytes);

// From snapshots: the minutes that say more than when they were last heard.
class AffectedNews {
  public:
    void hear(const telemetry::Snapshot& snapshot, Instant now);
    std::vector<AffectedMinute> take();  // What came since the last call.

  private:
    // Minutes that are further from our clock are of a wrong one.
    static constexpr Duration clock_error_max = 1h;

    using Key = std::tuple<std::int64_t, std::int64_t, std::string>;  // Minute, process, service.
    std::map<Key, std::pair<std::int64_t, std::int64_t>> heard_;      // Failed: all, and listed.
    std::vector<AffectedMinute> news_;
};

// Adds minutes up to the answer for a span.
class AffectedAnswer {
  public:
    AffectedAnswer(Instant from, Instant to) : from_ms_(from.ns / 1'000'000), to_(to) {}
    void add(const AffectedMinute& minute);
    Affected take() const;

  private:
    std::int64_t from_ms_;
    Instant to_;
    telemetry::AffectedSum sum_;
    std::map<std::int64_t, telemetry::Sketch> sketches_;  // By process.
};

// What is not yet in the file, and the last few minutes whether they are or not: an incident that
// has just begun is answered without a disk. Thread-safe.
class AffectedMemory {
  public:
    struct Key {
        std::string service;
        std::int64_t minute = 0;
        std::int64_t process = 0;
        auto operator<=>(const Key&) const = default;
    };
    using Packed = std::map<Key, std::string>;

    void add(const std::vector<AffectedMinute>& minutes, Instant now);

    Packed unwritten();                  // To be written now.
    void written(const Packed& packed);  // It was.

    // Minutes from here on are all here; older ones may be in the file only.
    std::int64_t complete_from() const;
    // Adds what is here of a service to an answer; `have` takes which minutes that was.
    void recall(const Key& from, std::int64_t to_minute, AffectedAnswer& answer,
                std::set<Key>& have) const;
    std::int64_t lost() const;  // Minutes given up because they could not be written.

  private:
    static constexpr std::int64_t minutes_held = 5;
    static constexpr std::size_t held_max = 4096;         // Bound: minutes that are held.
    static constexpr std::size_t bytes_max = 4UL << 20U;  // Bound: of what they take.

    struct Held {
        std::string packed;
        bool is_written = false;
    };
    void trim(std::int64_t minute);
    void forget(std::map<Key, Held>::iterator at);

    mutable std::mutex mutex_;
    std::map<Key, Held> held_;
    std::size_t bytes_ = 0;
    std::int64_t complete_from_ = -1;  // -1: nothing was heard yet.
    std::int64_t lost_ = 0;
};

}  // namespace sg::signals
