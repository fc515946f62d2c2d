#include "store/queue.h"

namespace sg::store {

namespace {

const Migration tables(2, "what is to be done, what comes due, how far each reaction has read", R"(
CREATE TABLE outbox (
  id BIGINT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
  cause BIGINT, urgency BIGINT NOT NULL, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL,
  give_up_at BIGINT NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL, ended_at BIGINT);
CREATE INDEX outbox_open ON outbox (state, next_at);
CREATE TABLE wakeups (
  name TEXT NOT NULL, subject TEXT NOT NULL, due BIGINT NOT NULL, cause BIGINT,
  PRIMARY KEY (name, subject));
CREATE INDEX wakeups_due ON wakeups (due);
CREATE INDEX wakeups_subject ON wakeups (subject);
CREATE TABLE cursors (
  reaction TEXT PRIMARY KEY, seq BIGINT NOT NULL, failing BIGINT NOT NULL,
  failures BIGINT NOT NULL);
CREATE TABLE numbers (what TEXT PRIMARY KEY, last BIGINT NOT NULL);
)");

const Migration by_end(3, "actions that ended long ago are found, and leave", R"(
CREATE INDEX outbox_ended ON outbox (ended_at);
)");

const Sql drop_jobs("outbox.drop_ended",
                    "DELETE FROM outbox WHERE ended_at < :t AND state <> 'open'");
const Sql insert_job("outbox.insert",
                     "INSERT INTO outbox (id, kind, key, body, cause, urgency, attempts, next_at, "
                     "give_up_at, state, error) VALUES (:a, :b, :c, :d, :e, :f, 0, :g, :h, 'open', "
                     "'') ON CONFLICT (key) DO NOTHING");
const Sql due_job("outbox.due",
                  "SELECT id, kind, key, body, cause, urgency, attempts, next_at, give_up_at FROM "
                  "outbox WHERE state = 'open' AND next_at <= :now ORDER BY urgency, id LIMIT :n");
const Sql next_job("outbox.next", "SELECT min(next_at) FROM outbox WHERE state = 'open'");
const Sql begin_job("outbox.start",
                    "UPDATE outbox SET attempts = attempts + 1, next_at = :at WHERE id = :id");
const Sql take_over_jobs("outbox.take_over",
                         "UPDATE outbox SET next_at = :now WHERE state = 'open' AND attempts > 0");
const Sql open_job("outbox.is_open", "SELECT 1 FROM outbox WHERE id = :id AND state = 'open'");
const Sql later_job("outbox.postpone",
                    "UPDATE outbox SET next_at = :at, error = :e WHERE id = :id");
const Sql finish_job("outbox.end",
                     "UPDATE outbox SET state = :s, error = :e, ended_at = :at WHERE id = :id");

const Sql put_wakeup("wakeups.set",
                     "INSERT INTO wakeups (name, subject, due, cause) VALUES (:a, :b, :c, :d) "
                     "ON CONFLICT (name, subject) DO UPDATE SET due = excluded.due, "
                     "cause = excluded.cause");
const Sql drop_wakeup("wakeups.stop", "DELETE FROM wakeups WHERE name = :a AND subject = :b");
const Sql due_wakeup("wakeups.due",
                     "SELECT name, subject, due, cause FROM wakeups WHERE due <= :now "
                     "ORDER BY due, name, subject LIMIT :n");
const Sql next_wakeup("wakeups.next", "SELECT min(due) FROM wakeups");
const Sql subject_wakeups("wakeups.of",
                          "SELECT name, subject, due, cause FROM wakeups WHERE subject = :s "
                          "ORDER BY due, name");

const Sql all_cursors("cursors.all", "SELECT reaction, seq, failing, failures FROM cursors");
const Sql put_cursor("cursors.move",
                     "INSERT INTO cursors (reaction, seq, failing, failures) VALUES (:a, :b, :c, "
                     ":d) ON CONFLICT (reaction) DO UPDATE SET seq = excluded.seq, "
                     "failing = excluded.failing, failures = excluded.failures");

const Sql count_up("numbers.next",
                   "INSERT INTO numbers (what, last) VALUES (:a, 1) "
                   "ON CONFLICT (what) DO UPDATE SET last = numbers.last + 1 RETURNING last");

Value of(const std::optional<std::int64_t>& number) {
    return number ? Value(*number) : Value(Null{});
}

std::optional<std::int64_t> number_or_none(const Row& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return row.integer(column);
}

Wakeup wakeup_of(const Row& row) {
    return {row.text(0), row.text(1), row.instant(2), number_or_none(row, 3)};
}

Result<std::vector<Wakeup>> wakeups(Session& session, const Sql& sql, const Values& values) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<Wakeup> list;
    for (const Row& row : rows) list.push_back(wakeup_of(row));
    return list;
}

Result<std::optional<Instant>> earliest(Session& session, const Sql& sql) {
    TRY(const auto row, session.row(sql));
    if (!row || row->is_null(0)) return std::nullopt;
    return row->instant(0);
}

}  // namespace

Result<void> enqueue(const Tx& tx, const Job& job) {
    TRY(const auto id, next_number(tx, "outbox"));
    return tx.run(insert_job, {id, job.kind, job.key, job.body, of(job.cause), job.urgency,
                               job.next_at, job.give_up_at});
}

Result<std::vector<Job>> due_jobs(Session& session, Instant now, std::int64_t limit) {
    TRY(const auto rows, session.rows(due_job, {now, limit}));
    std::vector<Job> jobs;
    for (const Row& row : rows)
        jobs.push_back({.id = row.integer(0),
                        .kind = row.text(1),
                        .key = row.text(2),
                        .body = row.text(3),
                        .cause = number_or_none(row, 4),
                        .urgency = row.integer(5),
                        .attempts = row.integer(6),
                        .next_at = row.instant(7),
                        .give_up_at = row.instant(8)});
    return jobs;
}

Result<std::optional<Instant>> next_job_at(Session& session) { return earliest(session, next_job); }

Result<void> start_job(const Tx& tx, std::int64_t id, Instant retry_at) {
    return tx.run(begin_job, {retry_at, id});
}

Result<void> resume_jobs(const Tx& tx, Instant now) { return tx.run(take_over_jobs, {now}); }

Result<bool> is_open(const Tx& tx, std::int64_t id) {
    TRY(const auto row, tx.row(open_job, {id}));
    return row.has_value();
}

Result<void> postpone_job(const Tx& tx, std::int64_t id, Instant until, const std::string& why) {
    return tx.run(later_job, {until, why, id});
}

Result<void> end_job(const Tx& tx, std::int64_t id, JobEnd how, const std::string& why,
                     Instant at) {
    return tx.run(finish_job, {how == JobEnd::done ? "done" : "failed", why, at, id});
}

Result<void> drop_ended_jobs(const Tx& tx, Instant before) { return tx.run(drop_jobs, {before}); }

Result<void> set_wakeup(const Tx& tx, const Wakeup& wakeup) {
    return tx.run(put_wakeup, {wakeup.name, wakeup.subject, wakeup.due, of(wakeup.cause)});
}

Result<void> stop_wakeup(const Tx& tx, const std::string& name, const std::string& subject) {
    return tx.run(drop_wakeup, {name, subject});
}

Result<std::vector<Wakeup>> due_wakeups(Session& session, Instant now, std::int64_t limit) {
    return wakeups(session, due_wakeup, {now, limit});
}

Result<std::optional<Instant>> next_wakeup_at(Session& session) {
    return earliest(session, next_wakeup);
}

Result<std::vector<Wakeup>> wakeups_of(Session& session, const std::string& subject) {
    return wakeups(session, subject_wakeups, {subject});
}

Result<std::vector<Cursor>> cursors(Session& session) {
    TRY(const auto rows, session.rows(all_cursors));
    std::vector<Cursor> list;
    for (const Row& row : rows)
        list.push_back({row.text(0), row.integer(1), row.integer(2), row.integer(3)});
    return list;
}

Result<void> move_cursor(const Tx& tx, const Cursor& cursor) {
    return tx.run(put_cursor, {cursor.reaction, cursor.seq, cursor.failing, cursor.failures});
}

Result<std::int64_t> next_number(const Tx& tx, std::string_view what) {
    TRY(const auto row, tx.row(count_up, {what}));
    CHECK(row.has_value());
    return row->integer(0);
}

}  // namespace sg::store
