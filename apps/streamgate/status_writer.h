// Writes the status page as files: into the folder that the gateway serves, and into copies of it.
// Each file is replaced whole, so that a reader never sees a part of one.
#pragma once

#include <mutex>
#include <string>

#include "config/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/reaction.h"
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
    const std::string store_;
    const std::string state_;
    std::mutex mutex_;  // One writes at a time.
};

// Beneath the folder; those of incidents and maintenances that are no longer among them are
// removed.
Result<void> write_files(const std::string& folder, const statuspage::Files& files);

}  // namespace sg::app
