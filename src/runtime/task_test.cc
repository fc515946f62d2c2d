// Tasks: a million awaits, pooled frames, gates.
#include "runtime/task.h"

#include <gtest/gtest.h>

#include "runtime/loop.h"

namespace sg::runtime {
namespace {

Task<int> one(int i) { co_return i & 1; }

Task<void> add_many(std::int64_t& sum) {
    for (int i = 0; i < 1'000'000; ++i) {
        const int value = co_await one(i);
        sum += value;
    }
}

TEST(Task, AwaitsAMillionTimesFromThePool) {
    Gate gate;
    std::int64_t sum = 0;
    spawn(gate, add_many(sum));
    EXPECT_EQ(sum, 500'000);
    EXPECT_EQ(gate.running(), 0U);
#if !defined(__has_feature) || !__has_feature(address_sanitizer)
    const auto before = frames_allocated();
    spawn(gate, add_many(sum));
    EXPECT_EQ(frames_allocated(), before) << "a warm pool needs no allocator";
#endif
}

Task<void> wait_and_note(Loop& loop, Duration d, std::vector<int>& order, int number) {
    co_await loop.sleep_until(loop.now() + d);
    order.push_back(number);
}

Task<int> at_once_or_later(Loop& loop, Duration wait) {
    if (wait == 0ms) return Task<int>::ready(1);
    struct Later {
        static Task<int> run(Loop& l, Duration w) {
            co_await l.sleep_until(l.after(w));
            co_return 2;
        }
    };
    return Later::run(loop, wait);
}

Task<void> await_both(Loop& loop, std::vector<int>& values) {
    const int first = co_await at_once_or_later(loop, 0ms);
    values.push_back(first);
    const int second = co_await at_once_or_later(loop, 1ms);
    values.push_back(second);
}

Detached stop_when_closed(Gate&, Gate& others, Loop& loop) {
    co_await others.closed();
    loop.stop();
}

TEST(Task, SleepersWakeInTheOrderOfTheirDeadlines) {
    Loop loop;
    Gate gate;
    Gate stopper;
    std::vector<int> order;
    spawn(gate, wait_and_note(loop, 20ms, order, 2));
    spawn(gate, wait_and_note(loop, 5ms, order, 1));
    spawn(gate, wait_and_note(loop, 300ms, order, 3));
    stop_when_closed(stopper, gate, loop);
    loop.run();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Task, AValueThatIsThereNeedsNoFrame) {
    Loop loop;
    const auto before = frames_allocated();
    const auto ready = at_once_or_later(loop, 0ms);
    ASSERT_NE(ready.value_if_ready(), nullptr);
    EXPECT_EQ(*ready.value_if_ready(), 1);
    EXPECT_EQ(frames_allocated(), before);
    EXPECT_EQ(at_once_or_later(loop, 1ms).value_if_ready(), nullptr);

    Gate gate;
    Gate stopper;
    std::vector<int> values;
    spawn(gate, await_both(loop, values));
    EXPECT_EQ(values, (std::vector<int>{1}));
    stop_when_closed(stopper, gate, loop);
    loop.run();
    EXPECT_EQ(values, (std::vector<int>{1, 2}));
}

TEST(Loop, RunsWhatIsPostedInOrder) {
    Loop loop;
    std::vector<int> order;
    for (int i = 0; i < 3; ++i) loop.post([&order, i] { order.push_back(i); });
    loop.post([&loop] { loop.stop(); });
    loop.run();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    EXPECT_GE(loop.hops(), 4U);
}

}  // namespace
}  // namespace sg::runtime
