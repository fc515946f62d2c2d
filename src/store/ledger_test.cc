#include "store/ledger.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/database_for_tests.h"
#include "store/digest.h"

namespace sg::store {
namespace {

using testing::HasSubstr;

class Ledger : public testing::TestWithParam<Engine> {
  protected:
    DatabaseForTests db{GetParam()};

    void fill(int count) {
        auto tx = db.begin();
        for (int i = 1; i <= count; ++i) {
            const auto done =
                append(tx, {.recorded_at = {i},
                            .kind = i % 2 == 0 ? "even" : "odd",
                            .who = "ana",
                            .origin = "cli",
                            .cause = i > 1 ? std::optional<std::int64_t>(i - 1) : std::nullopt,
                            .subjects = {fmt::format("incident:{}", i % 3)},
                            .payload = fmt::format("{{\"n\":{}}}", i)});
            ASSERT_TRUE(done) << done.error().message();
        }
        ASSERT_TRUE(tx.commit());
    }

    Verdict look(const Anchors& anchors = {}) {
        const auto verdict = verify(db.session(), anchors);
        EXPECT_TRUE(verdict) << verdict.error().message();
        return *verdict;
    }

    // Computes every hash anew from what stands there, as a forger would.
    void recompute() {
        const auto list = entries(db.session(), {.limit = 1000});
        ASSERT_TRUE(list);
        std::string prev(64, '0');
        for (Entry entry : *list) {
            entry.prev = prev;
            entry.digest = sha256_hex(entry.salt + entry.payload);
            prev = hash_of(entry);
            db.run(fmt::format("UPDATE ledger SET prev='{}', digest='{}', hash='{}' WHERE seq={}",
                               entry.prev, entry.digest, prev, entry.seq));
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Store, Ledger, testing::ValuesIn(engines_for_tests()),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(Ledger, HoldsAndIsFound) {
    fill(10);
    const auto verdict = look();
    EXPECT_EQ(verdict.wrong, "");
    EXPECT_EQ(verdict.records, 10);
    const auto about = entries(db.session(), {.subject = "incident:1"});
    ASSERT_TRUE(about);
    EXPECT_EQ(about->size(), 4U);
    EXPECT_EQ(entries(db.session(), {.after = 4, .kind = "even"})->size(), 3U);
    const auto both = entries(db.session(), {.subject = "incident:1", .kind = "odd"});
    ASSERT_TRUE(both);
    EXPECT_FALSE(both->empty());
    for (const auto& entry : *both) {
        EXPECT_EQ(entry.kind, "odd");
        EXPECT_EQ(entry.subjects, std::vector<std::string>{"incident:1"});
    }
    EXPECT_LT(both->size(), about->size()) << "of the subject, and of the kind";
    const auto newest = entries_before(db.session(), "incident:1", 10, 2);
    ASSERT_EQ(newest->size(), 2U);
    EXPECT_EQ((*newest)[0].seq, 7);
    EXPECT_EQ((*newest)[0].subjects, std::vector<std::string>{"incident:1"});
}

TEST_P(Ledger, FindsAByteChangedAndSaysWhere) {
    fill(10);
    const char* forgeries[] = {
        "UPDATE ledger SET who = 'anb' WHERE seq = 7",
        "UPDATE ledger SET recorded_at = 8 WHERE seq = 7",
        "UPDATE ledger SET cause = 5 WHERE seq = 7",
        "UPDATE ledger_payload SET payload = '{\"n\":8}' WHERE seq = 7",
        "UPDATE ledger_subject SET subject = 'incident:2' WHERE seq = 7",
        "DELETE FROM ledger_subject WHERE seq = 7",
    };
    for (const char* forgery : forgeries) {
        SCOPED_TRACE(forgery);
        db.run("BEGIN");
        db.run(forgery);
        const auto verdict = look();
        EXPECT_EQ(verdict.at, 7);
        EXPECT_THAT(verdict.wrong, HasSubstr("7"));
        db.run("ROLLBACK");
    }
}

TEST_P(Ledger, FindsARecordRemovedAndTwoSwapped) {
    fill(10);
    db.run("BEGIN");
    db.run("DELETE FROM ledger WHERE seq = 5");
    EXPECT_EQ(look().at, 5);
    db.run("ROLLBACK");
    db.run("UPDATE ledger SET seq = 100 WHERE seq = 5");
    db.run("UPDATE ledger SET seq = 5 WHERE seq = 6");
    db.run("UPDATE ledger SET seq = 6 WHERE seq = 100");
    EXPECT_EQ(look().at, 5);
}

TEST_P(Ledger, ACutTailAndAForgedChainContradictAnAnchor) {
    fill(10);
    const auto published = head(db.session());
    ASSERT_TRUE(published);
    db.run("BEGIN");
    db.run("DELETE FROM ledger WHERE seq = 10");
    EXPECT_EQ(look().wrong, "") << "the chain alone cannot know";
    EXPECT_EQ(look({*published}).at, 10);
    db.run("ROLLBACK");
    db.run("UPDATE ledger_payload SET payload = '{}' WHERE seq = 3");
    recompute();
    EXPECT_EQ(look().wrong, "");
    EXPECT_EQ(look({*published}).at, 10);
}

TEST_P(Ledger, ErasedContentStillVerifies) {
    fill(4);
    auto tx = db.begin();
    ASSERT_TRUE(erase_payload(tx, 2));
    EXPECT_FALSE(erase_payload(tx, 2));
    ASSERT_TRUE(tx.commit());
    const auto verdict = look();
    EXPECT_EQ(verdict.wrong, "");
    EXPECT_EQ(verdict.erased, 1);
    const auto entry = find_entry(db.session(), 2);
    ASSERT_TRUE(entry && *entry);
    EXPECT_TRUE((*entry)->erased && (*entry)->payload.empty());
}

TEST(LedgerOnPostgres, TheSecondLeaderIsFencedOff) {
    if (engines_for_tests().size() < 2) return;
    DatabaseForTests db(Engine::postgres);
    const auto other = db.second();
    auto mine = db.begin();
    auto theirs = Tx::begin(*other);
    ASSERT_TRUE(theirs);
    ASSERT_TRUE(append(mine, {.recorded_at = {1}, .kind = "a", .who = "a", .origin = "x"}));
    ASSERT_TRUE(mine.commit());
    auto late = db.begin();
    // Both now write record 2: one of them waits for the other, and then cannot.
    ASSERT_TRUE(append(late, {.recorded_at = {2}, .kind = "a", .who = "a", .origin = "x"}));
    ASSERT_TRUE(late.commit());
    const auto head_seen = head(*other);
    ASSERT_TRUE(head_seen);
    const auto forged =
        other->run_text("INSERT INTO ledger VALUES (2, 0, 'a', 1, 'b', 'x', NULL, '', '', '')");
    ASSERT_FALSE(forged);
    EXPECT_EQ(forged.error().code, Errc::conflict);
}

TEST(LedgerOnPostgres, AStaleLeaderFindsOutAndGivesUp) {
    if (engines_for_tests().size() < 2) return;
    DatabaseForTests db(Engine::postgres);
    const auto stale = db.second();
    const NewEntry entry{.recorded_at = {1}, .kind = "a", .who = "a", .origin = "x"};
    // It looks at the head before the other has committed, and writes after.
    ASSERT_TRUE(stale->run_text("SET default_transaction_isolation = 'repeatable read'"));
    auto late = Tx::begin(*stale);
    ASSERT_TRUE(late && head(*stale));
    auto mine = db.begin();
    ASSERT_TRUE(append(mine, entry) && mine.commit());
    const auto refused = append(*late, entry);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_TRUE(stale->is_lost());
    EXPECT_FALSE(head(*stale));
    EXPECT_EQ(head(db.session())->seq, 1);
}

TEST(LeaderOnPostgres, IsOneUntilItsConnectionEnds) {
    if (engines_for_tests().size() < 2) return;
    DatabaseForTests db(Engine::postgres);
    auto first = db.second();
    const auto second = db.second();
    EXPECT_TRUE(first->lead().value_or(false));
    EXPECT_TRUE(first->lead().value_or(false));
    const auto other = second->lead();
    ASSERT_TRUE(other);
    EXPECT_FALSE(*other);
    first.reset();
    bool leads = false;  // The server lets go of the lock when it has seen the connection end.
    for (int i = 0; i < 500 && !leads; ++i) leads = second->lead().value_or(false);
    EXPECT_TRUE(leads);
    const auto me = second->rows_text("SELECT pg_terminate_backend(pg_backend_pid())");
    EXPECT_FALSE(me);
    EXPECT_TRUE(second->is_lost());
    EXPECT_EQ(head(*second).error().code, Errc::unavailable);
    ASSERT_TRUE(second->mend());
    EXPECT_FALSE(second->is_lost());
    EXPECT_TRUE(second->run_text("SELECT 1"));
}

TEST(Anchors, AreReadStrictly) {
    const std::string hash(64, 'a');
    EXPECT_EQ(parse_anchors("# published\n3 " + hash + "\n\n")->size(), 1U);
    EXPECT_FALSE(parse_anchors("three " + hash));
    EXPECT_FALSE(parse_anchors("3 abc"));
}

}  // namespace
}  // namespace sg::store
