// What others may ask of the signals.
#pragma once

#include <string>
#include <vector>

#include "ops/detect/signals/model.h"

namespace sg::signals {

// The past, at the finest resolution still held: 1 s for 15 minutes, 10 s for 2 days, 1 min for 35
// days, 1 h for 2 years. Spans are [from, to); their ends are aligned outwards to the resolution of
// that age.
class History {
  public:
    virtual ~History() = default;

    // Σ over the span: exact counts, merged distributions. Unknown service: zeros.
    virtual Flow service(const std::string& name, Instant from, Instant to) const = 0;
    virtual Flow version(const std::string& name, Instant from, Instant to) const = 0;
    virtual Flow route(const std::string& name, Instant from, Instant to) const = 0;

    struct Bucket {
        Instant from;
        Duration span;
        Flow flow;
    };
    // Those in which nothing ended are left out. `resolution` is coarsened to what is held at
    // `from`.
    virtual std::vector<Bucket> buckets(const std::string& service, Instant from, Instant to,
                                        Duration resolution) const = 0;

    struct Level {
        Instant at;
        Resources resources;
    };
    virtual std::vector<Level> levels(const std::string& of, Instant from, Instant to) const = 0;

    // Of the probes of a service in a minute: how many there were, how many were well.
    virtual std::pair<int, int> probes(const std::string& service, Instant from,
                                       Instant to) const = 0;

    // Clients of a service whose requests failed; as long as they are kept. A history that keeps
    // none knows of none.
    virtual Affected affected(const std::string& /*service*/, Instant /*from*/,
                              Instant /*to*/) const {
        return {};
    }

    // At each endpoint of a service; of the last minutes only. A history that keeps none knows of
    // none.
    virtual AttemptsByEndpoint attempts(const std::string& /*service*/, Instant /*from*/,
                                        Instant /*to*/) const {
        return {};
    }

    virtual Second latest() const = 0;  // The last pull.
};

}  // namespace sg::signals
