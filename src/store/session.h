// One connection to the operations database, and the transaction on it. Used by one thread.
//
// Errors of the database come back as Results: `unavailable` when the database cannot be reached or
// is locked, `conflict` when a key is taken, `io_failed` for the rest. Nothing here throws.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/sql.h"
#include "store/value.h"

namespace sg::store {

enum class Engine : std::uint8_t { sqlite, postgres };

// `looking` changes nothing, not even by mistake, and makes no database where there is none.
enum class Access : std::uint8_t { writing, looking };

// For torture: called before each statement and commit; an error is what the statement gives.
using Saboteur = std::function<Result<void>(std::string_view statement)>;

class Session {
  public:
    // `sqlite:/path/to/file` (WAL, full synchronous commits), `sqlite::memory:`, or
    // `postgres://user:password@host:port/database`.
    static Result<std::unique_ptr<Session>> open(const std::string& url,
                                                 Access access = Access::writing);
    ~Session();
    Session(const Session&) = delete;

    Engine engine() const;

    Result<void> run(const Sql& sql, const Values& values = {});
    Result<std::int64_t> changed(const Sql& sql, const Values& values = {});  // Rows affected.
    Result<Rows> rows(const Sql& sql, const Values& values = {});
    Result<std::optional<Row>> row(const Sql& sql, const Values& values = {});

    // Row by row, without holding all of them. Stops at the first error that `each` returns.
    Result<void> each(const Sql& sql, const Values& values,
                      const std::function<Result<void>(const Row&)>& each);

    // For migrations and tests: text that is not a registered statement.
    Result<void> run_text(std::string_view text);
    Result<Rows> rows_text(std::string_view text);

    // Who writes when several processes share a PostgreSQL: true when this session is, or now
    // becomes, the one that leads. It is until its connection ends, and the server ends that of a
    // leader which says nothing for leader_silence_max. SQLite is shared by nobody: always true.
    Result<bool> lead();

    // The connection has ended, or was given up: every statement fails. Who leads must step down.
    bool is_lost() const;
    // A leader that finds the work of another gives up its session (docs/decisions/0003-leader.md).
    void give_up();
    // For who only reads, outside a transaction: connects again if the connection was lost. Bound:
    // it tries once a second; until then error `unavailable`.
    Result<void> mend();

    static constexpr Duration leader_silence_max = 10s;

    void sabotage(Saboteur saboteur);

  private:
    friend class Tx;
    struct Parts;
    explicit Session(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// A transaction: takes effect with commit(), is undone without. At most one per session at a time.
class Tx {
  public:
    enum class For : std::uint8_t { reading, writing };
    static Result<Tx> begin(Session& session, For what = For::writing);
    Tx(Tx&& other) noexcept;
    ~Tx();

    Session& session() const { return *session_; }
    Result<void> run(const Sql& sql, const Values& values = {}) const {
        return session_->run(sql, values);
    }
    Result<Rows> rows(const Sql& sql, const Values& values = {}) const {
        return session_->rows(sql, values);
    }
    Result<std::optional<Row>> row(const Sql& sql, const Values& values = {}) const {
        return session_->row(sql, values);
    }
    Result<void> commit();

  private:
    explicit Tx(Session& session) : session_(&session) {}
    Session* session_;
};

// Which tables a database is for. Those of the signals have numbers from 1000 on.
enum class Part : std::uint8_t { operations, signals, both };

// Brings the schema up to date. Error: `unsupported` when the database is newer than we are.
Result<void> migrate(Session& session, Part part = Part::operations);

}  // namespace sg::store
