// An incident's runbook: which it is, what its checks found, and when it is over.
#include <fmt/format.h>

#include "base/json.h"
#include "ops/detect/alerts/ask.h"
#include "ops/detect/slo/ask.h"
#include "ops/picture.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/decide.h"
#include "ops/respond/runbooks/shelf.h"
#include "ops/ties.h"

namespace sg::ops::ties {

namespace {

constexpr std::string_view of_alert = "alert:", of_objective = "objective:";

// `shop/latency` → `latency`
std::string kind_of_objective(std::string_view id) {
    const auto slash = id.rfind('/');
    return std::string(slash == std::string_view::npos ? id : id.substr(slash + 1));
}

// Of dependencies: the alert on one names it.
std::string kind_of_need(const Turn& turn, const alerts::Alert& alert) {
    const auto name = alert.labels.find("need");
    if (alert.source != "need" || name == alert.labels.end()) return {};
    const auto need = turn.config.operations.needs.find(name->second);
    if (need == turn.config.operations.needs.end()) return {};
    return std::string(
        WordsOf<config::Need::Kind>::words[static_cast<std::size_t>(need->second.kind)]);
}

Result<runbooks::Occasion> occasion_of(const Turn& turn, const incidents::Incident& incident,
                                       const std::string& key) {
    runbooks::Occasion occasion;
    TRY(occasion.runbook, named_runbook(turn, incident));
    if (key.starts_with(of_objective))
        occasion.objective = kind_of_objective(key.substr(of_objective.size()));
    if (!key.starts_with(of_alert)) return occasion;
    TRY(const auto alert, alerts::by_fingerprint(turn.tx, key.substr(of_alert.size())));
    if (!alert) return occasion;
    occasion.alert = alert->name;
    occasion.need = kind_of_need(turn, *alert);
    return occasion;
}

}  // namespace

Result<std::string> named_runbook(const Turn& turn, const incidents::Incident& incident) {
    const auto& config = turn.config;
    for (const auto& key : incident.alerts) {
        if (key.starts_with(of_alert)) {
            TRY(const auto alert, alerts::by_fingerprint(turn.tx, key.substr(of_alert.size())));
            if (alert && !alert->runbook.empty()) return alert->runbook;
        }
        if (!key.starts_with(of_objective)) continue;
        const auto runbook = slo::runbook_of(config, key.substr(of_objective.size()));
        if (!runbook.empty()) return runbook;
    }
    const auto service = config.services.find(incident.service);
    return service == config.services.end() ? std::string() : service->second.runbook;
}

Result<void> start_runbook(const Turn& turn, const Recorded& event, const Senses& senses) {
    TRY(const auto declared, from_json<incidents::IncidentDeclared>(event.payload));
    TRY(const auto incident, incidents::find(turn.tx.session(), declared.incident));
    if (senses.shelf == nullptr || !incident || !incidents::users_hurt(incident->state)) return {};
    TRY(const auto occasion, occasion_of(turn, *incident, declared.trigger.key));
    const auto books = senses.shelf->books();
    const auto* runbook = runbooks::runbook_for(*books, occasion);
    if (runbook == nullptr) return {};
    TRY([[maybe_unused]] const auto run,
        runs::start(turn, {}, *runbook,
                    {.incident = incident->id, .service = incident->service, .by = "system"},
                    diagnosis_of(turn, senses)));
    return {};
}

Result<void> overtake_runbooks(const Turn& turn, const Recorded& event, const Senses&) {
    if (event.subjects.empty()) return {};
    const auto id = incidents::incident_of(event.subjects.front());
    if (!id) return {};
    TRY(const auto incident, incidents::find(turn.tx.session(), *id));
    if (!incident || incidents::is_open(incident->state)) return {};
    return runs::overtake(turn, *id,
                          fmt::format("incident {} is {}", *id, incidents::word(incident->state)));
}

Result<void> give_up_checks(const Turn& turn, const store::Wakeup& clock, const Senses& senses) {
    return runs::give_up(turn, runs::number_of(clock.subject), diagnosis_of(turn, senses));
}

Result<void> give_up_question(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    return runs::unanswered(turn, runs::number_of(clock.subject));
}

// What was seen comes as what the action says of itself; it is done once, whatever came of it.
Result<void> looked(const Turn& turn, const store::Job& job, const Performed& done,
                    const Senses& senses) {
    TRY(const auto order, from_json<runs::LookOrder>(job.body));
    auto look = runs::look_of(order, {}, done.detail);
    if (done.how == Performed::How::done) {
        TRY(look, from_json<runs::Look>(done.detail));
    }
    return runs::take(turn, order.run, look, diagnosis_of(turn, senses));
}

}  // namespace sg::ops::ties
