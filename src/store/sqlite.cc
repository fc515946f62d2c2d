// SQLite through its own interface: why not SOCI is in docs/decisions/0002-sql.md.
#include <fmt/format.h>
#include <sqlite3.h>

#include <unordered_map>

#include "store/connection.h"

namespace sg::store {

namespace {

constexpr int busy_ms = 5000;  // Bound: how long a statement waits for another process' lock.

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Errc code_of(int error) {
    switch (error & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CANTOPEN: return Errc::unavailable;
        case SQLITE_CONSTRAINT: return Errc::conflict;
        default: return Errc::io_failed;
    }
}

Value column(sqlite3_stmt* statement, int i) {
    switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, i)};
        case SQLITE_FLOAT: return sqlite3_column_double(statement, i);
        case SQLITE_NULL: return Null{};
        default: break;
    }
    const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, i));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
    return text == nullptr ? std::string() : std::string(text, size);
}

class Sqlite final : public Connection {
  public:
    explicit Sqlite(sqlite3* database) : database_(database) {}
    ~Sqlite() override {
        kept_.clear();
        sqlite3_close_v2(database_);
    }

    Result<std::int64_t> run(const Sql& sql, const Values& values, const TakeRow* take) override {
        TRY(sqlite3_stmt* const statement, prepared(sql));
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!bind(statement, static_cast<int>(i) + 1, values[i])) return failed(sql.name());
        const auto done = step_all(statement, sql.name(), take);
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        if (!done) return std::unexpected(done.error());
        return sqlite3_changes64(database_);
    }

    Result<void> run_text(const std::string& text, const TakeRow* take) override {
        for (const char* rest = text.c_str(); *rest != '\0';) {
            sqlite3_stmt* raw = nullptr;
            if (sqlite3_prepare_v2(database_, rest, -1, &raw, &rest) != SQLITE_OK)
                return failed(text.substr(0, 60));
            const Statement statement(raw);
            if (!statement) continue;  // Blanks or a comment.
            TRY_VOID(step_all(raw, text.substr(0, 60), take));
        }
        return {};
    }

  private:
    std::unexpected<Error> failed(std::string_view doing) {
        const int error = sqlite3_extended_errcode(database_);
        return fail(code_of(error), fmt::format("{}: {}", doing, sqlite3_errmsg(database_)));
    }

    Result<sqlite3_stmt*> prepared(const Sql& sql) {
        auto& kept = kept_[&sql];
        if (!kept) {
            sqlite3_stmt* raw = nullptr;
            const std::string text(sql.text());
            if (sqlite3_prepare_v3(database_, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &raw,
                                   nullptr) != SQLITE_OK)
                return failed(sql.name());
            kept.reset(raw);
        }
        return kept.get();
    }

    static bool bind(sqlite3_stmt* statement, int at, const Value& value) {
        const auto& held = value.held();
        if (const auto* number = std::get_if<std::int64_t>(&held))
            return sqlite3_bind_int64(statement, at, *number) == SQLITE_OK;
        if (const auto* number = std::get_if<double>(&held))
            return sqlite3_bind_double(statement, at, *number) == SQLITE_OK;
        if (const auto* text = std::get_if<std::string>(&held))  // Alive until the reset.
            return sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()),
                                     SQLITE_STATIC) == SQLITE_OK;
        return sqlite3_bind_null(statement, at) == SQLITE_OK;
    }

    Result<void> step_all(sqlite3_stmt* statement, std::string_view doing, const TakeRow* take) {
        for (;;) {
            const int step = sqlite3_step(statement);
            if (step == SQLITE_DONE) return {};
            if (step != SQLITE_ROW) return failed(doing);
            if (take == nullptr) continue;
            Values values;
            const int count = sqlite3_column_count(statement);
            values.reserve(static_cast<std::size_t>(count));
            for (int i = 0; i < count; ++i) values.push_back(column(statement, i));
            TRY_VOID((*take)(Row(std::move(values))));
        }
    }

    sqlite3* database_;
    std::unordered_map<const Sql*, Statement> kept_;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& path, Access access) {
    sqlite3* raw = nullptr;
    const bool looks = access == Access::looking;
    const int mode = looks ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int error = sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX, nullptr);
    auto opened = std::make_unique<Sqlite>(raw);
    if (error != SQLITE_OK)
        return fail(code_of(error), fmt::format("open {}: {}", path, sqlite3_errstr(error)));
    sqlite3_busy_timeout(raw, busy_ms);
    if (looks) return opened;
    // Full: a commit that was told is on the disk, also if the power goes.
    TRY_VOID(
        opened->run_text("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                         "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000;",
                         nullptr));
    return opened;
}

}  // namespace sg::store
