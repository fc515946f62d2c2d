#include "ops/respond/notify/store.h"

#include <algorithm>

#include "base/json.h"
#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/throttle.h"

namespace sg::notify {

namespace {

// sent_at stays when a retry moves `due`: throttles count it once.
const store::Migration create(400, "Notifications on their way, and channels that are broken.", R"(
CREATE TABLE notifications (
    id       TEXT NOT NULL PRIMARY KEY,
    origin   TEXT NOT NULL,
    person   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    service  TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    severity BIGINT NOT NULL,
    state    TEXT NOT NULL,
    sent_at  BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    doc      TEXT NOT NULL
);
CREATE INDEX notifications_by_origin ON notifications (origin);
CREATE INDEX notifications_by_time ON notifications (sent_at);
CREATE INDEX notifications_by_person ON notifications (person, sent_at);
CREATE INDEX notifications_by_state ON notifications (state, person);
CREATE TABLE notification_topics (
    incident     BIGINT NOT NULL,
    notification TEXT NOT NULL,
    PRIMARY KEY (incident, notification)
);
CREATE INDEX notification_topics_by_notification ON notification_topics (notification);
CREATE TABLE channel_reachability (
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    broken  BIGINT NOT NULL,
    doc     TEXT NOT NULL,
    PRIMARY KEY (channel, person)
);
)");

const store::Migration by_end(401, "What ended long ago is found, and leaves.", R"(
CREATE INDEX notifications_by_end ON notifications (ended_at);
)");

const store::Sql select_first_ended("notify.first_ended",
                                    "SELECT min(ended_at) FROM notifications WHERE ended_at > 0");
const store::Sql select_ended("notify.count_ended", R"(
SELECT count(*) FROM notifications WHERE ended_at > 0 AND ended_at < :t)");
const store::Sql drop_ended_topics("notify.drop_ended_topics", R"(
DELETE FROM notification_topics WHERE notification IN
    (SELECT id FROM notifications WHERE ended_at > 0 AND ended_at < :t))");
const store::Sql drop_ended("notify.drop_ended", R"(
DELETE FROM notifications WHERE ended_at > 0 AND ended_at < :t)");
const store::Sql save("notify.save", R"(
INSERT INTO notifications (id, origin, person, channel, service, purpose, severity, state, sent_at,
    ended_at, doc)
VALUES (:id, :origin, :person, :channel, :service, :purpose, :severity, :state, :sent, :ended, :doc)
ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, state = excluded.state,
    sent_at = excluded.sent_at, ended_at = excluded.ended_at, doc = excluded.doc)");
const store::Sql move_on("notify.move_on", R"(
UPDATE notifications SET state = :state, ended_at = :ended, doc = :doc WHERE id = :id)");
const store::Sql add_topic("notify.add_topic", R"(
INSERT INTO notification_topics (incident, notification) VALUES (:incident, :id)
ON CONFLICT (incident, notification) DO NOTHING)");
const store::Sql drop_topics("notify.drop_topics",
                             "DELETE FROM notification_topics WHERE notification = :id");
const store::Sql select_one("notify.find", "SELECT doc FROM notifications WHERE id = :id");
const store::Sql select_origin("notify.of_origin",
                               "SELECT doc FROM notifications WHERE origin = :o ORDER BY id");
const store::Sql select_waiting("notify.waiting_of", R"(
SELECT doc FROM notifications WHERE state = 'waiting' AND person = :p ORDER BY id)");
const store::Sql select_under_way("notify.under_way", R"(
SELECT doc FROM notifications WHERE state IN ('waiting', 'sending') ORDER BY sent_at, id)");
const store::Sql select_latest("notify.latest", R"(
SELECT sent_at, doc FROM notifications
WHERE sent_at < :t OR (sent_at = :u AND id > :id) ORDER BY sent_at DESC, id LIMIT :n)");
const store::Sql select_told("notify.told_of", R"(
SELECT n.sent_at, n.doc FROM notification_topics t JOIN notifications n ON n.id = t.notification
WHERE t.incident = :i AND (n.sent_at < :t OR (n.sent_at = :u AND n.id > :id))
ORDER BY n.sent_at DESC, n.id LIMIT :n)");
const store::Sql select_incident("notify.of_incident", R"(
SELECT n.doc FROM notification_topics t JOIN notifications n ON n.id = t.notification
WHERE t.incident = :i ORDER BY n.sent_at, n.id)");
const store::Sql select_sent("notify.sent_since", R"(
SELECT person, channel, service, purpose, severity, sent_at FROM notifications
WHERE state <> 'waiting' AND person = :p AND sent_at > :since ORDER BY sent_at)");
const store::Sql select_sent_to_others("notify.sent_to_others_since", R"(
SELECT person, channel, service, purpose, severity, sent_at FROM notifications
WHERE state <> 'waiting' AND sent_at > :since AND person <> :p ORDER BY sent_at)");
const store::Sql select_last("notify.last_taken", R"(
SELECT channel, purpose, max(ended_at) FROM notifications WHERE state = 'delivered'
GROUP BY channel, purpose)");
const store::Sql save_reachability("notify.save_reachability", R"(
INSERT INTO channel_reachability (channel, person, broken, doc) VALUES (:c, :p, :b, :doc)
ON CONFLICT (channel, person) DO UPDATE SET broken = excluded.broken, doc = excluded.doc)");
const store::Sql select_broken("notify.broken", R"(
SELECT doc FROM channel_reachability WHERE broken = 1 ORDER BY channel, person)");

std::string word(State state) {
    return std::string(WordsOf<State>::words[static_cast<std::size_t>(state)]);
}

std::string word(Purpose purpose) {
    return std::string(WordsOf<Purpose>::words[static_cast<std::size_t>(purpose)]);
}

std::int64_t gravest(const Notification& notification) {
    std::int64_t severity = 4;
    for (const auto& letter : notification.letters) severity = std::min(severity, letter.severity);
    return severity;
}

template <class Type>
Result<std::vector<Type>> all_of(const store::Tx& tx, const store::Sql& sql,
                                 const store::Values& values = {}) {
    TRY(const auto rows, tx.rows(sql, values));
    std::vector<Type> all;
    for (const auto& row : rows) {
        TRY(auto one, from_json<Type>(row.text(0)));
        all.push_back(std::move(one));
    }
    return all;
}

Result<void> add_sent(std::vector<Sent>& all, const store::Rows& rows) {
    for (const auto& row : rows) {
        TRY(const auto purpose,
            parse_word(row.text(3), WordsOf<Purpose>::words, WordsOf<Purpose>::name));
        all.push_back({.person = row.text(0),
                       .channel = row.text(1),
                       .service = row.text(2),
                       .purpose = static_cast<Purpose>(purpose),
                       .severity = row.integer(4),
                       .at = row.instant(5)});
    }
    return {};
}

// Of notification.sent and notification.held: the payload is the row.
Result<void> fold_whole(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};  // Erased: nobody knows what it said.
    TRY(const auto n, from_json<Notification>(event.payload));
    TRY_VOID(tx.run(save, {n.id, n.origin, n.person, n.channel, n.service, word(n.purpose),
                           gravest(n), word(n.state), n.due, n.ended_at, to_json(n)}));
    TRY_VOID(tx.run(drop_topics, {n.id}));
    for (const auto& letter : n.letters)
        if (letter.incident != 0) TRY_VOID(tx.run(add_topic, {letter.incident, n.id}));
    return {};
}

Result<void> fold_progress(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(const auto id, id_of(event));
    TRY(const auto before, find(tx, id));
    if (!before) return {};  // What began it was erased.
    TRY(const auto after, apply(*before, event));
    return tx.run(move_on, {word(after.state), after.ended_at, to_json(after), after.id});
}

Result<void> fold_reachability(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(const auto r, from_json<Reachability>(event.payload));
    return tx.run(save_reachability, {r.channel, r.person, r.broken ? 1 : 0, to_json(r)});
}

Result<void> fold_dropped(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    TRY(const auto dropped, from_json<NotificationsDropped>(event.payload));
    TRY_VOID(tx.run(drop_ended_topics, {dropped.before}));
    return tx.run(drop_ended, {dropped.before});
}

constexpr ops::FoldRow rows_[] = {
    {ops::Kind::notification_sent, fold_whole},
    {ops::Kind::notification_held, fold_whole},
    {ops::Kind::notification_delayed, fold_progress},
    {ops::Kind::notification_delivered, fold_progress},
    {ops::Kind::notification_refused, fold_progress},
    {ops::Kind::notification_withdrawn, fold_progress},
    {ops::Kind::notifications_dropped, fold_dropped},
    {ops::Kind::channel_broken, fold_reachability},
    {ops::Kind::channel_mended, fold_reachability},
};

}  // namespace

std::span<const ops::FoldRow> folds() { return rows_; }

Result<std::optional<Notification>> find(const store::Tx& tx, const std::string& id) {
    TRY(const auto row, tx.row(select_one, {id}));
    if (!row) return std::optional<Notification>{};
    TRY(auto notification, from_json<Notification>(row->text(0)));
    return std::optional(std::move(notification));
}

Result<std::vector<Notification>> of_incident(const store::Tx& tx, std::int64_t incident) {
    return all_of<Notification>(tx, select_incident, {incident});
}

Result<Listing> told(const store::Tx& tx, const Wish& wish) {
    const Place from = wish.before.value_or(Place{Instant::never(), ""});
    TRY(const auto rows,
        wish.incident == 0
            ? tx.rows(select_latest, {from.sent_at, from.sent_at, from.id, wish.limit})
            : tx.rows(select_told,
                      {wish.incident, from.sent_at, from.sent_at, from.id, wish.limit}));
    Listing listing;
    for (const auto& row : rows) {
        TRY(auto one, from_json<Notification>(row.text(1)));
        listing.notifications.push_back(std::move(one));
    }
    // A whole page may not be the last.
    if (std::ssize(rows) == wish.limit && wish.limit > 0)
        listing.next = Place{rows.back().instant(0), listing.notifications.back().id};
    return listing;
}

Result<std::vector<Reachability>> broken_channels(const store::Tx& tx) {
    return all_of<Reachability>(tx, select_broken);
}

Result<std::vector<Notification>> under_way(const store::Tx& tx) {
    return all_of<Notification>(tx, select_under_way);
}

Result<std::optional<Instant>> first_ended(const store::Tx& tx) {
    TRY(const auto row, tx.row(select_first_ended));
    if (!row || row->is_null(0)) return std::nullopt;
    return row->instant(0);
}

Result<std::int64_t> count_ended(const store::Tx& tx, Instant before) {
    TRY(const auto row, tx.row(select_ended, {before}));
    return row ? row->integer(0) : 0;
}

Result<Situation> situation_of(const store::Tx& tx, const std::string& person,
                               const std::string& origin, Instant now) {
    Situation situation;
    TRY(const auto own, tx.rows(select_sent, {person, now - remembered}));
    TRY_VOID(add_sent(situation.sent, own));
    TRY(const auto others, tx.rows(select_sent_to_others, {now - channel_limit.per, person}));
    TRY_VOID(add_sent(situation.sent, others));
    TRY(situation.waiting, all_of<Notification>(tx, select_waiting, {person}));
    TRY(situation.siblings, all_of<Notification>(tx, select_origin, {origin}));
    TRY(const auto broken, broken_channels(tx));
    for (const auto& row : broken)
        if (row.person.empty() || row.person == person) situation.broken.insert(row.channel);
    return situation;
}

Result<std::vector<LastTaken>> last_taken(const store::Tx& tx) {
    TRY(const auto rows, tx.rows(select_last));
    std::vector<LastTaken> all;
    for (const auto& row : rows) {
        TRY(const auto purpose,
            parse_word(row.text(1), WordsOf<Purpose>::words, WordsOf<Purpose>::name));
        all.push_back({row.text(0), static_cast<Purpose>(purpose), row.instant(2)});
    }
    return all;
}

}  // namespace sg::notify
