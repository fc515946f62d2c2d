#include "ops/learn/knowledge/decide.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"

namespace sg::knowledge {
namespace {

constexpr Instant t0{1'800'000'000'000'000'000};

Postmortem one(State state = State::draft) {
    Postmortem p{.incident = 204,
                 .state = state,
                 .version = 3,
                 .title = "x",
                 .service = "shop",
                 .required = true,
                 .keys = {"alert:a"},
                 .drafted_at = t0,
                 .due = t0 + 24h};
    p.sections["summary"] = "It broke.";
    p.sections["factors"] = "A cable.";
    return p;
}

ActionItem item(ItemKind kind, ItemState state) {
    return {.id = 7,
            .incident = 100,
            .kind = kind,
            .what = "w",
            .owner = "ana",
            .due = t0 + 24h,
            .state = state};
}

std::optional<Instant> clock(const ops::Decision& d, std::string_view name) {
    const auto found = std::ranges::find(d.clocks, name, &ops::ClockChange::name);
    return found == d.clocks.end() ? std::nullopt : found->due;
}

Postmortem after(Postmortem p, const ops::Decision& d, Instant at = t0) {
    for (const auto& event : d.events) {
        const auto next = apply(p, ops::Recorded{.at = at,
                                                 .kind = event.kind,
                                                 .actor = {"bo", "cli"},
                                                 .subjects = event.subjects,
                                                 .payload = event.payload});
        EXPECT_TRUE(next) << next.error().message();
        p = *next;
    }
    return p;
}

TEST(Postmortem, EveryMoveIsInTheTableOrRefused) {
    struct Row {
        State from;
        Verb verb;
        std::optional<State> to;
    };
    const Row rows[] = {
        {State::draft, Verb::publish, State::in_review},
        {State::draft, Verb::give_back, {}},
        {State::draft, Verb::review, {}},
        {State::draft, Verb::close, {}},
        {State::in_review, Verb::publish, {}},
        {State::in_review, Verb::give_back, State::draft},
        {State::in_review, Verb::review, State::reviewed},
        {State::in_review, Verb::close, {}},
        {State::reviewed, Verb::publish, {}},
        {State::reviewed, Verb::give_back, State::draft},
        {State::reviewed, Verb::review, {}},
        {State::reviewed, Verb::close, State::closed},
        {State::closed, Verb::publish, {}},
        {State::closed, Verb::give_back, {}},
        {State::closed, Verb::review, {}},
        {State::closed, Verb::close, {}},
    };
    for (const Row& row : rows) {
        const auto done = decide(one(row.from), {row.verb, "r", 12h}, t0);
        ASSERT_EQ(done.has_value(), row.to.has_value()) << word(row.from) << " " << word(row.verb);
        if (done) EXPECT_EQ(after(one(row.from), *done).state, *row.to);
        else EXPECT_EQ(done.error().code, Errc::conflict);
    }
}

TEST(Postmortem, NothingIsPublishedWithoutWhatMatters) {
    auto p = one();
    p.sections.erase("factors");
    const auto done = decide(p, {Verb::publish, "", 12h}, t0);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().what.find("factors"), std::string::npos) << done.error().what;
}

TEST(Postmortem, TheClockRunsUntilItIsPublishedAndAgainWhenItComesBack) {
    const auto drafted = draft(one(), t0 + 5min, t0);
    EXPECT_EQ(clock(drafted, due_clock), t0 + 24h);
    EXPECT_EQ(clock(drafted, measure_clock), t0 + 5min);
    const auto published = decide(one(), {Verb::publish, "", 12h}, t0);
    ASSERT_EQ(published->clocks.size(), 1);
    EXPECT_EQ(published->clocks.front().due, std::nullopt);
    const auto back = decide(one(State::in_review), {Verb::give_back, "", 12h}, t0 + 20h);
    EXPECT_EQ(clock(*back, due_clock), t0 + 32h);
    auto optional = one();
    optional.required = false;
    EXPECT_TRUE(draft(optional, t0, t0).clocks.empty());
}

TEST(Postmortem, ItsOwnerIsRemindedUntilItIsUpForReview) {
    const auto late = ring(one(), 12h, t0 + 24h);
    ASSERT_EQ(late.events.size(), 1);
    EXPECT_EQ(clock(late, due_clock), t0 + 36h);
    EXPECT_EQ(after(one(), late).reminders, 1);
    EXPECT_TRUE(ring(one(State::in_review), 12h, t0 + 24h).empty());
}

TEST(Postmortem, AnEditThatComesTooLateIsRefused) {
    const auto good = edit(one(), {"lessons", "Look twice.", 3});
    ASSERT_TRUE(good);
    const auto p = after(one(), *good);
    EXPECT_EQ(p.version, 4);
    EXPECT_EQ(p.sections.at("lessons"), "Look twice.");
    const auto late = edit(p, {"lessons", "Look once.", 3});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::conflict);
    EXPECT_TRUE(edit(p, {"lessons", "Look twice.", 3})->empty()) << "it says so already";
    EXPECT_EQ(edit(p, {"blame", "x", 4}).error().code, Errc::invalid_argument);
    EXPECT_EQ(edit(p, {"summary", std::string(section_max + 1, 'x'), 4}).error().code,
              Errc::too_large);
    EXPECT_FALSE(edit(one(State::closed), {"summary", "x", 3}));
    EXPECT_FALSE(after(p, *edit(p, {"lessons", "", 4})).sections.contains("lessons"));
}

TEST(Postmortem, WhatWasGivenBackIsReviewedByNobody) {
    const auto reviewed =
        after(one(State::in_review), *decide(one(State::in_review), {Verb::review, "", 12h}, t0));
    EXPECT_EQ(reviewed.reviewed_by, "bo");
    const auto back = after(reviewed, *decide(reviewed, {Verb::give_back, "", 12h}, t0));
    EXPECT_EQ(back.reviewed_by, "");
    EXPECT_EQ(back.reviewed_at, Instant{});
}

TEST(ActionItem, HasAnOwnerAndADate) {
    const auto wish = item(ItemKind::prevent, ItemState::open);
    EXPECT_TRUE(add(one(), wish, t0));
    auto wrong = wish;
    wrong.owner.clear();
    EXPECT_FALSE(add(one(), wrong, t0));
    wrong = wish;
    wrong.due = t0;
    EXPECT_FALSE(add(one(), wrong, t0));
    wrong = wish;
    wrong.what.clear();
    EXPECT_FALSE(add(one(), wrong, t0));
    wrong = wish;
    wrong.priority = 5;
    EXPECT_FALSE(add(one(), wrong, t0));
    EXPECT_FALSE(add(one(State::closed), wish, t0));
}

TEST(ActionItem, ThatItIsDoneCanBeSeen) {
    const auto open = item(ItemKind::detect, ItemState::open);
    EXPECT_FALSE(finish(open, ""));
    EXPECT_TRUE(finish(open, "https://ci.example.com/1"));
    EXPECT_TRUE(finish(item(ItemKind::process, ItemState::open), ""));
    EXPECT_EQ(finish(item(ItemKind::detect, ItemState::done), "x").error().code, Errc::conflict);
}

TEST(ActionItem, OneThatIsLateIsSaidAgainAndAgain) {
    const auto late = ring(item(ItemKind::detect, ItemState::open), 12h, t0 + 24h);
    EXPECT_EQ(late.events.size(), 1);
    EXPECT_EQ(clock(late, item_clock), t0 + 36h);
    EXPECT_TRUE(ring(item(ItemKind::detect, ItemState::done), 12h, t0).empty());
}

TEST(ActionItem, OnlyWhatWasToPreventItIsReopened) {
    struct Row {
        ItemKind kind;
        ItemState state;
        std::int64_t incident;
        bool reopened;
    };
    const Row rows[] = {
        {ItemKind::prevent, ItemState::done, 204, true},
        {ItemKind::prevent, ItemState::open, 204, false},
        {ItemKind::mitigate, ItemState::done, 204, false},
        {ItemKind::prevent, ItemState::done, 100, false},  // Its own incident.
    };
    for (const Row& row : rows)
        EXPECT_EQ(!recur({item(row.kind, row.state)}, row.incident, t0 + 24h).empty(),
                  row.reopened);
    const auto done = item(ItemKind::prevent, ItemState::done);
    const auto decision = recur({done}, 204, t0 + 24h);
    const auto& event = decision.events.front();
    const auto again = apply(done, ops::Recorded{.kind = event.kind, .payload = event.payload});
    EXPECT_EQ(again->state, ItemState::open);
    EXPECT_EQ(again->recurred, 204);
    EXPECT_EQ(again->reopened, 1);
    EXPECT_EQ(again->due, t0 + 24h);
}

}  // namespace
}  // namespace sg::knowledge
