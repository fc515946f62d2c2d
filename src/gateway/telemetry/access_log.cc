#include "gateway/telemetry/access_log.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sg::gateway {

namespace {

constexpr int look_every_ms =
    50;  // What a killed process can lose; a ring half full wakes earlier.

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

LogLane::LogLane(AccessLog& log, const Registry& registry) : log_(log), line_(registry) {}

void LogLane::write(const Account& account) {
    if (log_.off_.load(std::memory_order_relaxed)) return;
    if (account.ending == Ending::ok) {
        const auto threshold = log_.threshold_.load(std::memory_order_relaxed);
        if (!AccessLog::is_sampled(account.request_id, threshold)) {
            sampled_out_.add();
            return;
        }
    }
    if (!ring_.push(line_.format(account))) dropped_.add();
    if (ring_.half_full() && !woken_.load(std::memory_order_relaxed)) {
        woken_.store(true, std::memory_order_relaxed);
        log_.wake();
    }
}

AccessLog::Options AccessLog::options_of(const config::Config& config) {
    const auto& wanted = config.telemetry.access_log;
    const auto path = wanted.path.empty() ? config.state + "/log/access.log" : wanted.path;
    return {.file = {.path = path, .rotate_at = wanted.rotate_at, .keep = wanted.keep},
            .sample = wanted.sample};
}

std::uint64_t AccessLog::threshold_of(Share share) {
    if (share.of_one >= 1) return UINT64_MAX;
    return static_cast<std::uint64_t>(std::max(share.of_one, 0.0) * 0x1p64);
}

bool AccessLog::is_sampled(Id128 id, std::uint64_t threshold) {
    if (threshold == UINT64_MAX) return true;
    // An id may come from a client (X-Request-Id): mix, so that its choice of digits does not
    // choose.
    std::uint64_t mixed = (id.low ^ (id.high * 0x9e3779b97f4a7c15)) * 0xd6e8feb86659fd93;
    mixed ^= mixed >> 32;
    mixed *= 0xd6e8feb86659fd93;
    return mixed < threshold;
}

AccessLog::AccessLog(Options options, const Registry& registry) : registry_(registry) {
    set(options);
    file_ = std::make_unique<LogFile>(std::move(options.file));
    event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(event_ >= 0);
}

Result<std::unique_ptr<AccessLog>> AccessLog::start(Options options, const Registry& registry) {
    std::unique_ptr<AccessLog> log(new AccessLog(std::move(options), registry));
    TRY_VOID(log->file_->open());
    log->writer_ = std::thread([raw = log.get()] { raw->run(); });
    return log;
}

AccessLog::~AccessLog() {
    stop_.store(true);
    wake();
    if (writer_.joinable()) writer_.join();
    ::close(event_);
}

void AccessLog::set(const Options& options) {
    off_.store(options.file.path == "off", std::memory_order_relaxed);
    threshold_.store(threshold_of(options.sample), std::memory_order_relaxed);
}

LogLane& AccessLog::add_lane() {
    const std::lock_guard lock(lanes_mutex_);
    lanes_.push_back(std::make_unique<LogLane>(*this, registry_));
    return *lanes_.back();
}

Result<void> AccessLog::configure(Options options) {
    const std::lock_guard lock(file_mutex_);
    auto file = std::make_unique<LogFile>(options.file);
    TRY_VOID(file->open());
    drain();  // What was said before the reload belongs into the old file.
    file_ = std::move(file);
    set(options);
    return {};
}

void AccessLog::reopen() {
    reopen_.store(true);
    wake();
}

void AccessLog::flush() {
    const std::lock_guard lock(file_mutex_);
    drain();
}

telemetry::LogRow AccessLog::counts() const {
    const std::lock_guard lock(lanes_mutex_);
    telemetry::LogRow row;
    row.written = written_.load();
    row.lost = lost_.load();
    row.rotations = rotations_.load();
    for (const auto& lane : lanes_) {
        row.sampled_out += lane->sampled_out_.get();
        row.dropped += lane->dropped_.get();
    }
    return row;
}

void AccessLog::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(event_, &one, sizeof one);  // Full: it is awake anyway.
}

void AccessLog::run() {
    while (!stop_.load()) {
        pollfd waiting{event_, POLLIN, 0};
        ::poll(&waiting, 1, look_every_ms);
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto n = ::read(event_, &ignored, sizeof ignored);

        const std::lock_guard lock(file_mutex_);
        drain();
        if (reopen_.exchange(false)) {
            if (const auto opened = file_->open(); !opened)
                fmt::print(stderr, "access log: {}\n", opened.error().message());
        }
    }
    const std::lock_guard lock(file_mutex_);
    drain();
}

void AccessLog::drain() {
    std::vector<LogLane*> lanes;  // Once there, a lane stays.
    {
        const std::lock_guard lock(lanes_mutex_);
        for (const auto& lane : lanes_) lanes.push_back(lane.get());
    }
    for (LogLane* lane : lanes) drain(*lane);
}

void AccessLog::drain(LogLane& lane) {
    lane.woken_.store(false, std::memory_order_relaxed);
    const auto [first, second] = lane.ring_.peek();
    if (first.empty()) return;
    const auto lines = lines_in(first) + lines_in(second);
    const auto appended = file_->append(first, second, steady_now());
    (appended ? written_ : lost_) += lines;
    lane.ring_.release(first.size() + second.size());

    const auto rotations_before = file_->rotations();
    const auto rotated = file_->rotate_if_due();
    rotations_ += file_->rotations() - rotations_before;
    say(appended ? rotated : appended);
}

// Once when it begins to fail and once when it is well again: not for each chunk.
void AccessLog::say(const Result<void>& done) {
    if (done.has_value() != failing_) return;
    failing_ = !done.has_value();
    if (done) fmt::print(stderr, "access log: written again, {} lines were lost\n", lost_.load());
    else fmt::print(stderr, "access log: {}\n", done.error().message());
}

}  // namespace sg::gateway
