// An incident means people: who is paged for it, what they are told, and what their answer means.
#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/mitigation/ask.h"
#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/commands.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/commands.h"
#include "ops/respond/runs/ask.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

Result<std::optional<incidents::Incident>> incident_of(const Turn& turn, const Recorded& event) {
    if (event.subjects.empty()) return std::nullopt;
    const auto id = incidents::incident_of(event.subjects.front());
    if (!id) return std::nullopt;
    return incidents::find(turn.tx.session(), *id);
}

oncall::Trouble trouble_of(const incidents::Incident& incident) {
    return {.incident = incident.id,
            .title = incident.title,
            .severity = incident.severity,
            .service = incident.service,
            .team = incident.team};
}

}  // namespace

Result<void> page(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto incident, incident_of(turn, event));
    if (!incident || !incidents::users_hurt(incident->state)) return {};
    return oncall::page(turn, trouble_of(*incident));
}

Result<void> page_again(const Turn& turn, const Recorded& event, const Senses& senses) {
    return page(turn, event, senses);
}

// Whoever answered a drill has not answered this.
Result<void> page_in_earnest(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto incident, incident_of(turn, event));
    if (!incident || !incidents::users_hurt(incident->state)) return {};
    TRY_VOID(oncall::stop(turn, incident->id, "no drill any more"));
    return oncall::page(turn, trouble_of(*incident));
}

Result<void> page_on(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto escalated, from_json<incidents::IncidentEscalated>(event.payload));
    TRY(const auto incident, incident_of(turn, event));
    if (!incident || !incidents::users_hurt(incident->state)) return {};
    return oncall::escalate(turn, {}, trouble_of(*incident), escalated.why);
}

// No channel took it: the next step is taken at once rather than when its time comes.
Result<void> page_for_unreached(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto failed, from_json<notify::NotificationFailed>(event.payload));
    TRY(const auto incident, incidents::find(turn.tx.session(), failed.incident));
    if (!incident || incident->state != incidents::State::declared) return {};
    return oncall::escalate(turn, {}, trouble_of(*incident),
                            fmt::format("{} cannot be reached", failed.person));
}

Result<void> stop_pages(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto incident, incident_of(turn, event));
    if (!incident) return {};
    return oncall::stop(turn, incident->id, std::string(incidents::word(incident->state)));
}

// Whoever acknowledges the incident has answered its pages, and the other way round.
Result<void> acknowledge_pages(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto incident, incident_of(turn, event));
    if (!incident) return {};
    TRY(const auto pages, oncall::pages_of(turn.tx.session(), incident->id));
    const auto walks = [](const oncall::Page& p) { return p.state == oncall::PageState::walking; };
    if (std::ranges::none_of(pages, walks)) return {};  // It was a page that was answered.
    return oncall::acknowledge(turn, event.actor,
                               {.incident = incident->id, .how = event.actor.origin});
}

Result<void> acknowledge_incident(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto answered, from_json<oncall::PageAcknowledged>(event.payload));
    TRY(const auto incident, incidents::find(turn.tx.session(), answered.incident));
    if (!incident || incident->state != incidents::State::declared) return {};
    return incidents::act(turn, incident->id,
                          {incidents::Verb::acknowledge, {answered.person, answered.how}, ""});
}

// --- messages ------------------------------------------------------------------------------------

namespace {

// Who is on call at each level, and how one reaches them without us.
Result<std::vector<std::string>> contacts_of(const Turn& turn,
                                             const incidents::Incident& incident) {
    std::vector<std::string> contacts;
    if (incident.team.empty()) return contacts;
    TRY(const auto crew, oncall::crew_of(turn.tx.session(), turn.config, incident.team, turn.now));
    for (const auto level : oncall::levels)
        for (const auto& person : crew.on_call.at(static_cast<std::size_t>(level)))
            contacts.push_back(
                notify::contact_of(person, oncall::word(level), turn.config.operations));
    return contacts;
}

std::string impact_of(const incidents::Impact& impact) {
    if (impact.failed == 0) return {};
    auto text = fmt::format("{} of {} requests failed ({:.0f} %)", impact.failed, impact.requests,
                            impact.failed_share * 100);
    if (impact.clients > 0)
        text += fmt::format(", {} client{}", impact.clients, impact.clients == 1 ? "" : "s");
    if (!impact.worst_route.empty()) text += ", most on route " + impact.worst_route;
    return text;
}

// What waits for a person first; else what is done already. What is only observed is neither.
Result<std::string> proposed_for(const Turn& turn, const incidents::Incident& incident) {
    TRY(const auto all, mitigation::of_incident(turn.tx.session(), incident.id));
    std::string done;
    for (const auto& m : all) {
        const auto way = mitigation::way_back(m.wanted);
        if (m.state == mitigation::State::proposed)
            return fmt::format("{} · way back: {} · {}", m.sentence, way,
                               mitigation::next_command(m));
        if (mitigation::is_in_force(m) && !m.taking_back)
            done =
                fmt::format("in force already: {} · {}", m.sentence, mitigation::next_command(m));
    }
    return done;
}

Result<notify::Briefing> briefing_of(const Turn& turn, const incidents::Incident& incident) {
    notify::Briefing briefing;
    briefing.drill = incident.drill != 0;
    briefing.since = incident.started_at;
    briefing.impact = impact_of(incident.impact);
    briefing.likely = incident.impact.likely;
    TRY(briefing.runbook, named_runbook(turn, incident));
    TRY(const auto run, runs::run_of(turn.tx.session(), incident.id));
    if (run) {
        if (!run->likely.empty()) briefing.likely = run->likely;
        if (run->state == runs::State::asking) briefing.proposed = runs::proposed(*run);
        if (briefing.runbook.empty()) briefing.runbook = run->runbook;
    }
    if (briefing.proposed.empty()) {
        TRY(briefing.proposed, proposed_for(turn, incident));
    }
    TRY(briefing.contacts, contacts_of(turn, incident));
    if (const auto promise = incidents::next_promise(incident)) {
        briefing.next = promise->what;
        briefing.next_at = promise->due;
    }
    return briefing;
}

}  // namespace

Result<void> deliver(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto sent, from_json<oncall::PageSent>(event.payload));
    TRY(const auto found, oncall::find_page(turn.tx.session(), sent.page));
    if (!found) return fail(Errc::not_found, fmt::format("page {}", sent.page));
    notify::Background background;
    background.page = *found;
    TRY(const auto incident, incidents::find(turn.tx.session(), sent.incident));
    if (incident) {
        TRY(background.briefing, briefing_of(turn, *incident));
    }
    return notify::deliver(turn, event, background);
}

Result<void> tell_acknowledged(const Turn& turn, const Recorded& event, const Senses&) {
    return notify::on_acknowledged(turn, event);
}

Result<void> tell_mitigated(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto mitigated, from_json<incidents::IncidentMitigated>(event.payload));
    return notify::tell(turn, {mitigated.incident, notify::Purpose::mitigated, event.actor.who});
}

Result<void> tell_resolved(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto resolved, from_json<incidents::IncidentResolved>(event.payload));
    return notify::tell(turn, {resolved.incident, notify::Purpose::resolved, event.actor.who});
}

// --- the configuration ---------------------------------------------------------------------------

Result<void> follow_schedule(const Turn& turn, const Recorded&, const Senses&) {
    return oncall::follow_configuration(turn);
}

Result<void> schedule_channel_tests(const Turn& turn, const Recorded&, const Senses&) {
    return notify::schedule_tests(turn);
}

// --- clocks and results --------------------------------------------------------------------------

Result<void> ring_incident(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    const auto id = incidents::incident_of(clock.subject);
    if (!id) return fail(Errc::internal, "a clock of no incident");
    return incidents::ring(turn, *id, clock.name, clock.due);
}

Result<void> next_page_step(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return oncall::next_step(turn, clock.subject);
}

Result<void> reopen_page(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return oncall::reopen(turn, clock.subject);
}

Result<void> hand_over(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return oncall::hand_over(turn, clock.subject);
}

Result<void> notification_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return notify::on_due(turn, clock.subject);
}

Result<void> channel_test_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return notify::on_test_due(turn, clock.subject);
}

Result<void> notification_result(const Turn& turn, const store::Job& job, const Performed& done,
                                 const Senses&) {
    using Outcome = ports::Delivery::Outcome;
    notify::Receipt receipt{.detail = done.detail, .retry_after = done.retry_after};
    switch (done.how) {
        case Performed::How::done: receipt.outcome = Outcome::delivered; break;
        case Performed::How::again: receipt.outcome = Outcome::retry; break;
        case Performed::How::failed: receipt.outcome = Outcome::permanent; break;
    }
    return notify::on_result(turn, job.key, receipt);
}

}  // namespace sg::ops::ties
