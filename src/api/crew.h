// Threads for answers that have to wait for others, so that the API's own thread never does.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sg::api {

class Crew {
  public:
    static constexpr std::size_t threads = 4;        // Bound: of what is done at the same time.
    static constexpr std::size_t waiting_most = 32;  // Bound: then nothing more is taken.

    Crew();
    ~Crew();  // What has begun is ended, what waits is done too.
    Crew(const Crew&) = delete;

    // False: there is no room. From any thread.
    bool take(std::move_only_function<void()> work);

  private:
    void work_until_stopped();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::move_only_function<void()>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace sg::api
