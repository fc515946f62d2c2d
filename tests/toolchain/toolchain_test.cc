// Proof that the toolchain holds what the design leans on (docs/decisions/0001-toolchain.md). It
// fails to build, or crashes, on a compiler and library pair that we could not use.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <coroutine>
#include <cstdint>
#include <utility>

#include "base/result.h"

namespace {

// The smallest lazy task with symmetric transfer; the runtime's own is tested beside its code.
struct Step {
    struct promise_type {
        std::coroutine_handle<> continuation;
        int value = 0;
        Step get_return_object() { return Step{Handle::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Final {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<promise_type> done) noexcept {
                return done.promise().continuation;
            }
            void await_resume() noexcept {}
        };
        Final final_suspend() noexcept { return {}; }
        void return_value(int v) { value = v; }
        void unhandled_exception() { std::terminate(); }
    };
    using Handle = std::coroutine_handle<promise_type>;
    explicit Step(Handle h) : handle(h) {}
    Step(Step&& other) noexcept : handle(std::exchange(other.handle, {})) {}
    ~Step() {
        if (handle) handle.destroy();
    }
    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) {
        handle.promise().continuation = waiting;
        return handle;
    }
    int await_resume() const { return handle.promise().value; }
    Handle handle;
};

struct Root {
    struct promise_type {
        Root get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

Step one(int i) { co_return i & 1; }

Root await_many(std::int64_t& sum) {
    for (int i = 0; i < 1'000'000; ++i) {
        const int value = co_await one(i);
        sum += value;
    }
}

sg::Result<int> half(int n) {
    if (n % 2 != 0) return sg::fail(sg::Errc::invalid_argument, "odd");
    return n / 2;
}

sg::Result<int> quarter(int n) {
    TRY(const int h, half(n));
    TRY(const int q, half(h));
    return q;
}

TEST(Toolchain, AwaitsAMillionTimesWithoutGrowingTheStack) {
    std::int64_t sum = 0;
    await_many(sum);
    EXPECT_EQ(sum, 500'000);
}

TEST(Toolchain, ExpectedAndTry) {
    EXPECT_EQ(quarter(12).value(), 3);
    EXPECT_EQ(quarter(6).error().code, sg::Errc::invalid_argument);
}

TEST(Toolchain, YamlKnowsLineAndColumn) {
    const YAML::Node node = YAML::Load("a: 1\nb:\n  c: 2\n");
    EXPECT_EQ(node["b"]["c"].Mark().line, 2);
    EXPECT_EQ(fmt::format("{}", node["a"].as<int>()), "1");
}

}  // namespace
