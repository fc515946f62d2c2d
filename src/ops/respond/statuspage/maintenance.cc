// Work that was announced: clocks begin and end it, and people may before them. And how the page
// gets to where it is read.
#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/statuspage/decide.h"
#include "ops/respond/statuspage/words.h"

namespace sg::statuspage {

namespace {

constexpr std::string_view maintenance_due = "maintenance_due";

struct Move {
    Phase from;
    Phase to;
};

// Scheduled → completed: it was called off.
constexpr Move moves[] = {
    {Phase::scheduled, Phase::in_progress}, {Phase::scheduled, Phase::completed},
    {Phase::in_progress, Phase::verifying}, {Phase::in_progress, Phase::completed},
    {Phase::verifying, Phase::in_progress}, {Phase::verifying, Phase::completed},
};

void go(ops::Decision& decision, const Maintenance& maintenance, Phase to, std::string body) {
    const auto subject = subject_of_maintenance(maintenance.id);
    decision.event(MaintenanceMoved{maintenance.id, to, std::move(body)}, {subject});
    if (to == Phase::completed) decision.stop(std::string(maintenance_due), subject);
    else decision.set(std::string(maintenance_due), subject, maintenance.until);
}

}  // namespace

ops::Subject subject_of_maintenance(std::int64_t maintenance) {
    return fmt::format("maintenance:{}", maintenance);
}

Result<ops::Decision> schedule(const MaintenanceScheduled& wanted, Instant now) {
    constexpr std::size_t text_max = 10'000;
    if (wanted.title.empty() || wanted.title.size() > 200)
        return fail(Errc::invalid_argument, "a maintenance needs a title", "at most 200 bytes");
    if (wanted.body.size() > text_max)
        return fail(Errc::invalid_argument, "the text is too long", "at most 10,000 bytes");
    if (wanted.until <= wanted.from)
        return fail(Errc::invalid_argument, "the maintenance ends before it begins");
    if (wanted.until <= now)
        return fail(Errc::invalid_argument, "the maintenance would be over already");
    ops::Decision decision;
    const auto subject = subject_of_maintenance(wanted.maintenance);
    decision.event(wanted, {subject});
    decision.set(std::string(maintenance_due), subject, std::max(wanted.from, now));
    return decision;
}

ops::Decision ring(const Maintenance& maintenance, Instant now) {
    ops::Decision decision;
    if (maintenance.phase == Phase::completed) return decision;
    if (now >= maintenance.until)
        go(decision, maintenance, Phase::completed, words::maintenance_is_over(maintenance));
    else if (maintenance.phase == Phase::scheduled && now >= maintenance.from)
        go(decision, maintenance, Phase::in_progress, words::maintenance_begins(maintenance));
    return decision;
}

Result<ops::Decision> move(const Maintenance& maintenance, Phase to, const std::string& body) {
    const bool possible = std::ranges::any_of(moves, [&](const Move& one) {
        return one.from == maintenance.phase && (one.to == to || one.from == to);
    });
    if (!possible)
        return fail(Errc::conflict,
                    fmt::format("maintenance {} is {}: it cannot become {}", maintenance.id,
                                phrase(maintenance.phase), phrase(to)));
    const bool says_nothing = body.empty() && to == maintenance.phase;
    if (says_nothing) return fail(Errc::invalid_argument, "an update needs a text");
    std::string text = body;
    if (text.empty() && to == Phase::completed) text = words::maintenance_is_over(maintenance);
    if (text.empty() && to == Phase::in_progress) text = words::maintenance_begins(maintenance);
    if (text.empty()) text = "The work is done. We are checking that everything works.";
    ops::Decision decision;
    if (to == maintenance.phase)
        decision.event(MaintenanceMoved{maintenance.id, to, text},
                       {subject_of_maintenance(maintenance.id)});
    else go(decision, maintenance, to, text);
    return decision;
}

// --- where it is written -------------------------------------------------------------------------

namespace {

// Then it is trouble, and the page is only written again when it is written anew anyway, every few
// minutes: each change would otherwise leave an attempt behind that never ends.
constexpr std::int64_t attempts_max = 3;

Duration pause_before(std::int64_t attempt) { return attempt == 1 ? 0s : 5s * attempt; }

}  // namespace

void describe(Visitor& v, Delivery& d) {
    v.field({.key = "target"}, d.target);
    v.field({.key = "attempt"}, d.attempt);
}

void deliver(ops::Decision& decision, const std::string& target, std::int64_t attempt,
             Instant now) {
    decision.action({.kind = "statuspage.deliver",
                     .key = fmt::format("statuspage:{}:{}:{}", target, now.ns, attempt),
                     .body = to_json(Delivery{target, attempt}),
                     .not_before = now + pause_before(attempt)});
}

void deliver(ops::Decision& decision, const config::StatusPage& page, Instant now) {
    deliver(decision, std::string(here), 1, now);
    for (const auto& [name, folder] : page.copies) deliver(decision, name, 1, now);
    for (const auto& [name, target] : page.targets) deliver(decision, name, 1, now);
}

ops::Decision on_result(const Delivery& delivery, const std::string& detail, const Target& target,
                        Instant now) {
    ops::Decision decision;
    const std::vector<ops::Subject> subjects{"target:" + delivery.target};
    if (detail.empty()) {
        if (target.broken) decision.event(TargetMended{delivery.target}, subjects);
        return decision;
    }
    if (target.broken) return decision;
    if (delivery.attempt >= attempts_max)
        decision.event(TargetBroken{delivery.target, detail}, subjects);
    else deliver(decision, delivery.target, delivery.attempt + 1, now);
    return decision;
}

// --- what is doubtful ----------------------------------------------------------------------------

namespace {

void doubt_components(const Shown& shown, std::vector<std::string>& doubts) {
    for (const auto& component : shown.components) {
        if (component.condition != Condition::partial_outage &&
            component.condition != Condition::major_outage)
            continue;
        const bool told = std::ranges::any_of(shown.notices, [&](const Notice& notice) {
            return notice.components.empty() ||
                   std::ranges::find(notice.components, component.name) != notice.components.end();
        });
        if (!told)
            doubts.push_back(fmt::format("{} is shown with a {}, and no incident is published",
                                         component.name, phrase(component.condition)));
    }
}

void doubt_notices(const Shown& shown, Instant now, std::vector<std::string>& doubts) {
    const bool all_green = std::ranges::all_of(shown.components, [](const Component& component) {
        return component.condition == Condition::operational;
    });
    for (const auto& notice : shown.notices) {
        if (all_green && notice.stage != Stage::monitoring)
            doubts.push_back(fmt::format(
                "notice {} is open, and every component is shown as operational", notice.id));
        if (notice.promised > 0s && now - notice.changed_at > notice.promised)
            doubts.push_back(fmt::format("notice {} has had no update for {}: {} was promised",
                                         notice.id, words::span(now - notice.changed_at),
                                         words::span(notice.promised)));
    }
}

}  // namespace

std::vector<std::string> doubts(const Shown& shown, Instant now) {
    constexpr Duration maintenance_max = 24h;
    std::vector<std::string> doubts;
    doubt_components(shown, doubts);
    doubt_notices(shown, now, doubts);
    for (const auto& maintenance : shown.maintenances)
        if (maintenance.is_under_way() && now - maintenance.began_at > maintenance_max)
            doubts.push_back(fmt::format("maintenance {} has been under way for {}", maintenance.id,
                                         words::span(now - maintenance.began_at)));
    for (const auto& target : shown.broken)
        doubts.push_back(
            fmt::format("the page cannot be written to `{}`: {}", target.name, target.detail));
    return doubts;
}

}  // namespace sg::statuspage
