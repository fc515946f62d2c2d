// What a domain decides: data, nothing done yet. `record` writes it, the dispatcher acts on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "ops/decision/kinds.h"

namespace sg::ops {

// What an event is about: `incident:204`, `page:17`, `alert:9f2c…`, `service:catalog`, `user:ana`.
// At most three an event: the same event is in the history of each.
using Subject = std::string;
inline constexpr std::size_t subjects_max = 3;

struct Event {
    Kind kind{};
    std::string payload;  // JSON of a struct with describe().
    std::vector<Subject> subjects;
};

// Something to do outside, once the transaction is committed. The dispatcher performs it through
// the platform; what came of it returns as a fact (ops/spine.cc).
struct Action {
    std::string kind;  // `notify.send`, `gateway.directive`
    // Idempotency: the same key is enqueued once and performed by the other side once.
    std::string key;
    std::string body;  // JSON of a struct with describe().
    Instant not_before{};
    Duration deadline = 15min;  // After which it is given up, and that is the result.
    std::uint8_t urgency = 1;   // 0: pages, which go first.
};

// Sets the clock `name` of `subject`, moves it, or with no `due` stops it.
struct ClockChange {
    std::string name;  // `page_step`, `respond_by`, `update_due`
    Subject subject;
    std::optional<Instant> due;
};

struct Decision {
    std::vector<Event> events;
    std::vector<Action> actions;
    std::vector<ClockChange> clocks;

    bool empty() const { return events.empty() && actions.empty() && clocks.empty(); }

    // Payload: a struct with `static constexpr Kind kind` and describe().
    template <class Payload>
    Decision& event(const Payload& payload, std::vector<Subject> subjects) {
        events.push_back({Payload::kind, to_json(payload), std::move(subjects)});
        return *this;
    }
    Decision& action(Action action) {
        actions.push_back(std::move(action));
        return *this;
    }
    Decision& set(std::string clock, Subject subject, Instant due) {
        clocks.push_back({std::move(clock), std::move(subject), due});
        return *this;
    }
    Decision& stop(std::string clock, Subject subject) {
        clocks.push_back({std::move(clock), std::move(subject), std::nullopt});
        return *this;
    }
    Decision& add(Decision other);
};

// Who does it: `ana`, `token:ci`, `system`; and from where: `cli`, `api`, `spine`, `link`.
struct Actor {
    std::string who = "system";
    std::string origin = "spine";
};

// An event as the ledger holds it.
struct Recorded {
    std::int64_t seq = 0;
    Instant at;
    Kind kind{};
    int version = 1;
    Actor actor;
    std::optional<std::int64_t> cause;  // The record that this follows from.
    std::vector<Subject> subjects;
    std::string payload;  // Empty: erased by a recorded command.
};

}  // namespace sg::ops
