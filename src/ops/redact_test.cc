#include "ops/redact.h"

#include <gtest/gtest.h>

#include "store/database_for_tests.h"
#include "store/ledger.h"

namespace sg::ops {
namespace {

constexpr Instant start{1'795'414'951'000'000'000};

class Redact : public testing::TestWithParam<store::Engine> {
  protected:
    Redact() {
        const auto tx = db.begin();
        EXPECT_TRUE(store::append(tx, {.recorded_at = start,
                                       .kind = "incident.noted",
                                       .who = "ana",
                                       .subjects = {"incident:1"},
                                       .payload = R"({"text":"a password"})"}));
        EXPECT_TRUE(const_cast<store::Tx&>(tx).commit());
    }
    Result<void> redact_at(Instant now, const LedgerRedacted& what) {
        auto tx = db.begin();
        const config::Config config;
        TRY_VOID(redact({tx, now, config, {}, {}}, {"bo", "cli"}, what));
        return tx.commit();
    }
    store::DatabaseForTests db{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Store, Redact, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(Redact, TheContentGoesTheFactStaysAndTheChainHolds) {
    ASSERT_TRUE(redact_at(start + 2min, {1, "a secret"}));
    const auto entry = store::find_entry(db.session(), 1);
    ASSERT_TRUE(entry && *entry);
    EXPECT_TRUE((*entry)->erased);
    EXPECT_EQ((*entry)->payload, "");
    const auto note = store::find_entry(db.session(), 2);
    ASSERT_TRUE(note && *note);
    EXPECT_EQ((*note)->kind, "ledger.redacted");
    EXPECT_EQ((*note)->who, "bo");
    EXPECT_EQ((*note)->subjects, std::vector<std::string>{"incident:1"});
    const auto verdict = store::verify(db.session(), {});
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->wrong, "");
    EXPECT_EQ(verdict->erased, 1);
}

TEST_P(Redact, WhatCannotBeErasedIsRefusedAndChangesNothing) {
    const std::tuple<Instant, LedgerRedacted, Errc> refused[] = {
        {start + 2min, {1, " "}, Errc::invalid_argument},
        {start + 2min, {7, "why"}, Errc::not_found},
        {start + 59s, {1, "why"}, Errc::conflict},
    };
    for (const auto& [now, what, code] : refused) {
        const auto done = redact_at(now, what);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, code) << done.error().message();
    }
    ASSERT_TRUE(redact_at(start + 1min, {1, "why"}));
    EXPECT_EQ(redact_at(start + 1min, {1, "why"}).error().code, Errc::not_found);
}

}  // namespace
}  // namespace sg::ops
