// The database of a simulated world: a file of its own, or a schema of its own in a PostgreSQL. It
// outlives the sessions on it, as a database outlives a process.
#pragma once

#include <memory>
#include <string>

#include "store/session.h"

namespace sg::sim {

class Database {
  public:
    // `sqlite` (a file in memory where the system has one) or `postgres://…`.
    static Result<std::unique_ptr<Database>> create(const std::string& where);
    ~Database();
    Database(const Database&) = delete;

    Result<std::unique_ptr<store::Session>> open() const;  // Migrated.

  private:
    Database() = default;

    std::string url_;
    std::string folder_;  // SQLite: removed at the end.
    std::string schema_;  // PostgreSQL: dropped at the end.
};

}  // namespace sg::sim
