// Whether a weakness of the database is seen, on both engines.
#include "store/durability.h"

#include "store/database_for_tests.h"

namespace sg::store {
namespace {

class OfAStore : public testing::TestWithParam<Engine> {};

TEST_P(OfAStore, WeakCommitsAreSeen) {
    DatabaseForTests database(GetParam());
    const bool is_sqlite = GetParam() == Engine::sqlite;
    database.run(is_sqlite ? "PRAGMA synchronous = FULL" : "SET synchronous_commit = on");
    const auto well = durability(database.session());
    ASSERT_TRUE(well) << well.error().message();
    EXPECT_EQ(well->lag, std::nullopt);
    EXPECT_EQ(well->replicas, 0);

    database.run(is_sqlite ? "PRAGMA synchronous = OFF" : "SET synchronous_commit = off");
    const auto weak = durability(database.session());
    ASSERT_TRUE(weak);
    EXPECT_NE(weak->weakness, "");
    // A server that was set up without fsync is as weak as that from the beginning.
    if (is_sqlite) {
        EXPECT_EQ(well->weakness, "");
    }
}

INSTANTIATE_TEST_SUITE_P(Store, OfAStore, testing::ValuesIn(engines_for_tests()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace sg::store
