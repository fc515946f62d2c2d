#include "store/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/database_for_tests.h"

namespace sg::store {
namespace {

const Migration table(
    90001, "a table for these tests",
    "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, size DOUBLE PRECISION);"
    "CREATE TABLE others (id BIGINT PRIMARY KEY);");
const Sql add("test.add", "INSERT INTO things (id, name, size) VALUES (:id, :name, :size)");
const Sql get("test.get", "SELECT id, name, size FROM things WHERE id = :id");
const Sql all("test.all", "SELECT id FROM things ORDER BY id");
const Sql total("test.sum", "SELECT sum(id), max(id), count(*), avg(size) FROM things");
const Sql rename_all("test.rename", "UPDATE things SET name = :n WHERE id > :id");

class OnEngine : public testing::TestWithParam<Engine> {
  protected:
    DatabaseForTests db{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Store, OnEngine, testing::ValuesIn(engines_for_tests()),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(OnEngine, GivesBackWhatWasPut) {
    auto tx = db.begin();
    const std::string odd("a'b\n\"ü€:x ", 12);
    ASSERT_TRUE(tx.run(add, {std::int64_t{1} << 60, odd, 0.1}));
    ASSERT_TRUE(tx.run(add, {2, Null{}, Null{}}));
    ASSERT_TRUE(tx.commit());
    const auto row = db->row(get, {std::int64_t{1} << 60});
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->integer(0), std::int64_t{1} << 60);
    EXPECT_EQ((*row)->text(1), odd);
    EXPECT_EQ((*row)->number(2), 0.1);
    const auto empty = db->row(get, {2});
    ASSERT_TRUE(empty && *empty);
    EXPECT_TRUE((*empty)->is_null(1) && (*empty)->is_null(2));
}

TEST_P(OnEngine, ExpressionsKeepTheirWidth) {
    auto tx = db.begin();
    for (const std::int64_t id : {std::int64_t{1795425600000000001}, std::int64_t{2}})
        ASSERT_TRUE(tx.run(add, {id, "x", 0.5}));
    const auto row = tx.row(total);
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->integer(0), 1795425600000000003);
    EXPECT_EQ((*row)->integer(1), 1795425600000000001);
    EXPECT_EQ((*row)->integer(2), 2);
    EXPECT_EQ((*row)->number(3), 0.5);
}

TEST_P(OnEngine, WhatIsNotCommittedIsUndone) {
    {
        auto tx = db.begin();
        ASSERT_TRUE(tx.run(add, {1, "x", 0.0}));
    }
    const auto rows = db->rows(all);
    ASSERT_TRUE(rows);
    EXPECT_TRUE(rows->empty());
}

TEST_P(OnEngine, TakenKeyIsAConflictAndTheNextTransactionWorks) {
    {
        auto tx = db.begin();
        ASSERT_TRUE(tx.run(add, {1, "x", 0.0}));
        const auto again = tx.run(add, {1, "y", 0.0});
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code, Errc::conflict);
        EXPECT_THAT(again.error().what, testing::HasSubstr("test.add"));
    }
    auto tx = db.begin();
    EXPECT_TRUE(tx.run(add, {1, "x", 0.0}));
    EXPECT_TRUE(tx.commit());
}

TEST_P(OnEngine, CountsWhatItChanged) {
    auto tx = db.begin();
    for (const int id : {1, 2, 3}) ASSERT_TRUE(tx.run(add, {id, "x", 0.0}));
    EXPECT_EQ(db->changed(rename_all, {"y", 1}).value_or(-1), 2);
    EXPECT_EQ(db->changed(rename_all, {"y", 9}).value_or(-1), 0);
}

TEST_P(OnEngine, AStopWhileReadingLeavesTheConnectionUsable) {
    auto tx = db.begin();
    for (int id = 0; id < 100; ++id) ASSERT_TRUE(tx.run(add, {id, "x", 0.0}));
    int seen = 0;
    const auto stopped = db->each(all, {}, [&](const Row&) -> Result<void> {
        if (++seen == 3) return fail(Errc::cancelled);
        return {};
    });
    EXPECT_FALSE(stopped);
    EXPECT_EQ(db->rows(all)->size(), 100U);
}

TEST_P(OnEngine, SabotageFailsStatementsAndCommits) {
    auto tx = db.begin();
    ASSERT_TRUE(tx.run(add, {1, "x", 0.0}));
    db->sabotage([](std::string_view what) -> Result<void> {
        if (what == "commit") return fail(Errc::io_failed, "the disk is full");
        return {};
    });
    EXPECT_FALSE(tx.commit());
    db->sabotage({});
}

TEST_P(OnEngine, EveryStatementCanBePrepared) {
    for (const Sql* sql : Sql::all()) {
        Values values;
        const auto text = sql->text();
        // Enough values for every parameter; nothing matches them.
        for (std::size_t i = 0; i + 1 < text.size(); ++i)
            if (text[i] == ':' && std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0)
                values.push_back(0);
        auto tx = db.begin();
        const auto done = db->run(*sql, values);
        const bool sound = done || done.error().code == Errc::conflict;
        EXPECT_TRUE(sound) << sql->name() << ": " << (done ? "" : done.error().message());
    }
}

TEST(Session, WhoOnlyLooksChangesNothingAndMakesNothing) {
    const std::string url = "sqlite:" + testing::TempDir() + "looking_test.db";
    std::remove(url.substr(7).c_str());
    const auto nothing = Session::open(url, Access::looking);
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, Errc::unavailable);
    const auto writer = Session::open(url);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->run_text("CREATE TABLE IF NOT EXISTS seen (id BIGINT)"));
    const auto looker = Session::open(url, Access::looking);
    ASSERT_TRUE(looker) << looker.error().message();
    EXPECT_FALSE((*looker)->run_text("INSERT INTO seen VALUES (1)"));
    ASSERT_TRUE((*writer)->run_text("INSERT INTO seen VALUES (2)"));
    const auto rows = (*looker)->rows_text("SELECT id FROM seen");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(), 1);
}

TEST(Session, AnUnknownDatabaseIsRefusedWithAHint) {
    const auto session = Session::open("mysql://x");
    ASSERT_FALSE(session);
    EXPECT_THAT(session.error().hint, testing::HasSubstr("sqlite:"));
}

TEST(Session, ADatabaseThatIsNotThereIsUnavailable) {
    const auto session = Session::open("postgres://127.0.0.1:1/none");
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code, Errc::unavailable);
}

TEST(Migrate, RefusesADatabaseThatIsNewer) {
    DatabaseForTests db;
    db.run("INSERT INTO migrations VALUES (99999, 0)");
    const auto done = migrate(db.session());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace sg::store
