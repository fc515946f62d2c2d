// Drives connections through a Plan and counts. One thread, one epoll.
//
// Latency in Mode::rate counts from the moment a request was due, not from when a connection was
// free for it, so a peer that stalls is charged for everything that had to wait (no coordinated
// omission).
#pragma once

#include <deque>
#include <vector>

#include "bench/load/plan.h"

namespace sg::load {

class Generator {
  public:
    explicit Generator(const Plan& plan);
    ~Generator();
    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    Report run();

  private:
    void begin_window(std::int64_t now);
    void end_window(std::int64_t now);
    void wait(std::int64_t now);
    void on_news(std::uint32_t id, Connection::News news);
    void on_ready(std::uint32_t id);
    void on_response(std::uint32_t id);
    void on_lost(std::uint32_t id);
    void begin(std::uint32_t id, std::int64_t since);
    void open(std::uint32_t id);
    void fire_due(std::int64_t now);
    void reopen_broken(std::int64_t now);
    bool counts(const Connection& connection) const;

    const Plan& plan_;
    Report report_;
    int epoll_ = -1;
    std::deque<Connection> connections_;
    std::vector<std::uint32_t> broken_;  // To be opened again at `reopen_at_`.
    std::vector<std::uint32_t> free_;    // Mode::rate: connections that nobody uses.
    std::deque<std::int64_t> backlog_;   // Mode::rate: due, but no connection was free.
    std::int64_t reopen_at_ = 0;
    std::int64_t schedule_start_ = 0;
    std::uint64_t scheduled_ = 0;  // Requests that have been due so far.
    std::int64_t window_start_ = 0;
    std::int64_t end_ = 0;
    bool counting_ = false;
};

}  // namespace sg::load
