// A migrated, empty database for a test: SQLite in memory, or a schema of its own in the PostgreSQL
// that $SG_TEST_POSTGRES names (tests/postgres/run sets it).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "store/digest.h"
#include "store/session.h"

namespace sg::store {

inline std::vector<Engine> engines_for_tests() {
    std::vector<Engine> engines{Engine::sqlite};
    if (std::getenv("SG_TEST_POSTGRES") != nullptr) engines.push_back(Engine::postgres);
    return engines;
}

inline std::string name_of(Engine engine) {
    return engine == Engine::sqlite ? "sqlite" : "postgres";
}

class DatabaseForTests {
  public:
    explicit DatabaseForTests(Engine engine = Engine::sqlite) : engine_(engine) {
        session_ = another();
        if (engine == Engine::postgres) {
            run("CREATE SCHEMA " + schema_);
            run("SET search_path TO " + schema_);
        }
        const auto migrated = migrate(*session_, Part::both);
        EXPECT_TRUE(migrated) << migrated.error().message();
    }
    ~DatabaseForTests() {
        if (engine_ == Engine::postgres) run("DROP SCHEMA " + schema_ + " CASCADE");
    }

    Session& session() { return *session_; }
    Session* operator->() { return session_.get(); }

    // PostgreSQL only: a second connection to the same tables.
    std::unique_ptr<Session> second() {
        auto session = another();
        EXPECT_TRUE(session->run_text("SET search_path TO " + schema_));
        return session;
    }

    Tx begin() {
        auto tx = Tx::begin(*session_);
        EXPECT_TRUE(tx) << tx.error().message();
        return std::move(*tx);
    }

    void run(const std::string& text) {
        const auto done = session_->run_text(text);
        EXPECT_TRUE(done) << done.error().message();
    }

  private:
    std::unique_ptr<Session> another() const {
        const char* url = std::getenv("SG_TEST_POSTGRES");
        auto session = Session::open(engine_ == Engine::sqlite ? "sqlite::memory:" : url);
        EXPECT_TRUE(session) << session.error().message();
        return std::move(*session);
    }

    Engine engine_;
    std::string schema_ = "t" + random_hex(6);
    std::unique_ptr<Session> session_;
};

}  // namespace sg::store
