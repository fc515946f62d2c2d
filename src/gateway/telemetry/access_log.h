// The access log: one line of JSON per request that has ended, written by a thread of its own.
// Workers never wait: each has a bounded ring; when the disk cannot keep up lines are dropped and
// counted.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "gateway/telemetry/cell.h"
#include "gateway/telemetry/log_file.h"
#include "gateway/telemetry/log_line.h"
#include "gateway/telemetry/log_ring.h"
#include "telemetry/snapshot.h"

namespace sg::gateway {

class AccessLog;

// A worker's end of the log. Used by that worker only.
class LogLane {
  public:
    static constexpr std::size_t ring_size = 1 << 20;

    LogLane(AccessLog& log, const Registry& registry);
    void write(const Account& account);

  private:
    friend class AccessLog;
    AccessLog& log_;
    LogLine line_;
    LogRing ring_{ring_size};
    std::atomic<bool> woken_{false};
    Cell dropped_;
    Cell sampled_out_;
};

class AccessLog {
  public:
    struct Options {
        LogFile::Options file;
        Share sample = {1.0};  // Of requests that ended `ok`; others are always written.
    };
    static Options options_of(const config::Config& config);

    // Fails if the file cannot be opened now; later failures are counted and survived.
    static Result<std::unique_ptr<AccessLog>> start(Options options, const Registry& registry);
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;
    ~AccessLog();  // Writes what the lanes hold. Requires: no worker writes any more.

    LogLane& add_lane();  // One per worker; any thread, lives as long as the log.
    Result<void> configure(Options options);  // Reload. On failure the old file goes on.
    void reopen();                            // The file was moved away (SIGHUP, logrotate).
    void flush();  // Returns when all lines written before the call are in the file.
    telemetry::LogRow counts() const;

    // Deterministic: a request is either in every gateway's log or in none's.
    static bool is_sampled(Id128 id, std::uint64_t threshold);
    static std::uint64_t threshold_of(Share share);  // All ones: every request.

  private:
    friend class LogLane;
    AccessLog(Options options, const Registry& registry);
    void set(const Options& options);
    void wake();
    void run();
    void drain();
    void drain(LogLane& lane);
    void say(const Result<void>& done);

    const Registry& registry_;
    int event_ = -1;  // An eventfd: wakes the writer before its time.
    std::atomic<bool> off_{false};
    std::atomic<std::uint64_t> threshold_{0};
    std::atomic<bool> reopen_{false};
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> rotations_{0};
    bool failing_ = false;  // Under file_mutex_.

    mutable std::mutex lanes_mutex_;  // Held for moments: who counts must not wait for a disk.
    std::vector<std::unique_ptr<LogLane>> lanes_;
    std::mutex file_mutex_;  // Held while writing: by the writer, configure() and flush().
    std::unique_ptr<LogFile> file_;
    std::thread writer_;
};

}  // namespace sg::gateway
