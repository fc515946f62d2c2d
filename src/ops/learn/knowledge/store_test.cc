#include "ops/learn/knowledge/store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ops/learn/knowledge/commands.h"
#include "store/database_for_tests.h"

namespace sg::knowledge {
namespace {

const ops::Actor ana{"ana", "cli"};
constexpr Instant t0{1'800'000'000'000'000'000};

class KnowledgeStore : public testing::TestWithParam<store::Engine> {
  protected:
    template <class Do>
    Result<void> turn(Do&& action) {
        auto tx = db.begin();
        const ops::Turn turn{tx, now, config, folds(), std::nullopt};
        const auto done = action(turn);
        if (!done) return done;
        return tx.commit();
    }
    void draft_of(std::int64_t incident, const std::string& key = "alert:a",
                  const std::string& service = "shop") {
        const auto done = turn([&](const ops::Turn& t) {
            return draft(t, ana,
                         {.incident = incident,
                          .title = "Payments fail",
                          .service = service,
                          .required = true,
                          .keys = {key},
                          .due = now + 24h},
                         now);
        });
        EXPECT_TRUE(done) << done.error().message();
    }
    void write_in(std::int64_t incident, const std::string& section, const std::string& text) {
        const auto version = find(db.session(), incident)->value().version;
        const auto done = turn(
            [&](const ops::Turn& t) { return edit(t, ana, incident, {section, text, version}); });
        EXPECT_TRUE(done) << done.error().message();
    }
    store::DatabaseForTests db{GetParam()};
    config::Config config;
    Instant now = t0;
};
INSTANTIATE_TEST_SUITE_P(Store, KnowledgeStore, testing::ValuesIn(store::engines_for_tests()),
                         [](const auto& one) { return store::name_of(one.param); });

TEST_P(KnowledgeStore, ItIsDraftedOnce) {
    draft_of(204);
    write_in(204, "summary", "It broke.");
    draft_of(204);
    EXPECT_EQ(find(db.session(), 204)->value().sections.at("summary"), "It broke.");
    EXPECT_FALSE(find(db.session(), 205)->has_value());
}

TEST_P(KnowledgeStore, LessonsAreFoundByTheirWords) {
    draft_of(1);
    draft_of(2, "alert:b", "live");
    write_in(1, "lessons", "The Connection POOL was 100% full.");
    EXPECT_EQ(list(db.session(), {.words = "pool connection"})->size(), 1);
    EXPECT_EQ(list(db.session(), {.words = "pool cache"})->size(), 0);
    EXPECT_EQ(list(db.session(), {.words = "100%"})->size(), 1);
    EXPECT_EQ(list(db.session(), {.words = "payments"})->size(), 2);
    EXPECT_EQ(list(db.session(), {.service = "live"})->front().incident, 2);
    EXPECT_EQ(list(db.session(), {})->front().incident, 2) << "newest first";
    EXPECT_EQ(list(db.session(), {.before = 2})->front().incident, 1);
}

TEST_P(KnowledgeStore, TheSameSignalIsSeenBefore) {
    draft_of(1);
    draft_of(2, "alert:b");
    EXPECT_EQ(seen_before(db.session(), {"alert:a", "alert:b"}, 9)->size(), 2);
    EXPECT_EQ(seen_before(db.session(), {"alert:a"}, 1)->size(), 0) << "not of itself";
}

TEST_P(KnowledgeStore, AnItemIsAddedDoneAndReopenedByTheSameSignal) {
    draft_of(1);
    std::int64_t id = 0;
    ASSERT_TRUE(turn([&](const ops::Turn& t) -> Result<void> {
        TRY(id, add(t, ana, 1, {.what = "a second cable", .owner = "bo", .due = now + 48h}));
        return {};
    }));
    EXPECT_EQ(open_items(db.session(), 9)->front().owner, "bo");
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return finish(t, ana, id, "photo"); }));
    EXPECT_TRUE(open_items(db.session(), 9)->empty());
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return recur(t, "alert:other", 2); }));
    EXPECT_TRUE(open_items(db.session(), 9)->empty());
    ASSERT_TRUE(turn([&](const ops::Turn& t) { return recur(t, "alert:a", 2); }));
    EXPECT_EQ(open_items(db.session(), 9)->front().recurred, 2);
    EXPECT_EQ(items_of(db.session(), 1)->size(), 1);
}

TEST_P(KnowledgeStore, WhatIsNotThereIsNotFound) {
    const auto done = turn([&](const ops::Turn& t) { return act(t, ana, 9, {}); });
    EXPECT_EQ(done.error().code, Errc::not_found);
    EXPECT_EQ(turn([&](const ops::Turn& t) { return finish(t, ana, 9, "x"); }).error().code,
              Errc::not_found);
}

// --- Markdown ------------------------------------------------------------------------------------

Telling told() {
    Telling t;
    auto& p = t.postmortem;
    p = {.incident = 204,
         .severity = 1,
         .title = "Payments <b>fail</b> | *all*",
         .service = "shop",
         .team = "checkout",
         .owner = "ana",
         .required = true,
         .due = t0 + 24h};
    p.sections["summary"] = "For **9 minutes** nobody could pay.";
    p.damage = {.lasted = 540s,
                .requests = 1000,
                .failed = 620,
                .latency_ms_p95 = 38,
                .budget_share = 0.041,
                .worst_version = "shop/v2"};
    p.step = 10s;
    for (int i = 0; i < 6; ++i) p.graph.push_back({t0 + i * 10s, 100, i == 3 ? 0.62 : 0.0, 30});
    t.items.push_back({.id = 3,
                       .incident = 204,
                       .what = "a | second cable",
                       .owner = "bo",
                       .due = t0 + 240h,
                       .reopened = 1,
                       .recurred = 231});
    t.times = {{"time to respond", "41s (within 5m)"}};
    t.before = {{t0 - 60s, "bo", "bo put configuration 9f2c in force", 0}};
    t.timeline = {{t0, "system", "system declared incident 204: Payments fail", 0},
                  {t0 + 1s, "system", "ana was paged", 1},
                  {t0 + 41s, "ana", "ana noted: `rm` <script>", 0}};
    return t;
}

TEST(Markdown, IsAsItWas) {
    const std::string path = SG_SOURCE_DIR "/tests/golden/postmortem.md";
    if (std::getenv("SG_WRITE_GOLDEN") != nullptr) std::ofstream(path) << markdown(told());
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), markdown(told())) << "SG_WRITE_GOLDEN=1 writes it anew";
}

TEST(Markdown, WhatOthersSaidIsTextInItsLines) {
    const auto text = markdown(told());
    EXPECT_EQ(text.find("<b>"), std::string::npos);
    EXPECT_EQ(text.find("<script>"), std::string::npos);
    EXPECT_NE(text.find("**9 minutes**"), std::string::npos) << "what people write is Markdown";
}

TEST(Markdown, OfNextToNothingHasEverySection) {
    const auto text = markdown({.postmortem = {.incident = 1}});
    for (const auto& row : section_rows)
        EXPECT_NE(text.find(std::string(row.title)), std::string::npos) << row.title;
}

}  // namespace
}  // namespace sg::knowledge
