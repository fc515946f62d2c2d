// On call, pages and notifications over the API.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/commands.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/commands.h"

namespace sg::api {

namespace {

struct LevelNow {
    std::string level;
    std::vector<std::string> people;
};
void describe(Visitor& v, LevelNow& l) {
    v.field({.key = "level"}, l.level);
    v.field({.key = "people"}, l.people);
}
struct TeamNow {
    std::string team;
    Instant at;
    std::vector<LevelNow> levels;
    std::vector<oncall::Override> overrides;
    std::vector<oncall::Note> notes;
};
void describe(Visitor& v, TeamNow& t) {
    v.field({.key = "team"}, t.team);
    v.field({.key = "at"}, t.at);
    v.field({.key = "levels"}, t.levels);
    v.field({.key = "overrides"}, t.overrides);
    v.field({.key = "notes"}, t.notes);
}
struct ShiftRow {
    std::string level;
    std::string person;
    Instant from;
    Instant to;
};
void describe(Visitor& v, ShiftRow& s) {
    v.field({.key = "level"}, s.level);
    v.field({.key = "person"}, s.person);
    v.field({.key = "from"}, s.from);
    v.field({.key = "to"}, s.to);
}

Result<Instant> time_of(const Call& call, std::string_view name, Instant otherwise) {
    const auto text = call.request.parameter(name);
    if (text.empty()) return otherwise;
    const auto at = parse_rfc3339(text);
    if (!at)
        return fail(Errc::invalid_argument, fmt::format("`{}` is not a point in time", text),
                    "write it as in 2026-11-23T09:00:00Z");
    return *at;
}

Result<TeamNow> team_now(Site& site, const config::Config& config, const std::string& team,
                         Instant at) {
    TeamNow now{.team = team, .at = at};
    TRY(const auto on_call, oncall::who_is_on_call(site.read, config, team, at));
    for (const auto level : oncall::levels)
        now.levels.push_back(
            {std::string(oncall::word(level)), on_call.at(static_cast<std::size_t>(level))});
    TRY(now.overrides, oncall::overrides_of(site.read, team, at));
    TRY(now.notes, oncall::open_notes(site.read, team));
    return now;
}

struct TestWanted {
    std::string channel;
    std::string person;
};
void describe(Visitor& v, TestWanted& t) {
    v.record({.name = "a test"});
    v.field({.key = "channel", .example = "channel: mail", .required = true}, t.channel);
    v.field({.key = "person"}, t.person);
}

// `next`: what `before` is for the page that follows.
void go_on(std::string& body, const nlohmann::json& next) {
    body.back() = ',';
    body += fmt::format(R"("next":{}}})", next.dump());
}

}  // namespace

Result<std::string> team_asked(const config::Config& config, const std::string& asked) {
    const auto& teams = config.operations.teams;
    if (!asked.empty()) return asked;
    if (teams.size() == 1) return teams.begin()->first;
    return fail(Errc::invalid_argument, "which team?", "say `team`: there are several, or none");
}

Result<Answer> on_call_now(Site& site, const Call& call) {
    const auto config = site.config();
    TRY(const auto at, time_of(call, "at", call.now));
    const auto asked = call.request.parameter("team");
    std::vector<TeamNow> teams;
    for (const auto& [name, team] : config->operations.teams) {
        if (!asked.empty() && asked != name) continue;
        TRY(auto now, team_now(site, *config, name, at));
        teams.push_back(std::move(now));
    }
    if (teams.empty() && !asked.empty())
        return fail(Errc::not_found, fmt::format("there is no team `{}`", asked));
    return Answer{200, list_json("teams", teams)};
}

Result<Answer> on_call_schedule(Site& site, const Call& call) {
    const auto config = site.config();
    TRY(const auto team, team_asked(*config, call.request.parameter("team")));
    TRY(const auto from, time_of(call, "from", call.now));
    TRY(const auto to, time_of(call, "to", from + 28 * 24h));
    TRY(const auto shifts, oncall::shifts(site.read, *config, team, {from, to}));
    std::vector<ShiftRow> rows;
    for (const auto& s : shifts)
        rows.push_back({std::string(oncall::word(s.level)), s.person, s.from, s.to});
    return Answer{200, list_json("shifts", rows)};
}

Result<Answer> add_override(Site& site, const Call& call) {
    TRY(auto wanted, body_of<oncall::Override>(call));
    TRY(wanted.team, team_asked(*site.config(), wanted.team));
    if (wanted.from == Instant{}) wanted.from = call.now;
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, oncall::add_override(turn, call.actor, wanted));
        return {};
    }));
    return Answer{201, fmt::format(R"({{"id":{}}})", id)};
}

Result<Answer> remove_override(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return oncall::remove_override(turn, call.actor, call.number(0));
    }));
    return Answer{200, "{}"};
}

Result<Answer> list_pages(Site& site, const Call& call) {
    oncall::PageWish wish;
    wish.incident = call.count("incident", 0, INT64_MAX);
    wish.limit = call.count("limit", 50, 500);
    wish.before = call.count("before", wish.before, wish.before);
    TRY(const auto pages, oncall::list_pages(site.read, wish));
    auto body = list_json("pages", pages);
    // A whole page may not be the last: the next one is `before` the last of this one.
    if (std::ssize(pages) == wish.limit) go_on(body, pages.back().id);
    return Answer{200, std::move(body)};
}

Result<Answer> list_notifications(Site& site, const Call& call) {
    notify::Wish wish;
    wish.incident = call.count("incident", 0, INT64_MAX);
    wish.limit = call.count("limit", 50, 500);
    const auto before = call.request.parameter("before");
    if (!before.empty()) {
        TRY(wish.before, notify::Place::parse(before));
    }
    TRY(const auto tx, store::Tx::begin(site.read, store::Tx::For::reading));
    TRY(const auto told, notify::told(tx, wish));
    auto body = list_json("notifications", told.notifications);
    if (told.next) go_on(body, told.next->text());
    return Answer{200, std::move(body)};
}

Result<Answer> list_channels(Site& site, const Call& call) {
    TRY(const auto tx, store::Tx::begin(site.read, store::Tx::For::reading));
    TRY(const auto reports, notify::channel_reports(tx, site.config()->operations, call.now));
    return Answer{200, list_json("channels", reports)};
}

Result<Answer> test_channel(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<TestWanted>(call));
    std::string id;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, notify::test(turn, call.actor, wanted.channel, wanted.person));
        return {};
    }));
    return Answer{202, fmt::format(R"({{"id":"{}"}})", id)};
}

}  // namespace sg::api
