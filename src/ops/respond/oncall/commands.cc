#include "ops/respond/oncall/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/base64.h"
#include "ops/catalog/ask.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/calendar.h"
#include "ops/respond/oncall/store.h"
#include "store/digest.h"

namespace sg::oncall {

namespace {

const ops::Actor by_itself;
constexpr std::size_t random_least = 16;  // Bytes of a token: it cannot be guessed.

Result<void> put(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY(const auto recorded, ops::record(turn, actor, decision));
    return {};
}

const config::Team* team_of(const ops::Turn& turn, const Trouble& trouble) {
    const auto& teams = turn.config.operations.teams;
    const auto named = teams.find(trouble.team);
    if (named != teams.end()) return &named->second;
    return catalog::team_of(turn.config, trouble.service);
}

Result<std::optional<Page>> page_of_subject(const ops::Turn& turn, const ops::Subject& subject) {
    const auto colon = std::min(subject.find(':'), subject.size() - 1);
    std::int64_t id = 0;
    std::from_chars(subject.data() + colon + 1, subject.data() + subject.size(), id);
    return find_page(turn.tx.session(), id);
}

Result<std::vector<Page>> open_pages(const ops::Turn& turn, std::int64_t incident) {
    TRY(auto pages, pages_of(turn.tx.session(), incident));
    std::erase_if(pages, [](const Page& page) { return page.state == PageState::stopped; });
    return pages;
}

Result<Crew> crew_for(const ops::Turn& turn, const std::string& team) {
    return crew_of(turn.tx.session(), turn.config, team, turn.now);
}

Result<void> begin_page(const ops::Turn& turn, const ops::Actor& actor, const Trouble& trouble) {
    const auto* team = team_of(turn, trouble);
    Page page{.incident = trouble.incident,
              .title = trouble.title,
              .severity = trouble.severity,
              .service = trouble.service,
              .team = team == nullptr ? "" : team->id};
    TRY(const auto crew, crew_for(turn, page.team));
    TRY(page.id, ops::next_number(turn.tx, "page"));
    page.policy = policy_of(team, trouble, crew);
    return put(turn, actor, begin(page, crew, turn.now));
}

Result<Book> book_of(const ops::Turn& turn, const std::string& team) {
    auto& session = turn.tx.session();
    TRY(auto schedule, schedule_of(session, turn.config, team, turn.now));
    TRY(auto turns, load_turns(session, team));
    Book book{std::move(schedule), std::move(turns), {}};
    for (const auto& [id, person] : turn.config.operations.people) book.known.push_back(id);
    return book;
}

}  // namespace

// --- the page -----------------------------------------------------------------------------------

Result<void> page(const ops::Turn& turn, const Trouble& trouble) {
    TRY(const auto open, open_pages(turn, trouble.incident));
    for (const Page& page : open) {
        TRY(const auto crew, crew_for(turn, page.team));
        TRY_VOID(put(turn, by_itself, raise(page, trouble.severity, crew, turn.now)));
    }
    if (!open.empty() || trouble.severity >= 4) return {};
    return begin_page(turn, by_itself, trouble);
}

Result<void> next_step(const ops::Turn& turn, const ops::Subject& subject) {
    TRY(const auto page, page_of_subject(turn, subject));
    if (!page) return {};
    TRY(const auto crew, crew_for(turn, page->team));
    return put(turn, by_itself, advance(*page, crew, turn.now));
}

Result<void> reopen(const ops::Turn& turn, const ops::Subject& subject) {
    TRY(const auto page, page_of_subject(turn, subject));
    if (!page) return {};
    TRY(const auto crew, crew_for(turn, page->team));
    return put(turn, by_itself, reopen(*page, crew, turn.now));
}

Result<void> acknowledge(const ops::Turn& turn, const ops::Actor& actor, const Answer& answer) {
    std::vector<Page> pages;
    if (answer.page != 0) {
        TRY(auto page, find_page(turn.tx.session(), answer.page));
        if (!page) return fail(Errc::not_found, fmt::format("there is no page {}", answer.page));
        pages.push_back(std::move(*page));
    } else {
        TRY(pages, open_pages(turn, answer.incident));
    }
    for (const Page& page : pages) {
        TRY(const auto decision, acknowledge(page, actor.who, answer.how, turn.now));
        TRY_VOID(put(turn, actor, decision));
    }
    return {};
}

Result<void> escalate(const ops::Turn& turn, const ops::Actor& actor, const Trouble& trouble,
                      const std::string& why) {
    TRY(const auto open, open_pages(turn, trouble.incident));
    if (open.empty()) return begin_page(turn, actor, trouble);
    for (const Page& page : open) {
        TRY(const auto crew, crew_for(turn, page.team));
        TRY(const auto decision, escalate(page, crew, {actor.who, why}, turn.now));
        TRY_VOID(put(turn, actor, decision));
    }
    return {};
}

Result<void> stop(const ops::Turn& turn, std::int64_t incident, const std::string& why) {
    TRY(const auto open, open_pages(turn, incident));
    for (const Page& page : open) TRY_VOID(put(turn, by_itself, stop(page, why)));
    return {};
}

// --- the schedule -------------------------------------------------------------------------------

Result<void> follow_configuration(const ops::Turn& turn) {
    TRY(const auto known, teams_with_rotations(turn.tx.session()));
    std::set<std::string> teams(known.begin(), known.end());
    for (const auto& [id, team] : turn.config.operations.teams) teams.insert(id);
    for (const auto& id : teams) {
        TRY(auto roster, load_roster(turn.tx.session(), id, turn.now));
        TRY(const auto schedule, Schedule::of(std::move(roster)));
        const auto found = turn.config.operations.teams.find(id);
        const bool gone = found == turn.config.operations.teams.end();
        TRY(const auto decision,
            follow(schedule, gone ? nullptr : &found->second.oncall, turn.now));
        TRY_VOID(put(turn, by_itself, decision));
    }
    return {};
}

Result<void> hand_over(const ops::Turn& turn, const ops::Subject& subject) {
    const auto team = subject.substr(std::min(subject.find(':') + 1, subject.size()));
    auto& session = turn.tx.session();
    const auto schedule = schedule_of(session, turn.config, team, turn.now);
    // The clock of a team that is gone, or that nobody can work out: nobody is told, nothing waits.
    if (!schedule && (schedule.error().code == Errc::not_found ||
                      schedule.error().code == Errc::invalid_argument))
        return {};
    if (!schedule) return std::unexpected(schedule.error());
    TRY(const auto before, load_standing(session, team));
    return put(turn, by_itself, hand_over(*schedule, before, turn.now));
}

Result<std::int64_t> add_override(const ops::Turn& turn, const ops::Actor& actor,
                                  const Override& wanted) {
    TRY(const auto book, book_of(turn, wanted.team));
    Override it = wanted;
    TRY(it.id, ops::next_number(turn.tx, "override"));
    TRY(const auto decision, add_override(book, it, turn.now));
    TRY_VOID(put(turn, actor, decision));
    return it.id;
}

Result<void> remove_override(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
    TRY(const auto it, find_override(turn.tx.session(), id));
    if (!it) return fail(Errc::not_found, fmt::format("there is no override {}", id));
    TRY(const auto book, book_of(turn, it->team));
    TRY(const auto decision, remove_override(book, id, turn.now));
    return put(turn, actor, decision);
}

Result<std::int64_t> add_temporary(const ops::Turn& turn, const ops::Actor& actor,
                                   const Temporary& wanted) {
    TRY(const auto book, book_of(turn, wanted.team));
    Temporary it = wanted;
    TRY(it.id, ops::next_number(turn.tx, "temporary"));
    TRY(const auto decision, add_temporary(book, it, turn.now));
    TRY_VOID(put(turn, actor, decision));
    return it.id;
}

Result<void> remove_temporary(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
    TRY(const auto it, find_temporary(turn.tx.session(), id));
    if (!it) return fail(Errc::not_found, fmt::format("there is no temporary schedule {}", id));
    TRY(const auto book, book_of(turn, it->team));
    TRY(const auto decision, remove_temporary(book, id, turn.now));
    return put(turn, actor, decision);
}

Result<void> swap(const ops::Turn& turn, const ops::Actor& actor, const std::string& team,
                  const Swap& wanted) {
    TRY(const auto book, book_of(turn, team));
    Swap it = wanted;
    TRY(it.first_id, ops::next_number(turn.tx, "override"));
    TRY(it.second_id, ops::next_number(turn.tx, "override"));
    TRY(const auto decision, swap(book, it, turn.now));
    return put(turn, actor, decision);
}

Result<std::int64_t> note_handover(const ops::Turn& turn, const ops::Actor& actor,
                                   const Note& wanted) {
    TRY(const auto schedule, schedule_of(turn.tx.session(), turn.config, wanted.team, turn.now));
    Note note = wanted;
    note.by = actor.who;
    TRY(note.id, ops::next_number(turn.tx, "handover_note"));
    TRY(const auto decision, note_handover(schedule, note, turn.now));
    TRY_VOID(put(turn, actor, decision));
    return note.id;
}

Result<std::int64_t> import_overrides(const ops::Turn& turn, const ops::Actor& actor,
                                      const Import& import) {
    TRY(const auto book, book_of(turn, import.like.team));
    const auto team = turn.config.operations.teams.find(import.like.team);
    TRY(const auto zone,
        Zone::find(team == turn.config.operations.teams.end() ? "UTC" : team->second.oncall.zone));
    TRY(const auto occurrences,
        read_calendar(import.calendar, {turn.now, turn.now + override_most}, zone));
    if (occurrences.size() > import_max)
        return fail(Errc::too_large, fmt::format("{} events in one calendar", occurrences.size()));
    std::vector<Override> wanted;
    for (const auto& occurrence : occurrences) {
        Override it = import.like;
        TRY(it.id, ops::next_number(turn.tx, "override"));
        it.from = occurrence.from;
        it.to = occurrence.to;
        it.why = occurrence.summary;
        wanted.push_back(std::move(it));
    }
    TRY(const auto decision,
        import_overrides(book, wanted, store::sha256_hex(import.calendar), turn.now));
    TRY_VOID(put(turn, actor, decision));
    return static_cast<std::int64_t>(wanted.size());
}

Result<std::string> open_feed(const ops::Turn& turn, const ops::Actor& actor,
                              const FeedWanted& wanted) {
    const auto& operations = turn.config.operations;
    if (wanted.random.size() < random_least)
        return fail(Errc::invalid_argument, "too little randomness for a token");
    if (wanted.person.empty() == wanted.team.empty())
        return fail(Errc::invalid_argument, "a feed is of one person or of one team");
    if (!wanted.person.empty() && !operations.people.contains(wanted.person))
        return fail(Errc::not_found, fmt::format("there is no person `{}`", wanted.person));
    if (!wanted.team.empty() && !operations.teams.contains(wanted.team))
        return fail(Errc::not_found, fmt::format("there is no team `{}`", wanted.team));
    const auto token = base64url(wanted.random);
    FeedOpened event;
    event.person = wanted.person;
    event.team = wanted.team;
    event.digest = store::sha256_hex(token);
    event.opened_at = turn.now;
    TRY(event.id, ops::next_number(turn.tx, "feed"));
    ops::Decision decision;
    decision.event(event,
                   {wanted.team.empty() ? user_subject(wanted.person) : team_subject(wanted.team)});
    TRY_VOID(put(turn, actor, decision));
    return token;
}

Result<void> revoke_feed(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
    TRY(const auto feed, find_feed_by_id(turn.tx.session(), id));
    if (!feed) return fail(Errc::not_found, fmt::format("there is no feed {}", id));
    if (feed->revoked_at != Instant{}) return {};
    ops::Decision decision;
    decision.event(FeedRevoked{.id = id},
                   {feed->team.empty() ? user_subject(feed->person) : team_subject(feed->team)});
    return put(turn, actor, decision);
}

}  // namespace sg::oncall
