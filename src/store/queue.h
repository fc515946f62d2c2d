// What is to be done outside (the outbox), what comes due (wakeups), how far each reaction has read
// (cursors), and counters. Rows that live in the same transaction as the records they follow from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/session.h"

namespace sg::store {

// --- outbox --------------------------------------------------------------------------------------

struct Job {
    std::int64_t id = 0;
    std::string kind;
    std::string key;  // Idempotency.
    std::string body;
    std::optional<std::int64_t> cause;
    std::int64_t urgency = 1;
    std::int64_t attempts = 0;
    Instant next_at;
    Instant give_up_at;
};

// A key that is known already changes nothing.
Result<void> enqueue(const Tx& tx, const Job& job);
// Due at `now`, pages first, then by age.
Result<std::vector<Job>> due_jobs(Session& session, Instant now, std::int64_t limit);
Result<std::optional<Instant>> next_job_at(Session& session);
// Before it is performed: a crash after this line performs it again at `retry_at`.
Result<void> start_job(const Tx& tx, std::int64_t id, Instant retry_at);
Result<void> postpone_job(const Tx& tx, std::int64_t id, Instant until, const std::string& why);
// What was begun and not ended by a process that is no more: due at once.
Result<void> resume_jobs(const Tx& tx, Instant now);
// Ended before `before`: nobody asks for their keys any more.
Result<void> drop_ended_jobs(const Tx& tx, Instant before);
// Nobody has ended it yet.
Result<bool> is_open(const Tx& tx, std::int64_t id);
enum class JobEnd : std::uint8_t { done, failed };
Result<void> end_job(const Tx& tx, std::int64_t id, JobEnd how, const std::string& why, Instant at);

// --- wakeups -------------------------------------------------------------------------------------

struct Wakeup {
    std::string name;
    std::string subject;
    Instant due;
    std::optional<std::int64_t> cause;
};

Result<void> set_wakeup(const Tx& tx, const Wakeup& wakeup);  // Replaces an earlier one.
Result<void> stop_wakeup(const Tx& tx, const std::string& name, const std::string& subject);
Result<std::vector<Wakeup>> due_wakeups(Session& session, Instant now, std::int64_t limit);
Result<std::optional<Instant>> next_wakeup_at(Session& session);
Result<std::vector<Wakeup>> wakeups_of(Session& session, const std::string& subject);

// --- cursors -------------------------------------------------------------------------------------

struct Cursor {
    std::string reaction;
    std::int64_t seq = 0;       // The last record that was dealt with.
    std::int64_t failing = 0;   // The record that fails now; 0: none.
    std::int64_t failures = 0;  // How often it did.
};

Result<std::vector<Cursor>> cursors(Session& session);
Result<void> move_cursor(const Tx& tx, const Cursor& cursor);

// --- counters ------------------------------------------------------------------------------------

Result<std::int64_t> next_number(const Tx& tx, std::string_view what);

}  // namespace sg::store
