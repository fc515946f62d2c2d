// The status page over the API: how it stands, what is said on it.
#include <fmt/format.h>

#include "api/handlers.h"
#include "api/signals.h"
#include "ops/respond/statuspage/ask.h"
#include "ops/respond/statuspage/commands.h"

namespace sg::api {

namespace {

using namespace statuspage;

struct Saying {
    std::optional<Stage> status;
    std::string text;
    std::string title;
    std::vector<std::string> components;
};
void describe(Visitor& v, Saying& s) {
    v.record({.name = "an update"});
    v.field({.key = "status"}, s.status);
    v.field({.key = "text"}, s.text);
    v.field({.key = "title"}, s.title);
    v.field({.key = "components"}, s.components);
}

struct Fix {
    std::string component;
    std::optional<Condition> condition;  // None: as it is measured.
    std::string why;
    Duration lasts = 1h;
};
void describe(Visitor& v, Fix& f) {
    v.record({.name = "how a component stands"});
    v.field({.key = "component", .example = "component: Playback", .required = true}, f.component);
    v.field({.key = "condition"}, f.condition);
    v.field({.key = "why"}, f.why);
    v.field({.key = "lasts", .least = 60, .most = 86400}, f.lasts);
}

struct Work {
    std::string title;
    std::string text;
    std::vector<std::string> components;
    Instant from;
    Instant until;
};
void describe(Visitor& v, Work& w) {
    v.record({.name = "a maintenance"});
    v.field({.key = "title", .example = "title: new database", .required = true}, w.title);
    v.field({.key = "text"}, w.text);
    v.field({.key = "components"}, w.components);
    v.field({.key = "from", .example = "from: 2026-12-01T02:00:00Z", .required = true}, w.from);
    v.field({.key = "until", .example = "until: 2026-12-01T03:00:00Z", .required = true}, w.until);
}

struct Step {
    Phase phase = Phase::in_progress;
    std::string text;
};
void describe(Visitor& v, Step& s) {
    v.record({.name = "how a maintenance goes on"});
    v.field({.key = "phase"}, s.phase);
    v.field({.key = "text"}, s.text);
}

// What goes on as before, unless something else is said.
Result<Stage> stage_of(Site& site, const Saying& saying, std::int64_t incident, Instant now) {
    if (saying.status) return *saying.status;
    TRY(const auto now_standing, standing(site.read, *site.config(), now));
    for (const auto& notice : now_standing.notices)
        if (notice.incident == incident) return notice.draft ? notice.draft->stage : notice.stage;
    return Stage::investigating;
}

}  // namespace

Result<Answer> show_status_page(Site& site, const Call& call) {
    const auto config = site.config();
    if (!config->operations.status_page)
        return fail(Errc::not_found, "the configuration has no status page",
                    "add `status_page: {}` to it");
    TRY(const auto now, standing(site.read, *config, call.now));
    return Answer{200, to_json(now)};
}

Result<Answer> publish_update(Site& site, const Call& call) {
    TRY(const auto saying, body_of<Saying>(call));
    const auto incident = call.number(0);
    std::optional<Words> words;
    if (!saying.text.empty()) {
        TRY(const auto stage, stage_of(site, saying, incident, call.now));
        words = Words{stage, saying.text, saying.title, saying.components};
    }
    TRY_VOID(site.writer.run(
        [&](const ops::Turn& turn) { return publish(turn, call.actor, incident, words); }));
    return show_status_page(site, call);
}

Result<Answer> draft_update(Site& site, const Call& call) {
    TRY(const auto saying, body_of<Saying>(call));
    const auto incident = call.number(0);
    TRY(const auto stage, stage_of(site, saying, incident, call.now));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return write_draft(turn, call.actor, incident, {stage, saying.text, call.now, {}});
    }));
    return show_status_page(site, call);
}

Result<Answer> discard_update(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return discard_draft(turn, call.actor, call.number(0), "by hand");
    }));
    return show_status_page(site, call);
}

Result<Answer> fix_shown_component(Site& site, const Call& call) {
    TRY(const auto fix, body_of<Fix>(call));
    const Component wanted{.name = fix.component,
                           .condition = fix.condition.value_or(Condition::operational),
                           .why = fix.why.empty() ? "said by " + call.actor.who : fix.why,
                           .fixed = fix.condition.has_value(),
                           .until = fix.condition ? call.now + fix.lasts : Instant{}};
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return fix_component(turn, call.actor, wanted, &site.history);
    }));
    return show_status_page(site, call);
}

Result<Answer> announce_maintenance(Site& site, const Call& call) {
    TRY(const auto work, body_of<Work>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY([[maybe_unused]] const auto id,
            schedule_maintenance(turn, call.actor,
                                 {.title = work.title,
                                  .body = work.text.empty() ? work.title : work.text,
                                  .components = work.components,
                                  .from = work.from,
                                  .until = work.until}));
        return {};
    }));
    TRY(auto answer, show_status_page(site, call));
    answer.status = 201;
    return answer;
}

Result<Answer> update_maintenance(Site& site, const Call& call) {
    TRY(const auto step, body_of<Step>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return move_maintenance(turn, call.actor, {call.number(0), step.phase, step.text});
    }));
    return show_status_page(site, call);
}

}  // namespace sg::api
