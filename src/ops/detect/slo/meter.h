// The counts of every objective over all windows that matter, kept up to date second by second.
//
// A cache of signals::History and nothing more: a new one reads what it needs from the history and
// then knows the same. Kept by whoever calls judge(); one per configuration store, one thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/slo/slices.h"
#include "ops/detect/slo/track.h"

namespace sg::slo {

// Tracks of the resolutions that some windows need.
class Tracks {
  public:
    Tracks(std::vector<Duration> windows, Duration finest);

    std::vector<Track>& all() { return tracks_; }
    void add(Instant at, Counts counts);
    void advance(Instant now);
    const Track& of(Duration window) const;

  private:
    Duration finest_;
    std::vector<Track> tracks_;
};

// At which resolution a window is summed: that of the history at its far end, but no finer than
// `finest`.
Duration resolution_of(Duration window, Duration finest);

class Meter {
  public:
    // Takes in the last pull; after a gap or another configuration, everything from the history.
    void follow(const config::Config& config, const signals::History& history);

    struct Gauge {
        Slo slo;
        std::vector<Tier> tiers;
        bool is_first = false;       // Of its service: speaks for its silence.
        bool counts_exactly = true;  // latency: `within` is what the gateway counts.
        Tracks counts;
        // Failed requests and requests in the short windows; of those that count minutes only.
        Tracks evidence;
    };
    const std::vector<Gauge>& gauges() const { return gauges_; }
    Measured measure(const Gauge& gauge) const;
    Instant at() const { return at_; }

  private:
    struct Service {
        bool is_probed = false;
        Duration latency_objective{};
        Instant minute;  // The first that was not judged yet.
        Instant first_seen;
        Instant last_seen;
        std::optional<Instant> unseen_since;
    };

    void set_up(const config::Config& config, std::vector<Slo> slos);
    bool is_same(const config::Config& config, std::span<const Slo> slos) const;
    void rebuild(const signals::History& history, Instant now);
    void rebuild_requests(Gauge& gauge, const signals::History& history, Instant now) const;
    void feed(const signals::Second& second);
    void judge_minutes(const std::string& name, const signals::History& history, Instant now);
    void judge_minutes_until(const std::string& name, const signals::History& history, Instant end);
    void add_minute(const std::string& name, Instant minute, const Minute& counts);
    void look_for_silence(Instant now);
    void see(const std::string& name, Instant at);

    std::map<std::string, Service> services_;
    std::vector<config::BurnTier> rows_;
    std::vector<Gauge> gauges_;
    Instant at_;  // Up to where everything is counted.
};

// What one flow means for an objective that counts requests.
Counts counts_of(const Meter::Gauge& gauge, const signals::Flow& flow);

}  // namespace sg::slo
