// Names to addresses, on a thread of its own: the system's resolver may wait, nobody else does.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "runtime/loop.h"

namespace sg::gateway {

class Resolver {
  public:
    // Answers are posted to `loop`.
    explicit Resolver(runtime::Loop& loop);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    using Answer = std::move_only_function<void(Result<std::vector<IpAddress>>)>;
    // Bound: questions waiting; beyond it the answer is `exhausted` at once.
    static constexpr std::size_t questions_most = 1024;
    void resolve(std::string name, Answer answer);

  private:
    struct Question {
        std::string name;
        Answer answer;
    };
    void work();

    runtime::Loop& loop_;
    std::mutex mutex_;
    std::condition_variable asked_;
    std::deque<Question> questions_;
    bool stopping_ = false;
    std::thread thread_;
};

// Sorted, without duplicates, so that the same answer compares equal. May wait: not on a loop's
// thread.
Result<std::vector<IpAddress>> look_up(const std::string& name);

}  // namespace sg::gateway
