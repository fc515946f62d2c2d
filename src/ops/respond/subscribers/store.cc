#include "ops/respond/subscribers/store.h"

#include "ops/respond/subscribers/decide.h"

namespace sg::subscribers {

namespace {

const store::Migration tables(510, "who is told of what the status page says", R"(
CREATE TABLE subscribers (id TEXT PRIMARY KEY, confirmed BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX subscribers_confirmed ON subscribers (confirmed, id);
CREATE TABLE subscriber_addresses (
  subscriber TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, secret TEXT NOT NULL);
)");

const store::Sql one("subscribers.find", "SELECT doc FROM subscribers WHERE id = :i");
const store::Sql confirmed_ones(
    "subscribers.next_confirmed",
    "SELECT doc FROM subscribers WHERE confirmed = 1 AND id > :a ORDER BY id LIMIT :l");
const store::Sql all_of_them("subscribers.all", "SELECT doc FROM subscribers ORDER BY id");
const store::Sql counted("subscribers.count",
                         "SELECT confirmed, count(*) FROM subscribers GROUP BY confirmed");
const store::Sql put("subscribers.put",
                     "INSERT INTO subscribers (id, confirmed, doc) VALUES (:i, :c, :d) "
                     "ON CONFLICT (id) DO UPDATE SET confirmed = excluded.confirmed, "
                     "doc = excluded.doc");
const store::Sql drop("subscribers.drop", "DELETE FROM subscribers WHERE id = :i");
const store::Sql one_contact(
    "subscribers.contact",
    "SELECT subscriber, address, secret FROM subscriber_addresses WHERE subscriber = :s");
const store::Sql by_address(
    "subscribers.contact_at",
    "SELECT subscriber, address, secret FROM subscriber_addresses WHERE address = :a");
const store::Sql all_contacts(
    "subscribers.contacts",
    "SELECT subscriber, address, secret FROM subscriber_addresses ORDER BY subscriber");
const store::Sql put_contact(
    "subscribers.keep",
    "INSERT INTO subscriber_addresses (subscriber, address, secret) VALUES (:s, :a, :x)");
const store::Sql drop_contact("subscribers.forget",
                              "DELETE FROM subscriber_addresses WHERE subscriber = :s");

Result<std::vector<Subscriber>> list(store::Session& session, const store::Sql& sql,
                                     const store::Values& values = {}) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<Subscriber> found;
    for (const auto& row : rows) {
        TRY(auto subscriber, from_json<Subscriber>(row.text(0)));
        found.push_back(std::move(subscriber));
    }
    return found;
}

Result<std::vector<Contact>> list_contacts(store::Session& session, const store::Sql& sql,
                                           const store::Values& values = {}) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<Contact> found;
    for (const auto& row : rows) found.push_back({row.text(0), row.text(1), row.text(2)});
    return found;
}

template <class Type>
std::optional<Type> first_of(std::vector<Type> list) {
    if (list.empty()) return std::nullopt;
    return std::move(list.front());
}

// The first subject that names one: also of an event that was erased.
std::string subscriber_in(const ops::Recorded& event) {
    constexpr std::string_view prefix = "subscriber:";
    for (const auto& subject : event.subjects)
        if (subject.starts_with(prefix)) return subject.substr(prefix.size());
    return {};
}

Result<void> fold(const store::Tx& tx, const ops::Recorded& event) {
    if (event.payload.empty()) return {};
    const auto id = subscriber_in(event);
    TRY(auto found, find(tx.session(), id));
    if (!found && event.kind != ops::Kind::subscriber_asked) return {};
    const Subscriber s = apply(found.value_or(Subscriber{}), event);
    return tx.run(put, {s.id, s.confirmed ? 1 : 0, to_json(s)});
}

Result<void> fold_removed(const store::Tx& tx, const ops::Recorded& event) {
    return tx.run(drop, {subscriber_in(event)});
}

}  // namespace

Result<std::optional<Subscriber>> find(store::Session& session, const std::string& id) {
    TRY(auto found, list(session, one, {id}));
    return first_of(std::move(found));
}

Result<std::vector<Subscriber>> next_confirmed(store::Session& session, const std::string& after,
                                               std::int64_t limit) {
    return list(session, confirmed_ones, {after, limit});
}

Result<std::vector<Subscriber>> all(store::Session& session) { return list(session, all_of_them); }

Result<Count> count(store::Session& session) {
    TRY(const auto rows, session.rows(counted));
    Count count;
    for (const auto& row : rows)
        (row.integer(0) == 1 ? count.confirmed : count.asked) = row.integer(1);
    return count;
}

Result<std::optional<Contact>> contact(store::Session& session, const std::string& subscriber) {
    TRY(auto found, list_contacts(session, one_contact, {subscriber}));
    return first_of(std::move(found));
}

Result<std::optional<Contact>> contact_at(store::Session& session, const std::string& address) {
    TRY(auto found, list_contacts(session, by_address, {address}));
    return first_of(std::move(found));
}

Result<std::vector<Contact>> contacts(store::Session& session) {
    return list_contacts(session, all_contacts);
}

Result<void> keep(const store::Tx& tx, const Contact& contact) {
    return tx.run(put_contact, {contact.subscriber, contact.address, contact.secret});
}

Result<void> forget(const store::Tx& tx, const std::string& subscriber) {
    return tx.run(drop_contact, {subscriber});
}

std::span<const ops::FoldRow> folds() {
    using ops::Kind;
    static constexpr ops::FoldRow rows[] = {
        {Kind::subscriber_asked, fold},           {Kind::subscriber_confirmed, fold},
        {Kind::subscriber_refused, fold},         {Kind::subscriber_reached, fold},
        {Kind::subscriber_removed, fold_removed},
    };
    return rows;
}

}  // namespace sg::subscribers
