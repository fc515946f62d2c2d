#include "ops/respond/subscribers/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sg::subscribers {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant noon{1'795'435'200'000'000'000};
constexpr auto ana = "aaaaaaaaaaaaaaaa";

Subscriber confirmed(const std::string& id, const Components& components = {}) {
    return {.id = id,
            .components = components,
            .wanted = components,
            .confirmed = true,
            .asked_at = noon,
            .confirmed_at = noon};
}

Subscriber after(Subscriber s, const ops::Decision& decision, Instant at) {
    for (const auto& event : decision.events)
        s = apply(std::move(s), {.at = at, .kind = event.kind, .payload = event.payload});
    return s;
}

TEST(Subscribers, who_asks_is_asked_and_forgotten_if_they_do_not_answer) {
    const auto asked = ask({}, {ana, {"Shop"}}, noon);
    ASSERT_THAT(asked.actions, SizeIs(1));
    EXPECT_GT(asked.actions[0].urgency, 0) << "pages go first";
    const auto s = after({}, asked, noon);
    EXPECT_FALSE(s.confirmed);
    EXPECT_TRUE(ring(s, noon + question_lasts - 1s).empty());
    const auto gone = ring(s, noon + question_lasts);
    ASSERT_THAT(gone.events, SizeIs(1));
    EXPECT_EQ(gone.events[0].kind, ops::Kind::subscriber_removed);
    EXPECT_TRUE(ring(after(s, confirm(s), noon), noon + 48h).empty());
}

TEST(Subscribers, what_is_asked_anew_changes_nothing_before_it_is_confirmed) {
    const auto known = confirmed(ana, {"Shop"});
    const auto asked = ask(known, {ana, {"Playback"}}, noon + 1h);
    EXPECT_THAT(asked.clocks, IsEmpty()) << "who confirmed once is not forgotten";
    auto s = after(known, asked, noon + 1h);
    EXPECT_EQ(s.components, Components{"Shop"});
    s = after(s, confirm(s), noon + 2h);
    EXPECT_EQ(s.components, Components{"Playback"});
    EXPECT_TRUE(confirm(s).empty()) << "twice is once";
}

TEST(Subscribers, are_told_of_what_concerns_them) {
    struct Row {
        Components wanted, concerned;
        bool told;
    };
    const Row rows[] = {
        {{}, {"Shop"}, true},
        {{"Shop"}, {}, true},
        {{"Shop"}, {"Shop", "Playback"}, true},
        {{"Shop"}, {"Playback"}, false},
    };
    for (const auto& row : rows) EXPECT_EQ(concerns(row.wanted, row.concerned), row.told);
}

TEST(Subscribers, are_told_in_batches_each_once) {
    const Telling first{"notice:17", 3, {}};
    EXPECT_EQ(telling_of(text_of(first)), first);
    EXPECT_EQ(telling_of("notice:17.3>" + std::string(ana)), (Telling{"notice:17", 3, ana}));
    for (const auto* bad : {"", "notice:17", "notice:17.x>", "notice:17.>a", ">"})
        EXPECT_EQ(telling_of(bad), std::nullopt) << bad;

    Batch batch{.webhooks = {"partner"}, .concerned = {"Shop"}};
    for (int i = 0; i < batch_most; ++i)
        batch.next.push_back(confirmed("id" + std::to_string(i),
                                       i % 2 == 0 ? Components{"Shop"} : Components{"Other"}));
    const auto told = tell(first, batch, noon);
    EXPECT_THAT(told.actions, SizeIs(1 + batch_most / 2));
    ASSERT_THAT(told.clocks, SizeIs(1));
    EXPECT_EQ(told.clocks[0].subject, "notice:17.3>id49");
    EXPECT_EQ(told.clocks[0].due, noon + batch_every);
    EXPECT_EQ(tell(first, batch, noon + 1h).actions[1].key, told.actions[1].key)
        << "the same letter has the same key";
    batch.next.pop_back();
    EXPECT_THAT(tell(first, batch, noon).clocks, IsEmpty()) << "that was the last";
    EXPECT_TRUE(tell(first, {}, noon).empty());
}

TEST(Subscribers, a_letter_is_tried_again_and_then_given_up) {
    Letter letter{.subscriber = ana, .about = "notice:17", .update = 3};
    const Came later{Came::How::later, "no answer"};
    for (; letter.attempt < attempts_max; ++letter.attempt) {
        const auto again = on_result(letter, confirmed(ana), later, noon);
        ASSERT_THAT(again.actions, SizeIs(1)) << letter.attempt;
        EXPECT_GT(again.actions[0].not_before, noon);
    }
    const auto end = on_result(letter, confirmed(ana), later, noon);
    EXPECT_THAT(end.actions, IsEmpty());
    ASSERT_THAT(end.events, SizeIs(1)) << "and they stay subscribed";
    EXPECT_EQ(end.events[0].kind, ops::Kind::subscribers_letter_given_up);
    EXPECT_TRUE(on_result(letter, {}, later, noon).empty()) << "they are gone";
}

TEST(Subscribers, a_mailbox_that_refuses_is_forgotten) {
    const Letter letter{.subscriber = ana, .about = "notice:17", .update = 3};
    const Came refused{Came::How::refused, "550"};
    auto s = confirmed(ana);
    for (std::int64_t i = 1; i < refusals_max; ++i)
        s = after(s, on_result(letter, s, refused, noon), noon);
    EXPECT_EQ(s.refused, refusals_max - 1);
    const auto end = on_result(letter, s, refused, noon);
    EXPECT_EQ(end.events.back().kind, ops::Kind::subscriber_removed);
    s = after(s, on_result(letter, s, {}, noon), noon);
    EXPECT_EQ(s.refused, 0) << "it takes mails again";

    auto unconfirmed = s;
    unconfirmed.confirmed = false;
    EXPECT_EQ(on_result({.subscriber = ana}, unconfirmed, refused, noon).events.back().kind,
              ops::Kind::subscriber_removed);
}

}  // namespace
}  // namespace sg::subscribers
