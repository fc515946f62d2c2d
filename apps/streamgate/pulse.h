// Whether what operations record is safe: a pulse into the store every few seconds, what the store,
// the disk and the replicas say of themselves; and pages past the ledger if nothing can be
// recorded.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/model.h"
#include "ops/detect/alerts/watch.h"
#include "ops/outage.h"
#include "ops/writer.h"

namespace sg::app {

class Pulse {
  public:
    struct World {
        ops::Writer& writer;
        std::string state;  // The state folder: on the disk that is looked at.
        std::function<config::Snapshot()> config;
    };
    explicit Pulse(World world);
    ~Pulse();
    Pulse(const Pulse&) = delete;

    alerts::Durability durability() const;  // As it was last seen.

  private:
    static constexpr Duration every = 5s;
    static constexpr Duration people_every = 1min;

    void beat_until_stopped();
    void watch_until_stopped();
    void beat();
    void remember_people(Instant now);
    void tell(ops::Outage::Word word);
    bool nap(Duration length);  // False: stop.

    const World world_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    ops::Outage outage_;
    alerts::Durability seen_;
    bool had_replica_ = false;
    std::vector<std::string> on_call_;  // When that was last known.
    Instant people_at_;
    std::thread beating_;   // May be stuck in the store...
    std::thread watching_;  // ...and this one notices.
};

}  // namespace sg::app
