#include "ops/rebuild.h"

#include <gtest/gtest.h>

#include "ops/respond/incidents/commands.h"
#include "ops/spine.h"
#include "store/database_for_tests.h"
#include "store/ledger.h"

namespace sg::ops {
namespace {

class Rebuild : public testing::TestWithParam<store::Engine> {
  protected:
    std::int64_t declare(const std::string& title) {
        const auto tx = db.begin();
        const config::Config config;
        const Turn turn{tx, {1'795'414'951'000'000'000}, config, spine().folds, {}};
        const auto id =
            incidents::declare(turn, {"ana", "cli"}, {.title = title, .service = "shop"});
        EXPECT_TRUE(id) << id.error().message();
        EXPECT_TRUE(const_cast<store::Tx&>(tx).commit());
        return *id;
    }
    Comparison compare() {
        const auto done = compare_rows(db.session(), spine().folds);
        EXPECT_TRUE(done) << done.error().message();
        return done.value_or(Comparison{});
    }
    store::DatabaseForTests db{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Store, Rebuild, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(Rebuild, RowsThatFollowFromTheRecordsAreTheSame) {
    declare("payments fail");
    declare("no video");
    const auto comparison = compare();
    EXPECT_GE(comparison.records, 2);
    EXPECT_GE(comparison.rows, 2);
    EXPECT_TRUE(comparison.different.empty()) << comparison.different.front();
}

TEST_P(Rebuild, ARowThatWasChangedRemovedOrAddedIsFound) {
    const auto id = declare("payments fail");
    db.run("UPDATE incidents SET severity = 4");
    EXPECT_EQ(compare().different.size(), 2);  // What is, and what should be.
    db.run("DELETE FROM incidents");
    ASSERT_EQ(compare().different.size(), 1);
    EXPECT_EQ(compare().different.front().find("incidents: is not there: "), 0);
    db.run("INSERT INTO incident_alerts (alert, incident) VALUES ('made up', " +
           std::to_string(id) + ")");
    EXPECT_EQ(compare().different.size(), 2);
}

}  // namespace
}  // namespace sg::ops
