// Snapshots of gateways, cumulative since each one's start, become seconds: what ended since the
// last. Pure. Every request is in exactly one second, whatever is missed: a pull that fails costs
// resolution, never counts.
//
// What cannot be known is what a gateway counted between its last pull and its death.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ops/detect/signals/affected.h"
#include "ops/detect/signals/model.h"
#include "telemetry/snapshot.h"

namespace sg::signals {

using Endings = std::map<std::string, std::map<std::string, std::int64_t>>;

// Cumulative counts by name: names may get other indexes when a gateway starts again.
struct Totals {
    std::map<std::string, Flow> services;
    std::map<std::string, Flow> versions;
    std::map<std::string, Flow> routes;
    Endings endings;
    bool operator==(const Totals&) const = default;
};

Totals totals_of(const telemetry::Snapshot& snapshot);

// One gateway process as its last snapshot left it: what the next one is compared with.
struct Heard {
    std::string gateway;  // Its identity.
    Instant started_at;   // With the identity: this process of it.
    std::uint64_t sequence = 0;
    Instant taken_at;  // By its own clock.
    Instant heard_at;  // By ours.
    std::uint64_t cpu_ns = 0;
    Totals totals;
    bool operator==(const Heard&) const = default;
};

std::string pack(const Heard& heard);
Result<Heard> unpack_heard(std::string_view bytes);

class Accumulator {
  public:
    // A gateway of which we never heard is taken from its start if that was at most this long ago;
    // what an older one has counted before we knew it was nobody's second.
    static constexpr Duration newcomer_age = 60s;
    // A process that is silent for so long is gone: its successor has another start.
    static constexpr Duration forgotten_after = 24h;

    using Known = std::vector<std::shared_ptr<const Heard>>;

    // `source` is the name in our configuration: `local`.
    void hear(const std::string& source, const telemetry::Snapshot& snapshot, Instant now);
    void miss(const std::string& source);

    // Of a process that another has taken over from: its counts, not how things stand.
    void hear_leaving(const telemetry::Snapshot& snapshot, Instant now);

    // What came since the last call. The caller adds what does not come from gateways.
    Second close(Instant at);

    // Clients that were affected, as far as that is news.
    std::vector<AffectedMinute> take_affected() { return affected_.take(); }

    // To go on where an earlier process stopped: what is known belongs to the seconds closed.
    Known known() const;
    void restore(const Known& known);

    // Sources that are no longer in the configuration.
    void keep_only(const std::vector<std::string>& sources);

  private:
    using Process = std::pair<std::string, std::int64_t>;  // Identity, start.
    struct Standing {                                      // How things stand at a source.
        GatewayState state;
        double cpu = -1;
        std::map<std::string, std::map<std::string, bool>> endpoints;  // Service → name → healthy.
    };

    enum class Stands : std::uint8_t { no, yes };
    void hear(const std::string& source, const telemetry::Snapshot& snapshot, Instant now,
              Stands stands);
    void add(const Totals& now, const Totals* before);
    void stand(const std::string& source, const telemetry::Snapshot& snapshot, Instant now,
               const Heard* before);

    // Not kept over our own start: then they begin with what comes next.
    void hear_attempts(const Process& process, const telemetry::Snapshot& snapshot);

    std::map<Process, std::map<std::string, AttemptsByEndpoint>> attempts_;  // Cumulative.
    std::map<Process, std::shared_ptr<const Heard>> heard_;
    std::map<std::string, Standing> standing_;  // By source.
    AffectedNews affected_;
    Second open_;
    Instant closed_at_;  // 0: never.
};

}  // namespace sg::signals
