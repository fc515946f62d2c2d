// The runbooks that are in use: read before they are needed, because nothing is read from a disk
// while somebody waits for the database. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "ops/respond/runbooks/library.h"

namespace sg::runbooks {

class Shelf {
  public:
    Shelf();  // With those that are shipped.

    // Those of the folder as they are now; empty: only the shipped ones.
    void read(const std::string& folder);
    std::shared_ptr<const Library> books() const;

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Library> books_;
};

}  // namespace sg::runbooks
