#include "store/session.h"

#include "store/connection.h"

namespace sg::store {

namespace {

constexpr Duration mend_every = 1s;

Result<std::unique_ptr<Connection>> connect(Engine engine, const std::string& url, Access access) {
    if (engine == Engine::sqlite) return open_sqlite(url.substr(7), access);
    return open_postgres(url, access);
}

}  // namespace

struct Session::Parts {
    std::string url;
    Access access = Access::writing;
    Engine engine = Engine::sqlite;
    std::unique_ptr<Connection> connection;
    Saboteur saboteur;
    bool given_up = false;
    Tick mend_at;  // Not before.

    Result<void> usable() const {
        if (!given_up) return {};
        return fail(Errc::unavailable, "another process writes the ledger: this one gave way");
    }
    Result<void> may(std::string_view statement) const {
        TRY_VOID(usable());
        return saboteur ? saboteur(statement) : Result<void>{};
    }
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const std::string& url, Access access) {
    auto parts = std::make_unique<Parts>();
    const bool is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    if (!is_postgres && !url.starts_with("sqlite:"))
        return fail(Errc::invalid_argument, "not the address of a database that is known",
                    "write sqlite:/path/to/file or postgres://user@host/database");
    parts->url = url;
    parts->access = access;
    parts->engine = is_postgres ? Engine::postgres : Engine::sqlite;
    TRY(parts->connection, connect(parts->engine, url, access));
    return std::unique_ptr<Session>(new Session(std::move(parts)));
}

Engine Session::engine() const { return parts_->engine; }
void Session::sabotage(Saboteur saboteur) { parts_->saboteur = std::move(saboteur); }

Result<void> Session::run(const Sql& sql, const Values& values) {
    TRY([[maybe_unused]] const auto count, changed(sql, values));
    return {};
}

Result<std::int64_t> Session::changed(const Sql& sql, const Values& values) {
    TRY_VOID(parts_->may(sql.name()));
    return parts_->connection->run(sql, values, nullptr);
}

Result<Rows> Session::rows(const Sql& sql, const Values& values) {
    Rows rows;
    TRY_VOID(each(sql, values, [&](const Row& row) -> Result<void> {
        rows.push_back(row);
        return {};
    }));
    return rows;
}

Result<std::optional<Row>> Session::row(const Sql& sql, const Values& values) {
    TRY(auto found, rows(sql, values));
    CHECK(found.size() <= 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

Result<void> Session::each(const Sql& sql, const Values& values,
                           const std::function<Result<void>(const Row&)>& each) {
    TRY_VOID(parts_->may(sql.name()));
    TRY([[maybe_unused]] const auto count, parts_->connection->run(sql, values, &each));
    return {};
}

Result<bool> Session::lead() {
    TRY_VOID(parts_->may("lead"));
    return parts_->connection->lead();
}

bool Session::is_lost() const { return parts_->given_up || parts_->connection->is_lost(); }
void Session::give_up() { parts_->given_up = true; }

Result<void> Session::mend() {
    if (!is_lost()) return {};
    const Tick now = steady_now();
    if (now < parts_->mend_at)
        return fail(Errc::unavailable, "the database cannot be reached at the moment");
    parts_->mend_at = now + mend_every;
    TRY(parts_->connection, connect(parts_->engine, parts_->url, parts_->access));
    parts_->given_up = false;
    return {};
}

Result<void> Session::run_text(std::string_view text) {
    TRY_VOID(parts_->usable());
    return parts_->connection->run_text(std::string(text), nullptr);
}

Result<Rows> Session::rows_text(std::string_view text) {
    Rows rows;
    const TakeRow take = [&](const Row& row) -> Result<void> {
        rows.push_back(row);
        return {};
    };
    TRY_VOID(parts_->usable());
    TRY_VOID(parts_->connection->run_text(std::string(text), &take));
    return rows;
}

// --- transactions --------------------------------------------------------------------------------

Result<Tx> Tx::begin(Session& session, For what) {
    TRY_VOID(session.parts_->may("begin"));
    // SQLite takes the write lock at once: waiting for it later could only end in a deadlock.
    const bool at_once = what == For::writing && session.engine() == Engine::sqlite;
    TRY_VOID(session.run_text(at_once ? "BEGIN IMMEDIATE" : "BEGIN"));
    return Tx(session);
}

Tx::Tx(Tx&& other) noexcept : session_(std::exchange(other.session_, nullptr)) {}

Tx::~Tx() {
    if (session_ == nullptr) return;
    // What cannot be rolled back is so when the connection ends.
    [[maybe_unused]] const auto undone = session_->run_text("ROLLBACK");
}

Result<void> Tx::commit() {
    TRY_VOID(session_->parts_->may("commit"));
    TRY_VOID(session_->run_text("COMMIT"));
    session_ = nullptr;
    return {};
}

}  // namespace sg::store
