#include "ops/respond/statuspage/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/statuspage/words.h"

namespace sg::statuspage {

namespace {

using config::Publish;
using incidents::Incident;

std::vector<ops::Subject> subjects_of(const Notice& notice) {
    return {subject_of_notice(notice.id), fmt::format("incident:{}", notice.incident)};
}

constexpr std::string_view draft_due = "draft_due";

Impact impact_of(std::int64_t severity) {
    switch (severity) {
        case 1: return Impact::critical;
        case 2: return Impact::major;
        case 3: return Impact::minor;
        default: return Impact::none;
    }
}

void say(ops::Decision& decision, const Notice& notice, Stage stage, std::string body) {
    decision.event(UpdatePublished{.notice = notice.id,
                                   .incident = notice.incident,
                                   .stage = stage,
                                   .body = std::move(body)},
                   subjects_of(notice));
    decision.stop(std::string(draft_due), subject_of_notice(notice.id));
}

// Zero `publish_at`: it waits for a person.
void propose(ops::Decision& decision, const Notice& notice, const Draft& draft) {
    decision.event(
        UpdateDrafted{notice.id, notice.incident, draft.stage, draft.body, draft.publish_at},
        subjects_of(notice));
    const auto subject = subject_of_notice(notice.id);
    if (draft.publish_at == Instant{}) decision.stop(std::string(draft_due), subject);
    else decision.set(std::string(draft_due), subject, draft.publish_at);
}

void drop(ops::Decision& decision, const Notice& notice, std::string why) {
    if (!notice.draft) return;
    decision.event(DraftDiscarded{notice.id, notice.incident, std::move(why)}, subjects_of(notice));
    decision.stop(std::string(draft_due), subject_of_notice(notice.id));
}

struct Case {
    const Notice& notice;
    const config::StatusPage& page;
    Instant now;
};

// The first word about something that hurts: as the policy says.
void begin(ops::Decision& decision, const Case& of, Publish how, std::string body) {
    if (how == Publish::automatic)
        return say(decision, of.notice, Stage::investigating, std::move(body));
    const Instant until = how == Publish::draft ? of.now + of.page.approve_within : Instant{};
    propose(decision, of.notice, {Stage::investigating, std::move(body), of.now, until});
}

// What would be said at a stage, unless the page says so already.
void propose_later(ops::Decision& decision, const Case& of, Stage stage, std::string body) {
    const bool known = of.notice.stage == stage && of.notice.is_public();
    if (known && stage != Stage::investigating && stage != Stage::identified) return;
    propose(decision, of.notice, {stage, std::move(body), of.now, of.now + of.page.approve_within});
}

Result<void> check_words(const std::string& body) {
    constexpr std::size_t body_max = 10'000;
    if (body.empty()) return fail(Errc::invalid_argument, "an update needs a text");
    if (body.size() > body_max)
        return fail(Errc::invalid_argument, "the text is too long", "at most 10,000 bytes");
    return {};
}

}  // namespace

ops::Subject subject_of_notice(std::int64_t notice) { return fmt::format("notice:{}", notice); }

// --- components ----------------------------------------------------------------------------------

Judged judge(const std::vector<Sight>& services) {
    Judged worst;
    const auto at_least = [&](Condition condition, const Sight& sight) {
        if (condition <= worst.condition) return;
        worst = {condition, sight.why};
    };
    const auto is_lost = [](const Sight& sight) {
        return sight.bad_minutes >= bad_minutes_least && sight.half_failed;
    };
    const bool all_lost = !services.empty() && std::ranges::all_of(services, is_lost);
    for (const Sight& sight : services) {
        if (all_lost || sight.severity == 1) at_least(Condition::major_outage, sight);
        if (sight.bad_minutes >= bad_minutes_least) at_least(Condition::partial_outage, sight);
        if (sight.burning || sight.severity == 2 || sight.severity == 3)
            at_least(Condition::degraded_performance, sight);
    }
    return worst;
}

ops::Decision judge(const Claim& claim, Instant now) {
    ops::Decision decision;
    const Component& before = claim.before;
    if (before.fixed && (before.until == Instant{} || now < before.until)) return decision;
    Judged after = claim.judged;
    if (claim.in_maintenance) after = {Condition::under_maintenance, "announced maintenance"};
    if (after.condition == before.condition && !before.fixed) return decision;
    if (after.condition == Condition::operational) after.why = "nothing is wrong with it now";
    decision.event(ComponentChanged{.component = before.name,
                                    .condition = after.condition,
                                    .was = before.condition,
                                    .why = after.why},
                   {"component:" + before.name});
    return decision;
}

ops::Decision fix(const Component& before, const Component& wanted) {
    ops::Decision decision;
    decision.event(ComponentChanged{.component = before.name,
                                    .condition = wanted.condition,
                                    .was = before.condition,
                                    .why = wanted.why,
                                    .fixed = wanted.fixed,
                                    .until = wanted.until},
                   {"component:" + before.name});
    return decision;
}

// --- notices -------------------------------------------------------------------------------------

bool may_be_public(const Incident& incident) {
    if (incident.drill != 0) return false;
    constexpr std::string_view of_ourselves[] = {"ourselves:", "channel:", "statuspage:"};
    const auto is_ours = [&](const std::string& key) {
        return std::ranges::any_of(of_ourselves,
                                   [&](auto prefix) { return key.starts_with(prefix); });
    };
    return std::ranges::none_of(incident.alerts, is_ours) &&
           std::ranges::none_of(incident.cleared, is_ours);
}

Publish policy_of(const config::StatusPage& page, const Incident& incident,
                  const std::vector<std::string>& components) {
    if (!may_be_public(incident)) return Publish::never;
    const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(incident.severity, 1, 4) - 1);
    const Publish policy = page.publish[at];
    // What a detector found, and nobody can say what of ours it concerns, a person looks at first.
    const bool is_vague = components.empty() && !incident.by_person;
    return policy == Publish::automatic && is_vague ? Publish::draft : policy;
}

namespace {

Notice notice_of(const Opening& opening) {
    Notice notice;
    notice.id = opening.id;
    notice.incident = opening.incident.id;
    notice.impact = impact_of(opening.incident.severity);
    notice.components = opening.components;
    notice.promised = opening.incident.policy.communicate;
    return notice;
}

}  // namespace

ops::Decision opened(const Opening& opening) {
    const Notice notice = notice_of(opening);
    ops::Decision decision;
    decision.event(NoticeOpened{.notice = notice.id,
                                .incident = notice.incident,
                                .title = words::title(notice.impact, notice.components),
                                .impact = notice.impact,
                                .components = notice.components,
                                .promised = notice.promised,
                                .began_at = opening.incident.started_at},
                   subjects_of(notice));
    return decision;
}

ops::Decision open(const Opening& opening, const config::StatusPage& page, Instant now) {
    const Publish how = policy_of(page, opening.incident, opening.components);
    if (how == Publish::never) return {};
    ops::Decision decision = opened(opening);
    const Notice notice = notice_of(opening);
    begin(decision, {notice, page, now}, how, words::first(notice));
    return decision;
}

namespace {

void follow_severity(ops::Decision& decision, const Notice& notice, const Incident& incident,
                     const config::StatusPage& page) {
    Notice after = notice;
    after.impact = impact_of(incident.severity);
    after.promised = incident.policy.communicate;
    if (after.impact == notice.impact && after.promised == notice.promised) return;
    decision.event(NoticeReassessed{notice.id, incident.id, after.impact, after.promised},
                   subjects_of(notice));
    // Graver than it was, so that now it would have gone out by itself: it does.
    const bool waits = !notice.is_public() && notice.draft;
    if (waits && policy_of(page, incident, notice.components) == Publish::automatic)
        say(decision, notice, Stage::investigating, words::first(after));
}

}  // namespace

ops::Decision follow(const Notice& notice, const Incident& incident, Occasion occasion,
                     const config::StatusPage& page, Instant now) {
    ops::Decision decision;
    const Case of{notice, page, now};
    const bool shown = notice.is_public();
    const auto later = [&](Stage stage, std::string body) {
        propose_later(decision, of, stage, std::move(body));
    };
    switch (occasion) {
        case Occasion::declared: break;
        case Occasion::graver: follow_severity(decision, notice, incident, page); break;
        case Occasion::mitigated:
            if (shown) later(Stage::monitoring, words::monitoring(notice));
            break;
        case Occasion::relapsed:
            begin(decision, of, policy_of(page, incident, notice.components),
                  shown ? words::again(notice) : words::first(notice));
            break;
        case Occasion::resolved:
            if (shown) later(Stage::resolved, words::resolved(notice));
            else drop(decision, notice, "it was over before anything was published");
            break;
        case Occasion::cancelled:
            if (shown) later(Stage::resolved, words::no_incident(notice));
            else drop(decision, notice, "it was no incident");
            break;
        case Occasion::merged:
            if (shown) later(Stage::resolved, words::told_elsewhere(notice));
            else drop(decision, notice, "it is part of another incident");
            break;
        case Occasion::unheard:
            if (shown && !notice.is_over() && !notice.draft)
                later(notice.stage, words::still(notice));
            break;
    }
    return decision;
}

ops::Decision ring(const Notice& notice, Instant now) {
    ops::Decision decision;
    if (!notice.draft || notice.draft->publish_at == Instant{}) return decision;
    if (now < notice.draft->publish_at) return decision;
    say(decision, notice, notice.draft->stage, notice.draft->body);
    return decision;
}

Result<ops::Decision> publish(const Notice& notice, const Words& words) {
    TRY_VOID(check_words(words.body));
    ops::Decision decision;
    decision.event(UpdatePublished{notice.id, notice.incident, words.stage, words.body, words.title,
                                   words.components},
                   subjects_of(notice));
    decision.stop(std::string(draft_due), subject_of_notice(notice.id));
    return decision;
}

Result<ops::Decision> draft(const Notice& notice, const Draft& wanted) {
    TRY_VOID(check_words(wanted.body));
    ops::Decision decision;
    propose(decision, notice, wanted);
    return decision;
}

Result<ops::Decision> discard(const Notice& notice, const std::string& reason) {
    if (!notice.draft)
        return fail(Errc::conflict, fmt::format("notice {} has no draft", notice.id),
                    "`streamgate statuspage show` lists what is drafted");
    ops::Decision decision;
    drop(decision, notice, reason);
    return decision;
}

}  // namespace sg::statuspage
