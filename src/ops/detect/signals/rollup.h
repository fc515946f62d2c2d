// The past: seconds in memory, coarser buckets in a database file of their own, written in batches.
//
// Sums over any span of whole buckets are exact, because every tier holds every count once and a
// span is cut into the largest buckets that fit. What was not yet written (10 s) is lost in a
// crash, levels and probes for good; counts come back with the next pull, because what each gateway
// had counted is written with the buckets, unless the gateway dies in the same 10 s.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "ops/detect/signals/affected.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/signals/seconds.h"
#include "ops/detect/signals/store.h"
#include "ops/detect/signals/tiers.h"

namespace sg::signals {

class Rollup final : public History {
  public:
    explicit Rollup(std::string file);  // Empty: in memory only.
    ~Rollup() override;

    // What the gateways had counted when an earlier process last wrote.
    Result<Accumulator::Known> open();

    // The service of each probe: what its looks are counted for.
    void set_probes(std::map<std::string, std::string> services);

    // How long affected clients are known. 0 s: they are not kept at all.
    void set_clients_keep(Duration keep);

    // `known` belongs to the counts up to `second`, this one included.
    void add(const Second& second, Accumulator::Known known);

    void add_affected(const std::vector<AffectedMinute>& minutes);  // After its second.

    // All that is new, in one transaction; once in 10 s. From any one thread.
    Result<void> write();

    struct State {
        std::string trouble;    // Why the last write failed; empty: it did not.
        Instant written_at;     // Up to when.
        std::int64_t lost = 0;  // Buckets given up because they could not be written for long.
        std::int64_t series = 0;
    };
    State state() const;

    void sabotage(store::Saboteur saboteur);  // For torture.

    Flow service(const std::string& name, Instant from, Instant to) const override;
    Flow version(const std::string& name, Instant from, Instant to) const override;
    Flow route(const std::string& name, Instant from, Instant to) const override;
    std::vector<Bucket> buckets(const std::string& service, Instant from, Instant to,
                                Duration resolution) const override;
    std::vector<Level> levels(const std::string& of, Instant from, Instant to) const override;
    std::pair<int, int> probes(const std::string& service, Instant from, Instant to) const override;
    Affected affected(const std::string& service, Instant from, Instant to) const override;
    AttemptsByEndpoint attempts(const std::string& service, Instant from,
                                Instant to) const override;
    Second latest() const override;

  private:
    static constexpr std::size_t series_max = 20'000;   // Bound: further names have no past.
    static constexpr std::size_t pending_max = 50'000;  // Bound: buckets, while writing fails.
    static constexpr std::size_t cached_max = 8192;     // Bound: blocks.
    static constexpr std::size_t windows_max = 4096;
    static constexpr std::size_t unstored_max = 20'000;  // Bound: buckets of a tier without a file.
    static constexpr Duration attempts_bin = 10s;
    static constexpr std::size_t attempts_bins_max = 90;  // Bound: a quarter of an hour.
    static constexpr std::int64_t steps_max = 100'000;    // Bound: buckets in one answer.

    using Buckets = std::map<std::int64_t, Tally>;
    struct Series {
        std::int64_t id = 0;
        bool is_stored = false;  // Of the writer alone.
        Seconds seconds;
        std::array<Buckets, tier_count> pending;  // Not yet in the database.
        std::array<Buckets, tier_count> writing;  // On their way; changed by the writer alone.
    };
    struct Span {
        Instant from;
        Instant to;
    };
    struct Window {  // A sum that is kept up to date, because it is asked for again and again.
        Span span;
        Instant kept_at;
        Tally tally;
    };
    using Missing = std::set<BlockKey>;
    struct Batch {
        std::vector<std::pair<const SeriesName*, Series*>> series;
        Accumulator::Known known;
        AffectedMemory::Packed affected;
        Instant closed;  // Up to when.
    };

    // With the lock held.
    void put(SeriesName name, std::int64_t second, const Tally& tally);
    void trim();
    int tier_held(Instant at) const;
    Span aligned(Instant from, Instant to) const;
    int tier_for(Instant at, Instant to) const;
    void add_bucket(const Series& series, int tier, std::int64_t bucket, Tally& to,
                    Missing& missing) const;
    Tally cover(const Series& series, Span span, Missing& missing) const;
    Tally recall(const Series& series, Span span, Duration asked, Missing& missing) const;
    std::size_t pending_count() const;

    Tally sum(const SeriesName& name, Instant from, Instant to) const;
    std::vector<std::pair<Span, Tally>> steps(const SeriesName& name, Instant from, Instant to,
                                              Duration step) const;
    bool load(const Missing& missing) const;

    // With the database's lock held.
    Result<void> open_session();
    Batch begin_writing();
    Result<void> write_batch(const Batch& batch, std::map<BlockKey, Block>& written);
    Result<void> write_series(const Series& series, std::map<BlockKey, Block>& written);
    Result<Block> stored(const BlockKey& key) const;
    Result<void> retire(Instant now);
    Result<void> erase_affected(Instant now);
    void end_writing(const Batch& batch, const Result<void>& result,
                     std::map<BlockKey, Block> written);
    void forget_oldest();

    const std::string file_;
    mutable std::mutex database_;  // Taken before `mutex_`, never after.
    std::unique_ptr<store::Session> session_;
    Instant retire_at_;

    mutable std::mutex mutex_;
    AffectedMemory affected_;  // Has a lock of its own.
    Duration clients_keep_ = 0s;
    Instant erase_affected_at_;
    std::map<SeriesName, Series> series_;
    std::int64_t next_id_ = 1;
    mutable std::map<BlockKey, std::shared_ptr<const Block>> cached_;
    mutable std::map<std::pair<const Series*, std::int64_t>, Window> windows_;
    struct AttemptsBin {
        Instant from;
        std::map<std::string, AttemptsByEndpoint> of;  // By service.
    };
    void put_attempts(const Second& second);
    std::deque<AttemptsBin> attempts_;  // In memory only.
    std::map<std::string, std::string> service_of_probe_;
    std::map<std::string, Instant> looked_at_;
    std::shared_ptr<const Second> latest_ = std::make_shared<const Second>();
    Accumulator::Known known_;
    Instant closed_;    // End of the last second.
    Instant furthest_;  // The same, whatever the clock did.
    Instant begun_;     // From here all seconds are in memory.
    State state_;
};

}  // namespace sg::signals
