// Writes the status page as files: into the folder that the gateway serves, into copies of it, and
// to targets outside.
// Each file is replaced whole, so that a reader never sees a part of one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "config/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/reaction.h"
#include "ops/respond/statuspage/decide.h"
#include "ops/respond/statuspage/render.h"

namespace sg::app {

class StatusWriter {
  public:
    StatusWriter(std::string store, std::string state)
        : store_(std::move(store)), state_(std::move(state)) {}

    // The body of an action `statuspage.deliver`. What is written is what holds now: a newer state
    // is never replaced by an older one. From any thread.
    ops::Performed perform(const std::string& body, const config::Config& config,
                           const signals::History& history);

  private:
    // A place to write to. What hangs there holds up no other.
    struct Place {
        std::mutex mutex;  // One writes at a time.
        Instant begun_at;  // The latest writing, and what came of it.
        Result<void> came;
        statuspage::Files taken;  // By a target outside: what is the same is not sent again...
        Instant whole_at;         // ...but for now and then.
    };
    Place& place(const std::string& name);
    Result<void> write(Place& place, const statuspage::Delivery& delivery,
                       const config::Config& config, const signals::History& history) const;

    const std::string store_;
    const std::string state_;
    std::mutex mutex_;  // Of the map.
    std::map<std::string, std::unique_ptr<Place>> places_;
};

// Beneath the folder; those of incidents and maintenances that are no longer among them are
// removed.
Result<void> write_files(const std::string& folder, const statuspage::Files& files);

}  // namespace sg::app
