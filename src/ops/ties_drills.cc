// Drills: what is real and what is called, and how it ends.
#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/alerts/intervals.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/slo/ask.h"
#include "ops/learn/drills/commands.h"
#include "ops/rehearse.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/incidents/commands.h"
#include "ops/ties.h"

namespace sg::ops {

namespace {

constexpr Duration steady_over = 30s;
// A ticket waits for the day; it neither keeps a drill from beginning nor ends one.
constexpr std::int64_t severity_least = 3;

std::string show(const incidents::Incident& incident) {
    return fmt::format("INC-{} SEV-{} {}", incident.id, incident.severity, incident.title);
}

bool is_trouble(const incidents::Incident& incident) {
    return incident.drill == 0 && incident.severity <= severity_least &&
           incidents::users_hurt(incident.state);
}

Result<std::vector<std::string>> troubles_of(const Turn& turn) {
    TRY(const auto open, incidents::open_incidents(turn.tx.session()));
    std::vector<std::string> troubles;
    for (const auto& incident : open)
        if (is_trouble(incident)) troubles.push_back(show(incident));
    return troubles;
}

Result<bool> is_time(const Turn& turn) {
    const auto& operations = turn.config.operations;
    if (operations.drills.during.empty()) return true;
    for (const auto& name : operations.drills.during) {
        const auto interval = operations.intervals.find(name);
        if (interval == operations.intervals.end()) continue;
        TRY(const bool within, alerts::is_within(interval->second, turn.now));
        if (within) return true;
    }
    return false;
}

// Objectives of services that the drill has nothing to do with.
Result<std::vector<std::string>> burning_elsewhere(const Turn& turn, const drills::Drill& drill) {
    TRY(const auto standings, slo::not_well(turn.tx));
    std::vector<std::string> list;
    for (const auto& one : standings) {
        const bool ours = std::ranges::find(drill.services, one.service) != drill.services.end();
        if (ours || one.level != slo::Level::page || one.started_at < drill.begun_at) continue;
        list.push_back(fmt::format("{} burns its budget", one.id));
    }
    return list;
}

Result<drills::Sight> sight_of(const Turn& turn, const drills::Drill& drill) {
    drills::Sight sight;
    TRY(sight.seen, drills::seen_since(turn.tx.session(), drill.begun_seq));
    TRY(sight.troubles, troubles_of(turn));
    TRY(auto burning, burning_elsewhere(turn, drill));
    sight.troubles.insert(sight.troubles.end(), burning.begin(), burning.end());
    TRY(const auto open, incidents::open_incidents(turn.tx.session()));
    for (const auto& incident : open) {
        if (incident.drill != drill.id) continue;
        sight.open = true;
        sight.hurts = sight.hurts || incidents::users_hurt(incident.state);
    }
    return sight;
}

// Users are well again and nobody has to look for a cause that is known.
Result<void> resolve_incidents(const Turn& turn, const drills::Drill& drill) {
    TRY(const auto open, incidents::open_incidents(turn.tx.session()));
    for (const auto& incident : open)
        if (incident.drill == drill.id && incident.state == incidents::State::mitigated)
            TRY_VOID(incidents::act(
                turn, incident.id,
                {incidents::Verb::resolve, {}, fmt::format("drill {} is over", drill.id)}));
    return {};
}

// The fault is gone, and they hurt still: this is no drill any more.
Result<void> release_incidents(const Turn& turn, const drills::Drill& drill) {
    TRY(const auto open, incidents::open_incidents(turn.tx.session()));
    for (const auto& incident : open) {
        if (incident.drill != drill.id) continue;
        if (incidents::users_hurt(incident.state))
            TRY_VOID(incidents::become_real(
                turn, incident.id,
                fmt::format("drill {} is over and the fault is lifted, yet it goes on", drill.id)));
    }
    return {};
}

}  // namespace

Result<std::int64_t> begin_drill(const Turn& turn, const Actor& actor,
                                 const drills::Scenario& scenario, const drills::Wish& wish,
                                 const Senses& senses) {
    TRY(const auto plan, drills::aim(scenario, turn.config, wish));
    drills::Surroundings around{.permitted = turn.config.operations.drills.permitted};
    TRY(around.is_time, is_time(turn));
    TRY(const auto running, drills::active(turn.tx.session()));
    around.running = running ? running->id : 0;
    TRY(around.troubles, troubles_of(turn));
    if (senses.history != nullptr && !plan.target.service.empty()) {
        const auto flow =
            senses.history->service(plan.target.service, turn.now - steady_over, turn.now);
        const auto seconds = std::chrono::duration<double>(steady_over).count();
        around.rate = static_cast<double>(flow.requests) / seconds;
        around.errors = static_cast<double>(flow.failed) /
                        static_cast<double>(std::max<std::int64_t>(1, flow.requests));
    }
    TRY_VOID(drills::may_begin(plan, scenario.steady, around));
    return drills::begin(turn, actor, plan);
}

namespace ties {

Result<void> drill_due(const Turn& turn, const store::Wakeup& clock, const Senses&) {
    TRY(const auto drill, drills::find(turn.tx.session(), drills::number_of(clock.subject)));
    if (!drill || !drills::is_active(*drill)) return {};
    TRY(const auto sight, sight_of(turn, *drill));
    TRY(const auto after, drills::look(turn, drill->id, sight));
    if (after.state == drills::State::ended) return release_incidents(turn, after);
    if (after.state == drills::State::settling) return resolve_incidents(turn, after);
    return {};
}

namespace {

Result<drills::Came> came_of(const store::Job& job, const Performed& done) {
    drills::Came came;
    TRY(came.work, from_json<drills::Work>(job.body));
    if (done.how != Performed::How::done) {
        came.error = done.detail.empty() ? "it failed" : done.detail;
        return came;
    }
    TRY(came.done, from_json<drills::Done>(done.detail));
    return came;
}

}  // namespace

Result<void> drill_prepared(const Turn& turn, const store::Job& job, const Performed& done,
                            const Senses&) {
    TRY(const auto came, came_of(job, done));
    return drills::on_prepared(turn, came);
}

Result<void> drill_injected(const Turn& turn, const store::Job& job, const Performed& done,
                            const Senses&) {
    TRY(const auto came, came_of(job, done));
    return drills::on_injected(turn, came);
}

Result<void> drill_lifted(const Turn& turn, const store::Job& job, const Performed& done,
                          const Senses&) {
    TRY(const auto came, came_of(job, done));
    return drills::on_lifted(turn, came);
}

// A fault that nobody can take back is an incident, and no drill.
Result<void> declare_for_stuck_drill(const Turn& turn, const Recorded& event, const Senses&) {
    TRY(const auto stuck, from_json<drills::DrillStuck>(event.payload));
    TRY([[maybe_unused]] const auto id,
        incidents::declare_or_join(
            turn, {.key = fmt::format("ourselves:drill:{}", stuck.drill),
                   .title = fmt::format("the fault of drill {} cannot be lifted: {}", stuck.drill,
                                        stuck.error),
                   .severity = 2,
                   .started_at = turn.now}));
    return {};
}

}  // namespace ties

}  // namespace sg::ops
