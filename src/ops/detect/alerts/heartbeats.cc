#include "ops/detect/alerts/heartbeats.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace sg::alerts {

ops::Decision expect(const config::Operations& operations,
                     std::span<const ExpectedHeartbeat> expected, const Standing& standing,
                     Instant now) {
    ops::Decision decision;
    for (const auto& [name, heartbeat] : operations.heartbeats) {
        const auto known = std::ranges::find(expected, name, &ExpectedHeartbeat::name);
        if (known != expected.end() && known->every == heartbeat.every &&
            known->grace == heartbeat.grace)
            continue;
        const ops::Subject subject = "heartbeat:" + name;
        decision.event(HeartbeatExpected{name, heartbeat.every, heartbeat.grace}, {subject});
        decision.set("heartbeat_missed", subject, now + heartbeat.every + heartbeat.grace);
    }
    for (const auto& heartbeat : expected) {
        if (operations.heartbeats.contains(heartbeat.name)) continue;
        const ops::Subject subject = "heartbeat:" + heartbeat.name;
        decision.event(HeartbeatForgotten{heartbeat.name}, {subject});
        decision.stop("heartbeat_missed", subject);
        config::Heartbeat gone;
        gone.name = heartbeat.name;
        const auto row = standing.open.find(alert_of(gone, now).fingerprint);
        if (row == standing.open.end()) continue;
        const Alert& alert = row->second;
        decision.event(AlertCleared{alert.fingerprint, alert.name, alert.service, alert.title,
                                    "no longer expected", alert.fired_at, alert.suppressed_by},
                       {"alert:" + alert.fingerprint});
    }
    return decision;
}

void describe(Visitor& v, HeartbeatSend& send) {
    v.record({.name = "a heartbeat to send"});
    v.field({.key = "url"}, send.url);
}

ops::Decision send_heartbeats(const config::Operations& operations,
                              std::map<std::string, Instant>& beat_at, Instant now) {
    ops::Decision decision;
    for (const auto& heartbeat : operations.heartbeats_out) {
        auto& last = beat_at[heartbeat.url];
        if (last != Instant{} && now - last < heartbeat.every) continue;
        last = now;
        ops::Action action;
        action.kind = "heartbeat.send";
        action.key =
            fmt::format("heartbeat.send:{}:{}", heartbeat.url, now.ns / heartbeat.every.count());
        action.body = to_json(HeartbeatSend{heartbeat.url});
        action.deadline = heartbeat.every;
        decision.action(std::move(action));
    }
    return decision;
}

}  // namespace sg::alerts
