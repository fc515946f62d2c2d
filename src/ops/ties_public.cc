// What happens to incidents and objectives as the public hears of it; and what it means for us that
// it does, or that it cannot.
#include <fmt/format.h>

#include "ops/respond/incidents/commands.h"
#include "ops/respond/incidents/decide.h"
#include "ops/respond/statuspage/commands.h"
#include "ops/respond/subscribers/commands.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

std::optional<statuspage::Occasion> occasion_of(Kind kind) {
    using statuspage::Occasion;
    switch (kind) {
        case Kind::incident_declared: return Occasion::declared;
        case Kind::incident_became_real: return Occasion::declared;
        case Kind::incident_severity_changed: return Occasion::graver;
        case Kind::incident_mitigated: return Occasion::mitigated;
        case Kind::incident_relapsed: return Occasion::relapsed;
        case Kind::incident_resolved: return Occasion::resolved;
        case Kind::incident_cancelled: return Occasion::cancelled;
        case Kind::incident_merged: return Occasion::merged;
        case Kind::incident_clock_missed: return Occasion::unheard;
        default: return std::nullopt;
    }
}

std::optional<std::int64_t> incident_in(const Recorded& event) {
    if (event.subjects.empty()) return std::nullopt;
    return incidents::incident_of(event.subjects.front());
}

std::string key_of(const std::string& target) { return "statuspage:" + target; }

}  // namespace

Result<void> follow_page(const Turn& turn, const Recorded&, const Senses& senses) {
    return statuspage::follow_configuration(turn, senses.history);
}

Result<void> judge_components(const Turn& turn, const Recorded&, const Senses& senses) {
    return statuspage::judge(turn, senses.history);
}

// First how it stands, then what is said of it.
Result<void> tell_public(const Turn& turn, const Recorded& event, const Senses& senses) {
    const auto occasion = occasion_of(event.kind);
    const auto incident = incident_in(event);
    if (!occasion || !incident) return {};
    TRY_VOID(statuspage::judge(turn, senses.history));
    return statuspage::on_incident(turn, *incident, *occasion);
}

Result<void> tell_public_again(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto missed, from_json<incidents::IncidentClockMissed>(event.payload));
    return missed.clock == "update_due" ? tell_public(turn, event, senses) : Result<void>{};
}

// What the public reads is an update for those who wait: the clock begins anew.
Result<void> note_told(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto published, from_json<statuspage::UpdatePublished>(event.payload));
    const auto told =
        incidents::tell(turn, {event.actor.who, "statuspage"}, published.incident, published.body);
    // Of one that is closed there is no clock any more.
    if (!told && told.error().code != Errc::conflict) return told;
    return {};
}

Result<void> declare_for_page(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto broken, from_json<statuspage::TargetBroken>(event.payload));
    // What the gateway serves says nothing new any more; a copy is a spare.
    const std::int64_t severity = broken.target == statuspage::here ? 3 : 4;
    TRY([[maybe_unused]] const auto id,
        incidents::declare_or_join(
            turn, {.key = key_of(broken.target),
                   .title = fmt::format("the status page cannot be written to `{}`: {}",
                                        broken.target, broken.detail),
                   .severity = severity,
                   .started_at = turn.now}));
    return {};
}

Result<void> clear_for_page(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto mended, from_json<statuspage::TargetMended>(event.payload));
    return incidents::clear(turn, key_of(mended.target));
}

Result<void> page_due(const Turn& turn, const store::Wakeup&, const Senses& senses) {
    return statuspage::tick(turn, senses.history);
}

Result<void> draft_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return statuspage::on_draft_due(turn, clock.subject);
}

Result<void> maintenance_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return statuspage::on_maintenance_due(turn, clock.subject);
}

Result<void> page_delivered(const Turn& turn, const store::Job& job, const Performed& done,
                            const Senses&) {
    const bool written = done.how == Performed::How::done;
    const auto detail = written               ? std::string()
                        : done.detail.empty() ? std::string("it failed")
                                              : done.detail;
    return statuspage::on_delivered(turn, job.body, detail);
}

// --- who is told ---------------------------------------------------------------------------------

Result<void> tell_subscribers(const Turn& turn, const Recorded& event, const Senses&) {
    return subscribers::on_published(turn, event);
}

Result<void> next_subscribers(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return subscribers::on_batch_due(turn, clock.subject);
}

Result<void> expire_subscriber(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return subscribers::on_expiry(turn, clock.subject);
}

Result<void> subscriber_told(const Turn& turn, const store::Job& job, const Performed& done,
                             const Senses&) {
    using How = subscribers::Came::How;
    const How how = done.how == Performed::How::done    ? How::taken
                    : done.how == Performed::How::again ? How::later
                                                        : How::refused;
    return subscribers::on_result(turn, job.body, {how, done.detail});
}

}  // namespace sg::ops::ties
