// Task<T>: a piece of straight-line work that may wait. Lazy: it runs when awaited, and its awaiter
// owns it. A plain function may return one, too: where nothing waits, ready() is the value alone,
// without a frame; where something does, it is the coroutine that goes on.
//
// A suspended task is never destroyed: cancellation wakes its wait with a reason and it ends by
// itself. Frames are pooled per core. Exceptions do not cross tasks: one that escapes ends the
// process.
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "runtime/frame_pool.h"

namespace sg::runtime {

struct PooledFrame {
    static void* operator new(std::size_t bytes) { return take_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) { give_frame(frame, bytes); }
};

template <class T>
class Task;

namespace detail {

struct TaskPromiseBase : PooledFrame {
    std::coroutine_handle<> continuation = std::noop_coroutine();

    struct Final {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
            return done.promise().continuation;
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& v) {
        value.emplace(std::forward<U>(v));
    }
    T take() { return std::move(*value); }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
    Task<void> get_return_object();
    void return_void() const noexcept {}
    void take() const noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
    struct Nothing {};
    using Value = std::conditional_t<std::is_void_v<T>, Nothing, T>;

  public:
    using promise_type = detail::TaskPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) : handle_(handle) {}
    static Task ready(Value value)
        requires(!std::is_void_v<T>)
    {
        Task task{Handle{}};
        task.value_.emplace(std::move(value));
        return task;
    }
    Task(Task&& other) noexcept
        : handle_(std::exchange(other.handle_, {})), value_(std::move(other.value_)) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    // The value if it is there already; null: to be awaited.
    const Value* value_if_ready() const { return value_ ? &*value_ : nullptr; }

    struct Awaiter {
        Task& task;
        bool await_ready() const noexcept { return task.value_.has_value(); }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) const noexcept {
            task.handle_.promise().continuation = waiting;
            return task.handle_;
        }
        T await_resume() const {
            if constexpr (!std::is_void_v<T>)
                if (task.value_) return std::move(*task.value_);
            return task.handle_.promise().take();
        }
    };
    Awaiter operator co_await() & noexcept { return {*this}; }
    Awaiter operator co_await() && noexcept { return {*this}; }

  private:
    Handle handle_;
    std::optional<Value> value_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
    return Task<T>{std::coroutine_handle<TaskPromise<T>>::from_promise(*this)};
}
inline Task<void> TaskPromise<void>::get_return_object() {
    return Task<void>{std::coroutine_handle<TaskPromise<void>>::from_promise(*this)};
}
}  // namespace detail

// Counts what runs without an awaiter, so that its owner can wait for the end of all of it.
class Gate {
  public:
    Gate() = default;
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() { CHECK(running_ == 0); }

    std::size_t running() const { return running_; }

    // Waits until nothing runs any more. One waiter at a time.
    struct Closed {
        Gate& gate;
        bool await_ready() const noexcept { return gate.running_ == 0; }
        void await_suspend(std::coroutine_handle<> waiting) const { gate.waiting_ = waiting; }
        void await_resume() const noexcept {}
    };
    Closed closed() { return {*this}; }

    void enter() { ++running_; }
    void leave() {
        if (--running_ == 0 && waiting_) std::exchange(waiting_, {}).resume();
    }

  private:
    std::size_t running_ = 0;
    std::coroutine_handle<> waiting_;
};

// A coroutine nobody awaits. It starts at once; the gate passed as its first parameter counts it.
struct Detached {
    struct promise_type : PooledFrame {
        Gate& gate;

        template <class... Rest>
        explicit promise_type(Gate& g, Rest&&...) : gate(g) {
            gate.enter();
        }
        template <class Self, class... Rest>  // A member function.
            requires(!std::same_as<Self, Gate>)
        explicit promise_type(Self&, Gate& g, Rest&&...) : gate(g) {
            gate.enter();
        }
        struct Final {
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> done) const noexcept {
                // The frame first: whoever waits for the gate may destroy what the frame refers to.
                Gate& counted_by = done.promise().gate;
                done.destroy();
                counted_by.leave();
            }
            void await_resume() const noexcept {}
        };
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        Final final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

// Runs a task without an awaiter, counted by the gate.
inline Detached spawn(Gate&, Task<void> task) { co_await std::move(task); }

}  // namespace sg::runtime
