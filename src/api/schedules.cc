// What changes a schedule, and what is said of it: swaps, temporary schedules, notes for the next
// shift, imports, calendars, quality; and a page that a person sends on.
#include <fmt/format.h>

#include "api/handlers.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/commands.h"
#include "store/digest.h"

namespace sg::api {

namespace {

constexpr std::size_t token_bytes = 24;

struct SwapWanted {
    std::string team;
    oncall::Swap swap;
};
void describe(Visitor& v, SwapWanted& w) {
    v.record({.name = "a swap"});
    v.field({.key = "team"}, w.team);
    v.field({.key = "level"}, w.swap.level);
    v.field({.key = "one", .example = "one: 2026-11-23T09:00:00Z", .required = true}, w.swap.one);
    v.field({.key = "other", .example = "other: 2026-11-30T09:00:00Z", .required = true},
            w.swap.other);
    v.field({.key = "why"}, w.swap.why);
}

struct ImportWanted {
    oncall::Import import;
};
void describe(Visitor& v, ImportWanted& w) {
    v.record({.name = "an import"});
    v.field({.key = "team"}, w.import.like.team);
    v.field({.key = "level"}, w.import.like.level);
    v.field({.key = "takes"}, w.import.like.takes);
    v.field({.key = "leaves"}, w.import.like.leaves);
    v.field({.key = "why"}, w.import.like.why);
    v.field({.key = "calendar", .required = true}, w.import.calendar);
}

struct FeedAsked {
    std::string person;
    std::string team;
};
void describe(Visitor& v, FeedAsked& f) {
    v.record({.name = "a calendar"});
    v.field({.key = "person"}, f.person);
    v.field({.key = "team"}, f.team);
}

// What the list says of one: never its digest.
struct FeedRow {
    std::int64_t id = 0;
    std::string person;
    std::string team;
    Instant opened_at;
};
void describe(Visitor& v, FeedRow& f) {
    v.field({.key = "id"}, f.id);
    v.field({.key = "person"}, f.person);
    v.field({.key = "team"}, f.team);
    v.field({.key = "opened_at"}, f.opened_at);
}

struct OpenedFeed {
    std::string path;
    std::string url;  // Empty: there is no public_url to make one of.
};
void describe(Visitor& v, OpenedFeed& f) {
    v.field({.key = "path"}, f.path);
    v.field({.key = "url"}, f.url);
}

struct LevelCovered {
    std::string level;
    double share = 0;
};
void describe(Visitor& v, LevelCovered& l) {
    v.field({.key = "level"}, l.level);
    v.field({.key = "share"}, l.share);
}
struct LoadRow : oncall::Load {};
void describe(Visitor& v, LoadRow& l) {
    v.field({.key = "person"}, l.person);
    v.field({.key = "on_call"}, l.on_call);
    v.field({.key = "primary"}, l.primary);
    v.field({.key = "primary_share"}, l.primary_share);
    v.field({.key = "back_to_back"}, l.back_to_back);
    v.field({.key = "incidents_12h"}, l.incidents_12h);
}
struct QualityReport {
    std::string team;
    double coverage = 0;
    double balance = 0;
    double score = 0;
    Duration gap_longest{};
    Instant gap_from;
    std::vector<LevelCovered> covered;
    std::vector<LoadRow> loads;
    std::vector<std::string> warnings;
};
void describe(Visitor& v, QualityReport& q) {
    v.field({.key = "team"}, q.team);
    v.field({.key = "coverage"}, q.coverage);
    v.field({.key = "balance"}, q.balance);
    v.field({.key = "score"}, q.score);
    v.field({.key = "gap_longest"}, q.gap_longest);
    v.field({.key = "gap_from"}, q.gap_from);
    v.field({.key = "covered"}, q.covered);
    v.field({.key = "loads"}, q.loads);
    v.field({.key = "warnings"}, q.warnings);
}

QualityReport report_of(const std::string& team, const oncall::Quality& quality) {
    QualityReport report{.team = team,
                         .coverage = quality.coverage,
                         .balance = quality.balance,
                         .score = quality.score,
                         .gap_longest = quality.gap_longest,
                         .gap_from = quality.gap_from,
                         .warnings = quality.warnings};
    for (const auto level : oncall::levels)
        report.covered.push_back({std::string(oncall::word(level)),
                                  quality.covered.at(static_cast<std::size_t>(level))});
    for (const auto& load : quality.loads) report.loads.push_back({load});
    return report;
}

struct Reason {
    std::string text;
};
void describe(Visitor& v, Reason& r) {
    v.record({.name = "a reason"});
    v.field({.key = "text"}, r.text);
}

// A number that the command gives back, as `{"id": 7}`.
template <class Command>
Result<Answer> numbered(Site& site, Command command) {
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, command(turn));
        return {};
    }));
    return Answer{201, fmt::format(R"({{"id":{}}})", id)};
}

}  // namespace

Result<Answer> swap_shifts(Site& site, const Call& call) {
    TRY(auto wanted, body_of<SwapWanted>(call));
    TRY(wanted.team, team_asked(*site.config(), wanted.team));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return oncall::swap(turn, call.actor, wanted.team, wanted.swap);
    }));
    TRY(const auto overrides, oncall::overrides_of(site.read, wanted.team, call.now));
    return Answer{201, list_json("overrides", overrides)};
}

Result<Answer> list_temporaries(Site& site, const Call& call) {
    TRY(const auto team, team_asked(*site.config(), call.request.parameter("team")));
    TRY(const auto list, oncall::temporaries_of(site.read, team, call.now));
    return Answer{200, list_json("temporaries", list)};
}

Result<Answer> add_temporary(Site& site, const Call& call) {
    TRY(auto wanted, body_of<oncall::Temporary>(call));
    TRY(wanted.team, team_asked(*site.config(), wanted.team));
    if (wanted.from == Instant{}) wanted.from = call.now;
    return numbered(site, [&](const ops::Turn& turn) {
        return oncall::add_temporary(turn, call.actor, wanted);
    });
}

Result<Answer> remove_temporary(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return oncall::remove_temporary(turn, call.actor, call.number(0));
    }));
    return Answer{200, "{}"};
}

Result<Answer> note_handover(Site& site, const Call& call) {
    TRY(auto wanted, body_of<oncall::Note>(call));
    TRY(wanted.team, team_asked(*site.config(), wanted.team));
    return numbered(site, [&](const ops::Turn& turn) {
        return oncall::note_handover(turn, call.actor, wanted);
    });
}

Result<Answer> schedule_quality(Site& site, const Call& call) {
    const auto config = site.config();
    TRY(const auto team, team_asked(*config, call.request.parameter("team")));
    TRY(const auto quality, oncall::quality_of(site.read, *config, team, call.now));
    return Answer{200, to_json(report_of(team, quality))};
}

Result<Answer> import_overrides(Site& site, const Call& call) {
    TRY(auto wanted, body_of<ImportWanted>(call));
    TRY(wanted.import.like.team, team_asked(*site.config(), wanted.import.like.team));
    std::int64_t count = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(count, oncall::import_overrides(turn, call.actor, wanted.import));
        return {};
    }));
    return Answer{201, fmt::format(R"({{"count":{}}})", count)};
}

// --- calendars -----------------------------------------------------------------------------------

Result<Answer> list_feeds(Site& site, const Call&) {
    TRY(const auto list, oncall::feeds(site.read));
    std::vector<FeedRow> rows;
    for (const auto& feed : list)
        if (feed.revoked_at == Instant{})
            rows.push_back({feed.id, feed.person, feed.team, feed.opened_at});
    return Answer{200, list_json("feeds", rows)};
}

// The only time that its address is told: what is kept is a digest.
Result<Answer> open_feed(Site& site, const Call& call) {
    TRY(const auto asked, body_of<FeedAsked>(call));
    const auto random = store::random_hex(token_bytes);
    std::string token;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(token, oncall::open_feed(turn, call.actor, {asked.person, asked.team, random}));
        return {};
    }));
    const auto path = fmt::format("/c/{}.ics", token);
    const auto& base = site.config()->operations.public_url;
    return Answer{201, to_json(OpenedFeed{path, base.empty() ? "" : base + path})};
}

Result<Answer> revoke_feed(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return oncall::revoke_feed(turn, call.actor, call.number(0));
    }));
    return Answer{200, "{}"};
}

// --- a page --------------------------------------------------------------------------------------

Result<Answer> escalate_incident(Site& site, const Call& call) {
    TRY(const auto reason, body_of<Reason>(call));
    const auto id = call.number(0);
    TRY(const auto found, incident_asked(site, id));
    if (found.state == incidents::State::resolved || found.state == incidents::State::closed ||
        found.state == incidents::State::cancelled)
        return fail(Errc::conflict, fmt::format("incident {} is over: nobody is paged for it", id));
    const oncall::Trouble trouble{.incident = id,
                                  .title = found.title,
                                  .severity = found.severity,
                                  .service = found.service,
                                  .team = found.team};
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return oncall::escalate(turn, call.actor, trouble, reason.text);
    }));
    TRY(const auto pages, oncall::pages_of(site.read, id));
    return Answer{202, list_json("pages", pages)};
}

}  // namespace sg::api
