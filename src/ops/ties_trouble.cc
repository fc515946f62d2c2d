// Something is wrong, or no longer: what detectors and our own failures mean as an incident.
#include <fmt/format.h>

#include "ops/catalog/ask.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/alerts/commands.h"
#include "ops/detect/alerts/model.h"
#include "ops/detect/slo/ask.h"
#include "ops/detect/slo/model.h"
#include "ops/learn/drills/ask.h"
#include "ops/past.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/notify/model.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

// `sev1` → 1; anything else is the least.
std::int64_t severity_of(const std::string& word) {
    return word.size() == 4 && word[3] >= '1' && word[3] <= '4' ? word[3] - '0' : 4;
}

std::string team_of(const Turn& turn, const std::string& service) {
    const auto* team = catalog::team_of(turn.config, service);
    return team == nullptr ? std::string() : team->id;
}

// Whose the alerts of an inbox are that name no service; empty: the inbox does not say.
std::string team_of_inbox(const Turn& turn, std::string_view source) {
    constexpr std::string_view prefix = "inbox:";
    if (!source.starts_with(prefix)) return {};
    const auto& inboxes = turn.config.operations.inbox;
    const auto inbox = inboxes.find(std::string(source.substr(prefix.size())));
    return inbox == inboxes.end() ? std::string() : inbox->second.team;
}

// `need`: the dependency that it is about; empty: none.
Result<void> declare(const Turn& turn, incidents::Trigger trigger, const Senses& senses = {},
                     const std::string& need = {}) {
    TRY(const auto began, new_since(turn, trigger, senses));
    if (!began) return {};
    trigger.started_at = *began;
    if (trigger.team.empty()) trigger.team = team_of(turn, trigger.service);
    TRY(trigger.drill,
        drills::who_explains(turn.tx.session(), {trigger.key, trigger.service, need,
                                                 *began == Instant{} ? turn.now : *began}));
    TRY([[maybe_unused]] const auto id, incidents::declare_or_join(turn, trigger));
    return {};
}

// What is trouble of our own has no service: every kind of it is one incident.
incidents::Trigger of_ourselves(std::string key, std::string title, std::int64_t severity) {
    return {.key = std::move(key), .title = std::move(title), .severity = severity};
}

// Of what an alert's event or its row says: they name it alike.
incidents::Trigger trigger_of(const Turn& turn, const auto& alert) {
    return {.key = "alert:" + alert.fingerprint,
            .title = alert.title,
            .severity = severity_of(alert.severity),
            .service = alert.service,
            .team = alert.service.empty() ? team_of_inbox(turn, alert.source) : "",
            .started_at = alert.started_at};
}

std::string need_of(const alerts::Labels& labels) {
    const auto need = labels.find("need");
    return need == labels.end() ? std::string() : need->second;
}

std::string key_of(const notify::Reachability& channel) {
    return fmt::format("channel:{}/{}", channel.channel, channel.person);
}

}  // namespace

// Silenced or inhibited: it is known, and nobody is told.
Result<void> declare_for_alert(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto alert, from_json<alerts::AlertRaised>(event.payload));
    if (!alert.suppressed_by.empty()) return {};
    return declare(turn, trigger_of(turn, alert), senses, need_of(alert.labels));
}

Result<void> worsen_for_alert(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto alert, from_json<alerts::AlertWorsened>(event.payload));
    return declare(turn, {.key = "alert:" + alert.fingerprint,
                          .title = alert.title,
                          .severity = severity_of(alert.severity),
                          .service = alert.service});
}

Result<void> clear_for_alert(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto alert, from_json<alerts::AlertCleared>(event.payload));
    TRY_VOID(incidents::clear(turn, "alert:" + alert.fingerprint));
    return let_go_of_the_past(turn, alert.service, senses);
}

// The signal was held back as one of the past. It has ended since, or is looked at once more.
Result<void> past_recheck_due(const Turn& turn, const store::Wakeup& clock, const Senses& senses) {
    constexpr std::string_view of_alert = "alert:", of_objective = "objective:";
    const std::string_view key = clock.subject;
    if (key.starts_with(of_alert)) {
        const auto fingerprint = std::string(key.substr(of_alert.size()));
        TRY(const auto alert, alerts::by_fingerprint(turn.tx, fingerprint));
        if (!alert || alert->state != alerts::State::firing || !alert->suppressed_by.empty())
            return {};
        return declare(turn, trigger_of(turn, *alert), senses);
    }
    if (!key.starts_with(of_objective)) return {};
    TRY(const auto standing,
        slo::standing_of(turn.tx, std::string(key.substr(of_objective.size()))));
    if (!standing || standing->level != slo::Level::page) return {};
    return declare(turn,
                   {.key = clock.subject,
                    .title = fmt::format("{}: {} burns its budget again ({})", standing->service,
                                         standing->id, standing->tier),
                    .severity = severity_of(standing->severity),
                    .service = standing->service,
                    .started_at = standing->started_at},
                   senses);
}

Result<void> alert_ends(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return alerts::alert_ends(turn, clock.subject);
}

Result<void> heartbeat_missed(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return alerts::heartbeat_missed(turn, clock.subject);
}

Result<void> declare_for_objective(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto breach, from_json<slo::Breached>(event.payload));
    return declare(turn,
                   {.key = "objective:" + breach.objective,
                    .title = breach.title,
                    .severity = severity_of(breach.severity),
                    .service = breach.service,
                    .started_at = breach.started_at},
                   senses);
}

Result<void> clear_for_objective(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto recovered, from_json<slo::Recovered>(event.payload));
    return incidents::clear(turn, "objective:" + recovered.objective);
}

// It still burns, but no faster than a ticket: users have stopped hurting.
Result<void> clear_for_eased_objective(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto eased, from_json<slo::Eased>(event.payload));
    return incidents::clear(turn, "objective:" + eased.objective);
}

Result<void> declare_for_silence(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto unseen, from_json<slo::Unseen>(event.payload));
    return declare(turn, {.key = "unseen:" + unseen.objective,
                          .title = fmt::format("nothing is known of {}", unseen.objective),
                          .severity = 3,
                          .service = unseen.service,
                          .started_at = unseen.since});
}

Result<void> clear_for_silence(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto seen, from_json<slo::Seen>(event.payload));
    return incidents::clear(turn, "unseen:" + seen.objective);
}

Result<void> declare_for_ourselves(const Turn& turn, const Recorded& event, const Senses&) {
    const bool action = event.kind == Kind::action_failed;
    std::string title;
    if (action) {
        TRY(const auto failed, from_json<ActionFailed>(event.payload));
        title = fmt::format("{} was given up: {}", failed.action, failed.error);
    } else {
        TRY(const auto aside, from_json<ReactionSetAside>(event.payload));
        // One that was set aside because declaring fails would come back here for ever.
        if (aside.reaction == "incidents.ourselves") return {};
        title = fmt::format("{} was set aside: {}", aside.reaction, aside.error);
    }
    const auto key = fmt::format("ourselves:{}", event.seq);
    return declare(turn, of_ourselves(key, std::move(title), action ? 4 : 2));
}

Result<void> declare_for_channel(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto broken, from_json<notify::ChannelBroken>(event.payload));
    const auto whom = broken.person.empty() ? std::string("anybody") : broken.person;
    return declare(
        turn, of_ourselves(
                  key_of(broken),
                  fmt::format("{} does not reach {}: {}", broken.channel, whom, broken.detail), 4));
}

Result<void> clear_for_channel(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto mended, from_json<notify::ChannelMended>(event.payload));
    return incidents::clear(turn, key_of(mended));
}

}  // namespace sg::ops::ties
