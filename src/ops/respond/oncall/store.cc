#include "ops/respond/oncall/store.h"

#include <algorithm>

#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/decide.h"

namespace sg::oncall {

namespace {

const store::Migration tables(300, "who is on call, what changes that, and the pages", R"(
CREATE TABLE oncall_eras (
  team TEXT NOT NULL, level BIGINT NOT NULL, since BIGINT NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (team, level, since));
CREATE TABLE oncall_changes (
  what TEXT NOT NULL, id BIGINT NOT NULL, team TEXT NOT NULL, to_at BIGINT NOT NULL,
  changes BIGINT NOT NULL, changed_at BIGINT NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (what, id));
CREATE INDEX oncall_changes_team ON oncall_changes (team, to_at);
CREATE TABLE oncall_claims (
  team TEXT NOT NULL, person TEXT NOT NULL, turn BIGINT NOT NULL,
  PRIMARY KEY (team, person, turn));
CREATE TABLE oncall_standing (
  team TEXT NOT NULL, level BIGINT NOT NULL, people TEXT NOT NULL, PRIMARY KEY (team, level));
CREATE TABLE oncall_notes (
  id BIGINT PRIMARY KEY, team TEXT NOT NULL, level BIGINT NOT NULL, told BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX oncall_notes_open ON oncall_notes (told, team);
CREATE TABLE oncall_feeds (
  id BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, doc TEXT NOT NULL);
CREATE TABLE oncall_pages (
  id BIGINT PRIMARY KEY, incident BIGINT NOT NULL, state TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX oncall_pages_incident ON oncall_pages (incident);
CREATE TABLE oncall_sent (
  page BIGINT NOT NULL, number BIGINT NOT NULL, person TEXT NOT NULL, incident BIGINT NOT NULL,
  sent_at BIGINT NOT NULL, PRIMARY KEY (page, number));
CREATE INDEX oncall_sent_at ON oncall_sent (sent_at);
)");

const store::Sql put_era("oncall.put_era",
                         "INSERT INTO oncall_eras (team, level, since, doc) "
                         "VALUES (:a, :b, :c, :d)");
const store::Sql eras_of("oncall.eras",
                         "SELECT doc FROM oncall_eras WHERE team = :t ORDER BY level, since");
const store::Sql era_teams("oncall.teams", "SELECT DISTINCT team FROM oncall_eras ORDER BY team");

const store::Sql put_change("oncall.put_change",
                            "INSERT INTO oncall_changes (what, id, team, to_at, changes, "
                            "changed_at, doc) VALUES (:a, :b, :c, :d, :e, :f, :g) "
                            "ON CONFLICT (what, id) DO UPDATE SET changes = excluded.changes, "
                            "changed_at = excluded.changed_at, doc = excluded.doc");
const store::Sql find_change("oncall.find_change",
                             "SELECT doc FROM oncall_changes WHERE what = :w AND id = :i");
const store::Sql changes_of("oncall.changes",
                            "SELECT doc FROM oncall_changes WHERE what = :w AND team = :t AND "
                            "to_at > :s ORDER BY id");
const store::Sql revision_of("oncall.revision",
                             "SELECT SUM(changes), MAX(changed_at) FROM oncall_changes "
                             "WHERE team = :t");

const store::Sql put_claim("oncall.claim",
                           "INSERT INTO oncall_claims (team, person, turn) VALUES (:a, :b, :c)");
const store::Sql claims_of("oncall.claims",
                           "SELECT person, MAX(turn) FROM oncall_claims WHERE team = :t "
                           "GROUP BY person");

const store::Sql put_standing("oncall.put_standing",
                              "INSERT INTO oncall_standing (team, level, people) "
                              "VALUES (:a, :b, :c) ON CONFLICT (team, level) DO UPDATE SET "
                              "people = excluded.people");
const store::Sql standing_of("oncall.standing",
                             "SELECT level, people FROM oncall_standing WHERE team = :t");
const store::Sql put_note("oncall.put_note",
                          "INSERT INTO oncall_notes (id, team, level, told, doc) "
                          "VALUES (:a, :b, :c, 0, :d)");
const store::Sql tell_notes("oncall.tell_notes",
                            "UPDATE oncall_notes SET told = 1 WHERE told = 0 AND team = :t AND "
                            "level = :l");
const store::Sql notes_of("oncall.notes",
                          "SELECT doc FROM oncall_notes WHERE told = 0 AND team = :t ORDER BY id");

const store::Sql put_feed("oncall.put_feed",
                          "INSERT INTO oncall_feeds (id, digest, doc) VALUES (:a, :b, :c) "
                          "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc");
const store::Sql feed_by_digest("oncall.feed_by_digest",
                                "SELECT doc FROM oncall_feeds WHERE digest = :d");
const store::Sql feed_by_id("oncall.feed_by_id", "SELECT doc FROM oncall_feeds WHERE id = :i");
const store::Sql all_feeds("oncall.feeds", "SELECT doc FROM oncall_feeds ORDER BY id");

const store::Sql put_page("oncall.put_page",
                          "INSERT INTO oncall_pages (id, incident, state, doc) "
                          "VALUES (:a, :b, :c, :d) ON CONFLICT (id) DO UPDATE SET "
                          "state = excluded.state, doc = excluded.doc");
const store::Sql page_by_id("oncall.page", "SELECT doc FROM oncall_pages WHERE id = :i");
const store::Sql pages_by_incident("oncall.pages_of",
                                   "SELECT doc FROM oncall_pages WHERE incident = :i ORDER BY id");
const store::Sql pages_before("oncall.pages_before",
                              "SELECT doc FROM oncall_pages WHERE id < :b ORDER BY id DESC LIMIT "
                              ":n");
const store::Sql pages_of_before("oncall.pages_of_before",
                                 "SELECT doc FROM oncall_pages WHERE incident = :i AND id < :b "
                                 "ORDER BY id DESC LIMIT :n");
const store::Sql put_sent("oncall.put_sent",
                          "INSERT INTO oncall_sent (page, number, person, incident, sent_at) "
                          "VALUES (:a, :b, :c, :d, :e)");
const store::Sql sent_since("oncall.sent_since",
                            "SELECT person, incident, sent_at FROM oncall_sent "
                            "WHERE sent_at > :s ORDER BY sent_at, page, number");

constexpr std::string_view override_word = "override";
constexpr std::string_view temporary_word = "temporary";

template <class T>
Result<std::vector<T>> all(store::Session& session, const store::Sql& sql,
                           const store::Values& values) {
    TRY(const auto rows, session.rows(sql, values));
    std::vector<T> list;
    for (const auto& row : rows) {
        TRY(auto one, from_json<T>(row.text(0)));
        list.push_back(std::move(one));
    }
    return list;
}

template <class T>
Result<std::optional<T>> one(store::Session& session, const store::Sql& sql,
                             const store::Values& values) {
    TRY(const auto row, session.row(sql, values));
    if (!row) return std::nullopt;
    TRY(auto found, from_json<T>(row->text(0)));
    return found;
}

std::int64_t number_of(Level level) { return static_cast<std::int64_t>(level); }

// --- folds --------------------------------------------------------------------------------------

Result<void> claim(const store::Tx& tx, const std::string& team, const std::vector<Claim>& claims) {
    for (const auto& it : claims) TRY_VOID(tx.run(put_claim, {team, it.person, it.turn}));
    return {};
}

Instant changed_at(const Override& it) { return std::max(it.added_at, it.removed_at); }
Instant changed_at(const Temporary& it) { return std::max(it.added_at, it.removed_at); }

// An override or a temporary schedule.
template <class T>
Result<void> save(const store::Tx& tx, std::string_view what, const T& it) {
    return tx.run(put_change, {what, it.id, it.team, it.to, it.removed_at == Instant{} ? 1 : 2,
                               changed_at(it), to_json(it)});
}

Result<void> fold_rotation(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto era, from_json<Era>(event.payload));
    return tx.run(put_era, {era.team, number_of(era.level), era.from, event.payload});
}

Result<void> fold_override(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto added, from_json<OverrideAdded>(event.payload));
    TRY_VOID(claim(tx, added.team, added.claims));
    return save(tx, override_word, static_cast<const Override&>(added));
}

Result<void> fold_override_removed(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto removed, from_json<OverrideRemoved>(event.payload));
    TRY(auto it, find_override(tx.session(), removed.id));
    if (!it) return fail(Errc::internal, "an override that was never added was removed");
    it->removed_at = event.at;
    return save(tx, override_word, *it);
}

Result<void> fold_import(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto imported, from_json<OverridesImported>(event.payload));
    TRY_VOID(claim(tx, imported.team, imported.claims));
    for (const auto& it : imported.overrides) TRY_VOID(save(tx, override_word, it));
    return {};
}

Result<void> fold_temporary(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto added, from_json<TemporaryAdded>(event.payload));
    TRY_VOID(claim(tx, added.team, added.claims));
    return save(tx, temporary_word, static_cast<const Temporary&>(added));
}

Result<void> fold_temporary_removed(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto removed, from_json<TemporaryRemoved>(event.payload));
    TRY(auto it, find_temporary(tx.session(), removed.id));
    if (!it) return fail(Errc::internal, "a temporary schedule that was never added was removed");
    it->removed_at = event.at;
    return save(tx, temporary_word, *it);
}

Result<void> fold_note(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto note, from_json<Note>(event.payload));
    return tx.run(put_note, {note.id, note.team, number_of(note.level), event.payload});
}

Result<void> fold_shift(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto shift, from_json<ShiftChanged>(event.payload));
    TRY_VOID(tx.run(put_standing, {shift.team, number_of(shift.level), to_json(shift.in)}));
    return tx.run(tell_notes, {shift.team, number_of(shift.level)});
}

Result<void> fold_feed(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto feed, from_json<Feed>(event.payload));
    return tx.run(put_feed, {feed.id, feed.digest, event.payload});
}

Result<void> fold_feed_revoked(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto revoked, from_json<FeedRevoked>(event.payload));
    TRY(auto feed, find_feed_by_id(tx.session(), revoked.id));
    if (!feed) return fail(Errc::internal, "a feed that was never opened was revoked");
    feed->revoked_at = event.at;
    return tx.run(put_feed, {feed->id, feed->digest, to_json(*feed)});
}

Result<void> fold_page(const store::Tx& tx, const ops::Recorded& event) {
    TRY(auto found, find_page(tx.session(), page_of(event)));
    Page page = found.value_or(Page{});
    TRY_VOID(apply(page, event));
    const auto state = WordsOf<PageState>::words[static_cast<std::size_t>(page.state)];
    return tx.run(put_page, {page.id, page.incident, state, to_json(page)});
}

Result<void> fold_sent(const store::Tx& tx, const ops::Recorded& event) {
    TRY(const auto sent, from_json<PageSent>(event.payload));
    TRY_VOID(tx.run(put_sent, {sent.page, sent.number, sent.person, sent.incident, event.at}));
    return fold_page(tx, event);
}

constexpr ops::FoldRow fold_rows[] = {
    {ops::Kind::rotation_changed, fold_rotation},
    {ops::Kind::override_added, fold_override},
    {ops::Kind::override_removed, fold_override_removed},
    {ops::Kind::overrides_imported, fold_import},
    {ops::Kind::temporary_added, fold_temporary},
    {ops::Kind::temporary_removed, fold_temporary_removed},
    {ops::Kind::handover_noted, fold_note},
    {ops::Kind::shift_changed, fold_shift},
    {ops::Kind::feed_opened, fold_feed},
    {ops::Kind::feed_revoked, fold_feed_revoked},
    {ops::Kind::page_begun, fold_page},
    {ops::Kind::page_sent, fold_sent},
    {ops::Kind::page_escalated, fold_page},
    {ops::Kind::page_step_empty, fold_page},
    {ops::Kind::page_repeated, fold_page},
    {ops::Kind::page_raised, fold_page},
    {ops::Kind::page_acknowledged, fold_page},
    {ops::Kind::page_reopened, fold_page},
    {ops::Kind::page_unanswered, fold_page},
    {ops::Kind::page_stopped, fold_page},
};

}  // namespace

std::span<const ops::FoldRow> folds() { return fold_rows; }

Result<Roster> load_roster(store::Session& session, const std::string& team, Instant since) {
    Roster roster{.team = team};
    TRY(roster.eras, all<Era>(session, eras_of, {team}));
    TRY(roster.overrides, all<Override>(session, changes_of, {override_word, team, since}));
    TRY(roster.temporaries, all<Temporary>(session, changes_of, {temporary_word, team, since}));
    TRY(const auto changes, session.row(revision_of, {team}));
    if (changes) {
        roster.revision = changes->integer(0);
        roster.changed_at = changes->instant(1);
    }
    roster.revision += static_cast<std::int64_t>(roster.eras.size());
    for (const Era& era : roster.eras) roster.changed_at = std::max(roster.changed_at, era.from);
    return roster;
}

Result<std::vector<std::string>> teams_with_rotations(store::Session& session) {
    TRY(const auto rows, session.rows(era_teams));
    std::vector<std::string> teams;
    for (const auto& row : rows) teams.push_back(row.text(0));
    return teams;
}

Result<std::map<std::string, std::int64_t>> load_turns(store::Session& session,
                                                       const std::string& team) {
    TRY(const auto rows, session.rows(claims_of, {team}));
    std::map<std::string, std::int64_t> turns;
    for (const auto& row : rows) turns[row.text(0)] = row.integer(1);
    return turns;
}

Result<std::optional<Override>> find_override(store::Session& session, std::int64_t id) {
    return one<Override>(session, find_change, {override_word, id});
}
Result<std::optional<Temporary>> find_temporary(store::Session& session, std::int64_t id) {
    return one<Temporary>(session, find_change, {temporary_word, id});
}

Result<std::vector<Note>> open_notes(store::Session& session, const std::string& team) {
    return all<Note>(session, notes_of, {team});
}

Result<Standing> load_standing(store::Session& session, const std::string& team) {
    Standing standing;
    TRY(const auto rows, session.rows(standing_of, {team}));
    for (const auto& row : rows) {
        TRY(standing.people[static_cast<std::size_t>(row.integer(0))],
            from_json<std::vector<std::string>>(row.text(1)));
    }
    TRY(const auto notes, open_notes(session, team));
    for (const Note& note : notes)
        standing.notes[static_cast<std::size_t>(note.level)].push_back(note.by + ": " + note.text);
    return standing;
}

Result<std::optional<Page>> find_page(store::Session& session, std::int64_t id) {
    return one<Page>(session, page_by_id, {id});
}
Result<std::vector<Page>> pages_of(store::Session& session, std::int64_t incident) {
    return all<Page>(session, pages_by_incident, {incident});
}
Result<std::vector<Page>> list_pages(store::Session& session, const PageWish& wish) {
    if (wish.incident == 0) return all<Page>(session, pages_before, {wish.before, wish.limit});
    return all<Page>(session, pages_of_before, {wish.incident, wish.before, wish.limit});
}

Result<std::vector<Paged>> paged_since(store::Session& session, Instant since) {
    TRY(const auto rows, session.rows(sent_since, {since}));
    std::vector<Paged> paged;
    for (const auto& row : rows) paged.push_back({row.text(0), row.integer(1), row.instant(2)});
    return paged;
}

Result<std::optional<Feed>> find_feed(store::Session& session, const std::string& digest) {
    return one<Feed>(session, feed_by_digest, {digest});
}
Result<std::optional<Feed>> find_feed_by_id(store::Session& session, std::int64_t id) {
    return one<Feed>(session, feed_by_id, {id});
}
Result<std::vector<Feed>> feeds(store::Session& session) {
    return all<Feed>(session, all_feeds, {});
}

}  // namespace sg::oncall
