#include "store/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/text.h"
#include "base/whole.h"
#include "store/digest.h"

namespace sg::store {

namespace {

const Migration tables(1, "the ledger, the content that may be erased, and what records are about",
                       R"(
CREATE TABLE ledger (
  seq BIGINT PRIMARY KEY, recorded_at BIGINT NOT NULL, kind TEXT NOT NULL, version BIGINT NOT NULL,
  who TEXT NOT NULL, origin TEXT NOT NULL, cause BIGINT, digest TEXT NOT NULL, prev TEXT NOT NULL,
  hash TEXT NOT NULL);
CREATE INDEX ledger_kind ON ledger (kind, seq);
CREATE TABLE ledger_payload (seq BIGINT PRIMARY KEY, salt TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE ledger_subject (
  seq BIGINT NOT NULL, place BIGINT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (seq, place));
CREATE INDEX ledger_subject_of ON ledger_subject (subject, seq);
)");

#define COLUMNS                                                                             \
    "l.seq, l.recorded_at, l.kind, l.version, l.who, l.origin, l.cause, l.digest, l.prev, " \
    "l.hash, "                                                                              \
    "p.salt, p.payload FROM ledger l LEFT JOIN ledger_payload p ON p.seq = l.seq "

const Sql last("ledger.last", "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1");
const Sql insert("ledger.insert",
                 "INSERT INTO ledger (seq, recorded_at, kind, version, who, origin, cause, digest, "
                 "prev, hash) VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)");
const Sql insert_payload("ledger.insert_payload",
                         "INSERT INTO ledger_payload (seq, salt, payload) VALUES (:a, :b, :c)");
const Sql insert_subject("ledger.insert_subject",
                         "INSERT INTO ledger_subject (seq, place, subject) VALUES (:a, :b, :c)");
const Sql one("ledger.one", "SELECT " COLUMNS "WHERE l.seq = :seq");
const Sql after_all("ledger.after", "SELECT " COLUMNS "WHERE l.seq > :a ORDER BY l.seq LIMIT :n");
const Sql after_kind("ledger.after_kind",
                     "SELECT " COLUMNS "WHERE l.kind = :k AND l.seq > :a ORDER BY l.seq LIMIT :n");
const Sql after_subject(
    "ledger.after_subject",
    "SELECT " COLUMNS
    "JOIN (SELECT DISTINCT seq FROM ledger_subject WHERE subject = :s AND seq > :a "
    "ORDER BY seq LIMIT :n) s ON s.seq = l.seq ORDER BY l.seq");
const Sql after_subject_and_kind(
    "ledger.after_subject_and_kind",
    "SELECT " COLUMNS
    "WHERE l.seq IN (SELECT seq FROM ledger_subject WHERE subject = :s AND seq > :a) "
    "AND l.kind = :k ORDER BY l.seq LIMIT :n");
const Sql before_subject(
    "ledger.before_subject",
    "SELECT " COLUMNS
    "JOIN (SELECT DISTINCT seq FROM ledger_subject WHERE subject = :s AND seq < :b "
    "ORDER BY seq DESC LIMIT :n) s ON s.seq = l.seq ORDER BY l.seq DESC");
const Sql subjects_between(
    "ledger.subjects_between",
    "SELECT seq, subject FROM ledger_subject WHERE seq >= :a AND seq <= :b ORDER BY seq, place");
const Sql erase("ledger.erase", "DELETE FROM ledger_payload WHERE seq = :seq");

const std::string& no_hash() {
    static const std::string zeros(64, '0');
    return zeros;
}

// A netstring: <length>:<bytes>, — no field can pretend to be two.
void put(std::string& out, std::string_view field) {
    out += std::to_string(field.size());
    out += ':';
    out += field;
    out += ',';
}

Entry read(const Row& row) {
    Entry entry;
    entry.seq = row.integer(0);
    entry.recorded_at = row.instant(1);
    entry.kind = row.text(2);
    entry.version = row.integer(3);
    entry.who = row.text(4);
    entry.origin = row.text(5);
    if (!row.is_null(6)) entry.cause = row.integer(6);
    entry.digest = row.text(7);
    entry.prev = row.text(8);
    entry.hash = row.text(9);
    entry.erased = row.is_null(10);
    entry.salt = row.text(10);
    entry.payload = row.text(11);
    return entry;
}

Result<std::vector<Entry>> with_subjects(Session& session, const Rows& rows) {
    std::vector<Entry> list;
    list.reserve(rows.size());
    for (const Row& row : rows) list.push_back(read(row));
    if (list.empty()) return list;
    // A page of one subject may be spread over the whole ledger: then each is asked for by itself.
    const auto [first, final] = std::ranges::minmax_element(list, {}, &Entry::seq);
    const bool dense = final->seq - first->seq < 4 * std::ssize(list);
    const auto read_into = [&](std::int64_t from, std::int64_t to) {
        return session.each(subjects_between, {from, to}, [&](const Row& row) -> Result<void> {
            const auto at = std::ranges::find(list, row.integer(0), &Entry::seq);
            if (at != list.end()) at->subjects.push_back(row.text(1));
            return {};
        });
    };
    if (dense && list.size() < 2000) {
        TRY_VOID(read_into(first->seq, final->seq));
    } else {
        for (const Entry& entry : list) TRY_VOID(read_into(entry.seq, entry.seq));
    }
    return list;
}

// Nobody else may write while we lead: whoever finds that somebody did leads no longer.
std::unexpected<Error> fenced_off(const Tx& tx, std::int64_t seq) {
    tx.session().give_up();
    return fail(Errc::unavailable,
                fmt::format("record {} was written by another process, which leads now", seq));
}

}  // namespace

std::string hash_of(const Entry& entry) {
    std::string image;
    image.reserve(512);
    put(image, "streamgate-ledger-1");
    put(image, std::to_string(entry.seq));
    put(image, std::to_string(entry.recorded_at.ns));
    put(image, entry.kind);
    put(image, std::to_string(entry.version));
    put(image, entry.who);
    put(image, entry.origin);
    put(image, entry.cause ? std::to_string(*entry.cause) : "");
    put(image, entry.digest);
    put(image, std::to_string(entry.subjects.size()));
    for (const auto& subject : entry.subjects) put(image, subject);
    put(image, entry.prev);
    return sha256_hex(image);
}

Result<Head> head(Session& session) {
    TRY(const auto row, session.row(last));
    if (!row) return Head{0, no_hash()};
    return Head{row->integer(0), row->text(1)};
}

Result<Entry> append(const Tx& tx, NewEntry fresh) {
    Entry entry;
    static_cast<NewEntry&>(entry) = std::move(fresh);
    TRY(const Head before, head(tx.session()));
    entry.seq = before.seq + 1;
    entry.prev = before.hash;
    entry.salt = random_hex(16);
    entry.digest = sha256_hex(entry.salt + entry.payload);
    entry.hash = hash_of(entry);
    const auto inserted =
        tx.run(insert, {entry.seq, entry.recorded_at, entry.kind, entry.version, entry.who,
                        entry.origin, entry.cause ? Value(*entry.cause) : Value(Null{}),
                        entry.digest, entry.prev, entry.hash});
    if (!inserted && inserted.error().code == Errc::conflict) return fenced_off(tx, entry.seq);
    TRY_VOID(inserted);
    TRY_VOID(tx.run(insert_payload, {entry.seq, entry.salt, entry.payload}));
    for (std::size_t i = 0; i < entry.subjects.size(); ++i)
        TRY_VOID(
            tx.run(insert_subject, {entry.seq, static_cast<std::int64_t>(i), entry.subjects[i]}));
    return entry;
}

Result<std::optional<Entry>> find_entry(Session& session, std::int64_t seq) {
    TRY(const auto rows, session.rows(one, {seq}));
    TRY(auto list, with_subjects(session, rows));
    if (list.empty()) return std::nullopt;
    return std::move(list.front());
}

Result<std::vector<Entry>> entries(Session& session, const Range& range) {
    Rows rows;
    if (!range.subject.empty() && !range.kind.empty()) {
        TRY(rows, session.rows(after_subject_and_kind,
                               {range.subject, range.after, range.kind, range.limit}));
    } else if (!range.subject.empty()) {
        TRY(rows, session.rows(after_subject, {range.subject, range.after, range.limit}));
    } else if (!range.kind.empty()) {
        TRY(rows, session.rows(after_kind, {range.kind, range.after, range.limit}));
    } else {
        TRY(rows, session.rows(after_all, {range.after, range.limit}));
    }
    return with_subjects(session, rows);
}

Result<std::vector<Entry>> entries_before(Session& session, const std::string& subject,
                                          std::int64_t before, std::int64_t limit) {
    TRY(const auto rows, session.rows(before_subject, {subject, before, limit}));
    return with_subjects(session, rows);
}

Result<void> erase_payload(const Tx& tx, std::int64_t seq) {
    TRY(const auto count, tx.session().changed(erase, {seq}));
    if (count == 0)
        return fail(Errc::not_found, fmt::format("record {} does not exist or is erased", seq));
    return {};
}

// --- verification --------------------------------------------------------------------------------

Result<Anchors> parse_anchors(std::string_view text) {
    Anchors anchors;
    for (auto line : split(text, '\n')) {
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const auto space = line.find(' ');
        Head anchor;
        const auto number = parse_whole<std::int64_t>(line.substr(0, space));
        if (space != std::string_view::npos) anchor.hash = trim(line.substr(space + 1));
        if (!number || anchor.hash.size() != 64)
            return fail(Errc::invalid_argument, fmt::format("`{}` is not an anchor", line),
                        "an anchor is a line with the number of a record and its hash");
        anchor.seq = *number;
        anchors.push_back(std::move(anchor));
    }
    return anchors;
}

namespace {

constexpr std::int64_t batch = 4000;  // Bound: of records held at a time; twice, while verifying.

// What is wrong with a record that follows `before`; empty: nothing.
std::string look_at(const Entry& entry, const Head& before) {
    if (entry.seq != before.seq + 1) return fmt::format("record {} is missing", before.seq + 1);
    if (entry.prev != before.hash)
        return fmt::format("record {} does not follow record {}", entry.seq, before.seq);
    if (hash_of(entry) != entry.hash)
        return fmt::format("record {} is not as it was written", entry.seq);
    if (!entry.erased && sha256_hex(entry.salt + entry.payload) != entry.digest)
        return fmt::format("the content of record {} is not as it was written", entry.seq);
    return {};
}

struct Walk {
    Verdict verdict;
    const Anchors& anchors;

    void wrong(std::int64_t at, std::string what) {
        if (!verdict.wrong.empty()) return;
        verdict.wrong = std::move(what);
        verdict.at = at;
    }

    void take(const Entry& entry) {
        const auto what = look_at(entry, verdict.head);
        if (!what.empty()) return wrong(verdict.head.seq + 1, what);
        verdict.head = {entry.seq, entry.hash};
        ++verdict.records;
        verdict.erased += entry.erased ? 1 : 0;
        for (const Head& anchor : anchors)
            if (anchor.seq == entry.seq && anchor.hash != entry.hash)
                wrong(entry.seq, fmt::format("record {} is not the one that was published: the "
                                             "chain was computed anew",
                                             entry.seq));
    }
};

// Subjects of a batch, in order of seq and place, dealt out to the records they belong to.
Result<void> deal_subjects(Session& session, std::vector<Entry>& list) {
    std::size_t at = 0;
    return session.each(subjects_between, {list.front().seq, list.back().seq},
                        [&](const Row& row) -> Result<void> {
                            const auto seq = row.integer(0);
                            while (at < list.size() && list[at].seq < seq) ++at;
                            if (at < list.size() && list[at].seq == seq)
                                list[at].subjects.push_back(row.text(1));
                            return {};
                        });
}

Result<std::vector<Entry>> read_batch(Session& session, std::int64_t after) {
    std::vector<Entry> list;
    list.reserve(batch);
    TRY_VOID(session.each(after_all, {after, batch}, [&](const Row& row) -> Result<void> {
        list.push_back(read(row));
        return {};
    }));
    if (!list.empty()) TRY_VOID(deal_subjects(session, list));
    return list;
}

}  // namespace

// While a batch is looked at the next one is read: the session is the reading thread's then.
Result<Verdict> verify(Session& session, const Anchors& anchors, const Progress& progress) {
    Walk walk{{.head = {0, no_hash()}}, anchors};
    const auto read_after = [&session](std::int64_t after) {
        return std::async(std::launch::async, read_batch, std::ref(session), after);
    };
    auto next = read_after(0);
    while (walk.verdict.wrong.empty()) {
        TRY(const auto list, next.get());
        if (list.empty()) break;
        next = read_after(list.back().seq);
        for (const Entry& entry : list) {
            if (!walk.verdict.wrong.empty()) break;
            walk.take(entry);
        }
        if (progress) progress(walk.verdict.records);
    }
    for (const Head& anchor : anchors)
        if (anchor.seq > walk.verdict.head.seq)
            walk.wrong(walk.verdict.head.seq + 1,
                       fmt::format("record {} was published, but the ledger ends at {}", anchor.seq,
                                   walk.verdict.head.seq));
    return walk.verdict;
}

}  // namespace sg::store
