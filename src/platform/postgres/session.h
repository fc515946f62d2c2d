// A session with a PostgreSQL server that only reads: every step ends by the deadline, on both
// sides, whatever the server does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct pg_conn;

namespace sg::platform::postgres {

// The answer to a statement. NULL is empty.
struct Rows {
    std::vector<std::vector<std::string>> rows;

    bool empty() const { return rows.empty(); }
    std::size_t size() const { return rows.size(); }
    // Of the first row; empty where there is none.
    std::string first(std::size_t column = 0) const;
};

class Session {
  public:
    // `application` is what the server shows of us. An error never shows the password.
    static Result<Session> open(const std::string& target, const std::string& application,
                                Tick deadline);
    Session(Session&&) noexcept;
    ~Session();

    // From here on nothing can be written, and the server ends a statement by itself at the
    // deadline, and one that waits for a lock sooner.
    Result<void> only_read();

    // One statement, no more: what is behind a semicolon is refused. Bound: rows_most are kept.
    Result<Rows> ask(const std::string& statement, const std::vector<std::string>& values = {});

    int version() const { return version_; }  // 150020 is 15.20; 0: not known.
    Tick deadline() const { return deadline_; }
    Duration connected_in() const { return connected_in_; }

    static constexpr std::size_t rows_most = 10'000;

  private:
    struct End {
        void operator()(pg_conn* connection) const;
    };
    using Connection = std::unique_ptr<pg_conn, End>;

    Session(Connection connection, Tick deadline);
    Result<void> connect();

    Connection connection_;
    Tick deadline_;
    Duration connected_in_{};
    int version_ = 0;
};

}  // namespace sg::platform::postgres
