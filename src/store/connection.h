// One engine's own connection, behind the interface that Session needs. Inside store/ only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/session.h"
#include "store/sql.h"
#include "store/value.h"

namespace sg::store {

// Called with each row; an error stops the reading and is what the statement gives.
using TakeRow = std::function<Result<void>(const Row&)>;

class Connection {
  public:
    virtual ~Connection() = default;

    // Prepared on first use and kept. Returns how many rows were changed.
    virtual Result<std::int64_t> run(const Sql& sql, const Values& values, const TakeRow* take) = 0;
    // Several statements, without values.
    virtual Result<void> run_text(const std::string& text, const TakeRow* take) = 0;

    // See Session.
    virtual Result<bool> lead() { return true; }
    virtual bool is_lost() const { return false; }
};

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& path, Access access);
Result<std::unique_ptr<Connection>> open_postgres(const std::string& url, Access access);

}  // namespace sg::store
