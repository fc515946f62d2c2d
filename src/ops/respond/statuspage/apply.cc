// How notices and maintenances follow from their events.
#include "ops/respond/statuspage/decide.h"

namespace sg::statuspage {

namespace {

template <class Payload>
Payload payload_of(const ops::Recorded& event) {
    return from_json<Payload>(event.payload).value_or(Payload{});
}

void on(Notice& n, const NoticeOpened& e, Instant at) {
    n.id = e.notice;
    n.incident = e.incident;
    n.title = e.title;
    n.impact = e.impact;
    n.components = e.components;
    n.promised = e.promised;
    n.began_at = e.began_at;
    n.opened_at = n.changed_at = at;
}

void on(Notice& n, const UpdatePublished& e, const ops::Recorded& event) {
    n.updates.push_back({.number = std::ssize(n.updates) + 1,
                         .status = std::string(word(e.stage)),
                         .body = e.body,
                         .at = event.at,
                         .by = event.actor.who});
    if (!e.title.empty()) n.title = e.title;
    if (!e.components.empty()) n.components = e.components;
    n.draft.reset();
    n.changed_at = event.at;
    if (!n.is_public()) n.published_at = event.at;
    n.stage = e.stage;
    if (e.stage == Stage::monitoring) n.monitoring_at = event.at;
    // A post-mortem of what was never called resolved says that it is.
    const bool over = e.stage == Stage::resolved || e.stage == Stage::postmortem;
    if (!over) n.resolved_at = Instant{};
    else if (!n.is_over()) n.resolved_at = event.at;
}

}  // namespace

Notice apply(Notice notice, const ops::Recorded& event) {
    using ops::Kind;
    if (event.kind == Kind::statuspage_notice_opened) {
        on(notice, payload_of<NoticeOpened>(event), event.at);
    } else if (event.kind == Kind::statuspage_published) {
        on(notice, payload_of<UpdatePublished>(event), event);
    } else if (event.kind == Kind::statuspage_drafted) {
        const auto drafted = payload_of<UpdateDrafted>(event);
        notice.draft = Draft{drafted.stage, drafted.body, event.at, drafted.publish_at};
    } else if (event.kind == Kind::statuspage_discarded) {
        notice.draft.reset();
    } else if (event.kind == Kind::statuspage_reassessed) {
        const auto reassessed = payload_of<NoticeReassessed>(event);
        notice.impact = reassessed.impact;
        notice.promised = reassessed.promised;
    }
    return notice;
}

Maintenance apply(Maintenance m, const ops::Recorded& event) {
    const auto say = [&](Phase phase, const std::string& body) {
        m.updates.push_back({.number = std::ssize(m.updates) + 1,
                             .status = std::string(word(phase)),
                             .body = body,
                             .at = event.at,
                             .by = event.actor.who});
        m.phase = phase;
        m.changed_at = event.at;
    };
    if (event.kind == ops::Kind::statuspage_maintenance_scheduled) {
        const auto scheduled = payload_of<MaintenanceScheduled>(event);
        m.id = scheduled.maintenance;
        m.title = scheduled.title;
        m.components = scheduled.components;
        m.from = scheduled.from;
        m.until = scheduled.until;
        m.made_at = event.at;
        say(Phase::scheduled, scheduled.body);
    } else if (event.kind == ops::Kind::statuspage_maintenance_moved) {
        const auto moved = payload_of<MaintenanceMoved>(event);
        say(moved.phase, moved.body);
        if (moved.phase == Phase::in_progress && m.began_at == Instant{}) m.began_at = event.at;
        if (moved.phase == Phase::completed) m.completed_at = event.at;
    }
    return m;
}

}  // namespace sg::statuspage
