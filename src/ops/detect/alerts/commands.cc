#include "ops/detect/alerts/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "ops/detect/alerts/conditions.h"
#include "ops/detect/alerts/decide.h"
#include "ops/detect/alerts/heartbeats.h"
#include "ops/detect/alerts/store.h"

namespace sg::alerts {

namespace {

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    if (decision.empty()) return {};
    TRY(const auto recorded, ops::record(turn, actor, decision));
    return {};
}

std::vector<Condition> look(const Sight& sight, Watch& watch) {
    remember(sight.second, watch);
    take_answers(sight, watch);
    auto seen = find_by_rules(sight, watch);
    for (auto more :
         {find_hard_faults(sight, watch), find_lost_endpoints(sight), find_failed_probes(sight),
          find_failed_needs(sight), find_silent_gateways(sight), find_silent_sources(sight),
          find_risks(watch.durability, sight.second.at)})
        std::ranges::move(more, std::back_inserter(seen));
    return seen;
}

std::string without_prefix(std::string_view subject) {
    return std::string(subject.substr(subject.find(':') + 1));
}

}  // namespace

Result<void> judge(const ops::Turn& turn, const signals::Second& second,
                   const signals::History& history, Watch& watch) {
    TRY(const auto standing, load(turn.tx));
    TRY(const auto expected, heartbeats(turn.tx));
    std::set<std::string> firing;
    for (const auto& [fingerprint, alert] : standing.open)
        if (alert.state == State::firing) firing.insert(fingerprint);
    const auto seen = look({turn.config, second, history, firing}, watch);
    note_absence(watch.absent_since, standing, seen, turn.now);

    const auto& operations = turn.config.operations;
    auto decision = judge(standing, seen, watch.absent_since, operations, turn.now);
    decision.add(expect(operations, expected, standing, turn.now));
    decision.add(send_heartbeats(operations, watch.beat_at, turn.now));
    return write(turn, {}, decision);
}

void look_on(const signals::Second& second, Watch& watch) {
    Watch fresh;
    fresh.durability = std::move(watch.durability);
    fresh.seconds = std::move(watch.seconds);
    watch = std::move(fresh);
    remember(second, watch);
}

Result<void> receive(const ops::Turn& turn, const std::string& inbox, const Incoming& incoming) {
    const auto& operations = turn.config.operations;
    const auto found = operations.inbox.find(inbox);
    if (found == operations.inbox.end())
        return fail(Errc::not_found, fmt::format("there is no inbox `{}`", inbox));
    TRY(auto standing, load(turn.tx));
    for (const OutsideAlert& alert : incoming.alerts) {
        // Each sees what the one before it did: a body may name an alert twice.
        const auto fingerprint = fingerprint_of(found->second, alert);
        TRY(auto row, find(turn.tx, fingerprint));
        standing.open.erase(fingerprint);
        if (row && row->state != State::resolved) standing.open[fingerprint] = std::move(*row);
        TRY_VOID(write(turn, {"inbox:" + inbox, "api"},
                       take_in(standing, operations, found->second, alert, turn.now)));
    }
    return {};
}

Result<std::int64_t> add_silence(const ops::Turn& turn, const ops::Actor& actor, Silence silence) {
    if (silence.starts_at == Instant{}) silence.starts_at = turn.now;
    TRY(const auto standing, load(turn.tx));
    TRY_VOID(check(silence, standing, turn.config.operations, turn.now));
    TRY(silence.number, ops::next_number(turn.tx, "silence"));
    ops::Decision decision;
    decision.event(
        SilenceCreated{silence.number, silence.matchers, silence.starts_at, silence.ends_at,
                       silence.interval, silence.until_clear, actor.who, silence.comment},
        {fmt::format("silence:{}", silence.number)});
    TRY_VOID(write(turn, actor, decision));
    return silence.number;
}

Result<void> expire_silence(const ops::Turn& turn, const ops::Actor& actor, std::int64_t number) {
    TRY(const auto silence, find_silence(turn.tx, number));
    if (!silence) return fail(Errc::not_found, fmt::format("there is no silence {}", number));
    if (silence->over) return fail(Errc::conflict, fmt::format("silence {} is over", number));
    ops::Decision decision;
    decision.event(SilenceExpired{number, "ended by " + actor.who},
                   {fmt::format("silence:{}", number)});
    return write(turn, actor, decision);
}

Result<void> heartbeat(const ops::Turn& turn, const std::string& name) {
    const auto& known = turn.config.operations.heartbeats;
    const auto found = known.find(name);
    if (found == known.end())
        return fail(Errc::not_found, fmt::format("no heartbeat `{}` is expected", name));
    TRY(const auto row, find(turn.tx, alert_of(found->second, turn.now).fingerprint));
    return write(turn, {"heartbeat:" + name, "api"}, beat(found->second, row, turn.now));
}

Result<void> heartbeat_missed(const ops::Turn& turn, const std::string& subject) {
    const auto& operations = turn.config.operations;
    const auto found = operations.heartbeats.find(without_prefix(subject));
    if (found == operations.heartbeats.end()) return {};  // Not expected any more.
    TRY(const auto standing, load(turn.tx));
    return write(turn, {}, miss(standing, operations, found->second, turn.now));
}

Result<void> alert_ends(const ops::Turn& turn, const std::string& subject) {
    TRY(const auto row, find(turn.tx, without_prefix(subject)));
    if (!row) return {};
    return write(turn, {}, expire(*row));
}

}  // namespace sg::alerts
