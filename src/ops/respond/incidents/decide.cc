#include "ops/respond/incidents/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sg::incidents {

namespace {

struct Move {
    State from;
    Verb verb;
    State to;
};

// What is not in this table is refused, and the refusal lists what is possible instead.
constexpr std::array moves = {
    Move{State::declared, Verb::acknowledge, State::acknowledged},
    Move{State::declared, Verb::mitigate, State::mitigated},  // A runbook may outrun people.
    Move{State::acknowledged, Verb::mitigate, State::mitigated},
    Move{State::mitigated, Verb::relapse, State::declared},  // Nobody looks any more: page.
    Move{State::mitigated, Verb::resolve, State::resolved},
    Move{State::resolved, Verb::close, State::closed},
    Move{State::declared, Verb::cancel, State::cancelled},
    Move{State::acknowledged, Verb::cancel, State::cancelled},
    Move{State::mitigated, Verb::cancel, State::cancelled},
};

constexpr bool is_end(State state) { return state == State::closed || state == State::cancelled; }

// Whether an end can be reached from every state: nothing stays open for ever by construction.
constexpr bool every_state_ends() {
    for (const Move& move : moves) {
        State at = move.from;
        for (std::size_t i = 0; i < moves.size() && !is_end(at); ++i)
            for (const Move& next : moves)
                if (next.from == at && next.verb != Verb::relapse) {
                    at = next.to;
                    break;
                }
        if (!is_end(at)) return false;
    }
    return true;
}
static_assert(every_state_ends());

constexpr std::string_view respond_by = "respond_by";
constexpr std::string_view escalate_by = "escalate_by";
constexpr std::string_view assess_by = "assess_by";
constexpr std::string_view mitigate_by = "mitigate_by";
constexpr std::string_view update_due = "update_due";
constexpr std::string_view observe_until = "observe_until";
constexpr std::array all_clocks = {respond_by,  escalate_by, assess_by,
                                   mitigate_by, update_due,  observe_until};

class Clocks {
  public:
    Clocks(ops::Decision& decision, std::int64_t incident)
        : decision_(decision), subject_(subject_of(incident)) {}
    void set(std::string_view clock, Instant due) {
        decision_.set(std::string(clock), subject_, due);
    }
    void stop(std::string_view clock) { decision_.stop(std::string(clock), subject_); }
    void stop_all() {
        for (const auto clock : all_clocks) stop(clock);
    }
    // From when users began to hurt, or hurt again.
    void run_while_hurting(const Policy& policy, Instant since, Instant now) {
        const auto due = [&](Duration in) { return std::max(now, since + in); };
        set(respond_by, due(policy.respond));
        if (policy.escalate > 0s) set(escalate_by, due(policy.escalate));
        set(mitigate_by, due(policy.mitigate));
    }

  private:
    ops::Decision& decision_;
    ops::Subject subject_;
};

std::vector<ops::Subject> subjects_of(const Incident& incident) {
    std::vector<ops::Subject> subjects{subject_of(incident.id)};
    if (!incident.service.empty()) subjects.push_back("service:" + incident.service);
    return subjects;
}

std::string show(Duration d) {  // People do not count nanoseconds.
    return to_text(Duration{d.count() / 1'000'000'000 * 1'000'000'000});
}

Instant hurting_since(const Incident& incident) {
    return incident.relapses > 0 ? incident.changed_at : incident.declared_at;
}

void mitigate(ops::Decision& decision, const Incident& incident, const std::string& how,
              Instant now) {
    const Instant since =
        incident.started_at == Instant{} ? incident.declared_at : incident.started_at;
    decision.event(IncidentMitigated{incident.id, how, now - since}, subjects_of(incident));
    Clocks clocks(decision, incident.id);
    for (const auto clock : {respond_by, escalate_by, mitigate_by}) clocks.stop(clock);
    clocks.set(observe_until, now + incident.policy.observe);
}

void relapse(ops::Decision& decision, const Incident& incident, const std::string& why,
             Instant now) {
    decision.event(IncidentRelapsed{incident.id, why}, subjects_of(incident));
    Clocks clocks(decision, incident.id);
    clocks.stop(observe_until);
    clocks.run_while_hurting(incident.policy, now, now);
    clocks.set(update_due, now + incident.policy.communicate);
}

void resolve(ops::Decision& decision, const Incident& incident, const std::string& summary,
             Instant now) {
    decision.event(IncidentResolved{incident.id, summary, now - incident.declared_at},
                   subjects_of(incident));
    Clocks(decision, incident.id).stop_all();
}

}  // namespace

Policy policy_for(const config::Operations& operations, std::int64_t severity) {
    const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(severity, 1, 4) - 1);
    const auto& row = operations.severities[at];
    const auto& clocks = operations.clocks;
    const auto& required = operations.postmortem.required;
    const bool needs_one =
        std::ranges::find(required, static_cast<config::Severity>(at)) != required.end();
    return {.respond = row.respond,
            .escalate = row.escalate,
            .communicate = row.communicate,
            .assess = clocks.assess,
            .mitigate = clocks.mitigate,
            .observe = clocks.observe,
            .postmortem = clocks.postmortem,
            .closes_reviewed = needs_one && operations.postmortem.before_close};
}

ops::Subject subject_of(std::int64_t incident) { return fmt::format("incident:{}", incident); }

std::optional<std::int64_t> incident_of(const ops::Subject& subject) {
    constexpr std::string_view prefix = "incident:";
    if (!subject.starts_with(prefix)) return std::nullopt;
    const std::string_view digits = std::string_view(subject).substr(prefix.size());
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return id;
}

bool is_open(State state) {
    return state == State::declared || state == State::acknowledged || state == State::mitigated;
}

bool users_hurt(State state) { return state == State::declared || state == State::acknowledged; }

ops::Decision declare(const Declaration& d, Instant now) {
    Incident incident;
    incident.id = d.id;
    incident.service = d.trigger.service;
    ops::Decision decision;
    decision.event(IncidentDeclared{.incident = d.id,
                                    .trigger = d.trigger,
                                    .by = d.actor.who,
                                    .by_person = d.trigger.key.empty(),
                                    .policy = d.policy},
                   subjects_of(incident));
    Clocks clocks(decision, d.id);
    clocks.run_while_hurting(d.policy, now, now);
    clocks.set(assess_by, now + d.policy.assess);
    clocks.set(update_due, now + d.policy.communicate);
    return decision;
}

ops::Decision join(const Incident& incident, const Trigger& trigger, const Policy& of_its_severity,
                   Instant now) {
    ops::Decision decision;
    const bool known = std::ranges::find(incident.alerts, trigger.key) != incident.alerts.end();
    // Something real under the cover of a drill: from here on it is no drill.
    if (!known && trigger.drill == 0)
        decision.add(become_real(incident, trigger.title, of_its_severity, now));
    if (!known) decision.event(IncidentJoined{incident.id, trigger}, subjects_of(incident));
    Incident after = incident;
    if (trigger.severity < incident.severity) {
        auto raised = change_severity(incident, trigger.severity, "an alert is of that severity",
                                      of_its_severity, now);
        if (raised) decision.add(std::move(*raised));
        after.policy = of_its_severity;
    }
    if (known) return decision;
    if (incident.state == State::mitigated) relapse(decision, after, trigger.title, now);
    return decision;
}

ops::Decision become_real(const Incident& incident, const std::string& why, const Policy& policy,
                          Instant now) {
    ops::Decision decision;
    if (incident.drill == 0 || !is_open(incident.state)) return decision;
    decision.event(IncidentBecameReal{incident.id, incident.drill, why}, subjects_of(incident));
    Clocks clocks(decision, incident.id);
    // What was promised in earnest runs from now on.
    if (users_hurt(incident.state)) clocks.run_while_hurting(policy, now, now);
    clocks.set(update_due, now + policy.communicate);
    return decision;
}

ops::Decision clear(const Incident& incident, const std::string& alert, Instant now) {
    ops::Decision decision;
    if (std::ranges::find(incident.alerts, alert) == incident.alerts.end()) return decision;
    const auto left = std::ssize(incident.alerts) - 1;
    decision.event(IncidentSignalCleared{incident.id, alert, left}, subjects_of(incident));
    // Where a person said that users hurt, a person says when they stopped.
    if (left == 0 && users_hurt(incident.state) && !incident.by_person)
        mitigate(decision, incident, "all signals that fired have cleared", now);
    return decision;
}

Result<ops::Decision> decide(const Incident& incident, const Command& command, Instant now) {
    const auto fits = [&](const Move& move) {
        return move.from == incident.state && move.verb == command.verb;
    };
    if (std::ranges::none_of(moves, fits)) {
        std::vector<std::string_view> possible;
        for (const Move& move : moves)
            if (move.from == incident.state) possible.push_back(word(move.verb));
        return fail(Errc::conflict,
                    fmt::format("incident {} is {}: it cannot be changed by `{}`", incident.id,
                                word(incident.state), word(command.verb)),
                    possible.empty() ? std::string("nothing is possible any more")
                                     : fmt::format("possible now: {}", fmt::join(possible, ", ")));
    }
    const bool is_missing =
        incident.policy.closes_reviewed && incident.reviewed_at == Instant{} && incident.drill == 0;
    if (command.verb == Verb::close && is_missing)
        return fail(Errc::conflict,
                    fmt::format("the post-mortem of incident {} is not reviewed", incident.id),
                    fmt::format("streamgate postmortem show PM-{0}; review PM-{0}", incident.id));
    ops::Decision decision;
    const auto subjects = subjects_of(incident);
    switch (command.verb) {
        case Verb::acknowledge:
            decision.event(
                IncidentAcknowledged{incident.id, command.actor.who, now - hurting_since(incident)},
                subjects);
            Clocks(decision, incident.id).stop(respond_by);
            break;
        case Verb::mitigate: mitigate(decision, incident, command.text, now); break;
        case Verb::relapse: relapse(decision, incident, command.text, now); break;
        case Verb::resolve: resolve(decision, incident, command.text, now); break;
        case Verb::close:
            decision.event(IncidentClosed{incident.id, command.text}, subjects);
            break;
        case Verb::cancel:
            decision.event(IncidentCancelled{incident.id, command.text}, subjects);
            Clocks(decision, incident.id).stop_all();
            break;
    }
    return decision;
}

Result<ops::Decision> change_severity(const Incident& incident, std::int64_t to,
                                      const std::string& reason, const Policy& policy,
                                      Instant now) {
    if (to < 1 || to > 4)
        return fail(Errc::invalid_argument, fmt::format("there is no SEV-{}", to), "1, 2, 3 or 4");
    if (!is_open(incident.state))
        return fail(Errc::conflict,
                    fmt::format("incident {} is {}", incident.id, word(incident.state)));
    ops::Decision decision;
    if (to == incident.severity) return decision;
    decision.event(IncidentSeverityChanged{incident.id, incident.severity, to, reason, policy},
                   subjects_of(incident));
    Clocks clocks(decision, incident.id);
    const auto since = hurting_since(incident);
    if (users_hurt(incident.state)) {
        clocks.run_while_hurting(policy, since, now);
        if (policy.escalate == 0s) clocks.stop(escalate_by);
        if (incident.state == State::acknowledged) clocks.stop(respond_by);
    }
    const Instant told = std::max(incident.told_at, incident.declared_at);
    clocks.set(update_due, std::max(now, told + policy.communicate));
    return decision;
}

Result<ops::Decision> assess(const Incident& incident, const Impact& impact) {
    if (!is_open(incident.state))
        return fail(Errc::conflict,
                    fmt::format("incident {} is {}", incident.id, word(incident.state)));
    auto summary = fmt::format("{} of {} requests failed ({:.1f} %)", impact.failed,
                               impact.requests, impact.failed_share * 100);
    if (impact.clients > 0)
        summary += fmt::format(", {} client{}", impact.clients, impact.clients == 1 ? "" : "s");
    if (!impact.likely.empty()) summary += "; likely " + impact.likely;
    ops::Decision decision;
    decision.event(IncidentAssessed{incident.id, impact, summary}, subjects_of(incident));
    Clocks(decision, incident.id).stop(assess_by);
    return decision;
}

ops::Decision note(const Incident& incident, const std::string& text) {
    ops::Decision decision;
    decision.event(IncidentNoted{incident.id, text}, subjects_of(incident));
    return decision;
}

Result<ops::Decision> link(const Incident& incident, const Link& link) {
    constexpr std::size_t url_max = 2000;
    const bool opens = link.url.starts_with("https://") || link.url.starts_with("http://");
    const bool plain = std::ranges::all_of(link.url, [](char c) { return c > ' ' && c < 0x7f; });
    if (!opens || !plain || link.url.size() > url_max)
        return fail(Errc::invalid_argument, fmt::format("`{}` is not an address", link.url),
                    "write https://…, at most 2000 bytes");
    ops::Decision decision;
    decision.event(
        IncidentLinked{incident.id, link.title.empty() ? link.url : link.title, link.url},
        subjects_of(incident));
    return decision;
}

ops::Decision take_role(const Incident& incident, Role role, const std::string& person) {
    static constexpr std::string_view words[] = {"commander", "communications", "scribe"};
    auto subjects = subjects_of(incident);
    subjects.push_back("user:" + person);
    ops::Decision decision;
    decision.event(
        IncidentRoleTaken{incident.id, std::string(words[static_cast<std::size_t>(role)]), person},
        std::move(subjects));
    return decision;
}

Result<ops::Decision> tell(const Incident& incident, const std::string& text, Instant now) {
    if (!is_open(incident.state) && incident.state != State::resolved)
        return fail(Errc::conflict,
                    fmt::format("incident {} is {}", incident.id, word(incident.state)));
    ops::Decision decision;
    decision.event(IncidentTold{incident.id, text}, subjects_of(incident));
    if (is_open(incident.state))
        Clocks(decision, incident.id).set(update_due, now + incident.policy.communicate);
    return decision;
}

Result<ops::Decision> merge(const Incident& incident, const Incident& into) {
    if (incident.id == into.id)
        return fail(Errc::invalid_argument, "an incident cannot be merged into itself");
    if (!is_open(incident.state) || !is_open(into.state))
        return fail(Errc::conflict,
                    fmt::format("incident {} is {}, incident {} is {}", incident.id,
                                word(incident.state), into.id, word(into.state)),
                    "both must be open");
    ops::Decision decision;
    decision.event(IncidentMerged{incident.id, into.id},
                   {subject_of(incident.id), subject_of(into.id)});
    Clocks(decision, incident.id).stop_all();
    return decision;
}

namespace {

// Events that follow from a clock: that it was missed, and whether somebody else must look.
class Missed {
  public:
    Missed(ops::Decision& decision, const Incident& incident, Instant due)
        : decision_(decision), incident_(incident), due_(due) {}

    Missed& clock(std::string_view name, std::string what) {
        decision_.event(IncidentClockMissed{incident_.id, std::string(name), due_, std::move(what)},
                        subjects_of(incident_));
        return *this;
    }
    void escalate(std::string why) {
        decision_.event(IncidentEscalated{incident_.id, std::move(why)}, subjects_of(incident_));
    }

  private:
    ops::Decision& decision_;
    const Incident& incident_;
    Instant due_;
};

void ring_observe(ops::Decision& decision, const Incident& incident, Instant now) {
    if (incident.state != State::mitigated) return;
    decision.event(IncidentVerified{incident.id, now - incident.mitigated_at},
                   subjects_of(incident));
    // Nobody was woken, nobody looked, and it went away: there is nothing left to be done.
    const bool minor = incident.severity == 4 && incident.acknowledged_by.empty();
    if (minor && !incident.by_person)
        resolve(decision, incident, "cleared by itself and stayed so", now);
}

}  // namespace

ops::Decision ring(const Incident& incident, const std::string& clock, Instant due, Instant now) {
    ops::Decision decision;
    Missed missed(decision, incident, due);
    const auto& policy = incident.policy;
    const bool hurt = users_hurt(incident.state);
    // A ticket waits for the day: of its clocks only the one to escalate wakes somebody.
    const bool wakes = incident.severity < 4;
    if (clock == respond_by && incident.state == State::declared) {
        const auto what = fmt::format("nobody has responded within {}", show(policy.respond));
        missed.clock(clock, what);
        if (wakes) missed.escalate(what);
    } else if (clock == escalate_by && hurt) {
        missed.escalate(fmt::format("not mitigated within {}", show(policy.escalate)));
    } else if (clock == assess_by && hurt && incident.assessed_at == Instant{}) {
        missed.clock(clock, fmt::format("not assessed within {}", show(policy.assess)));
    } else if (clock == mitigate_by && hurt && wakes) {
        const auto what = fmt::format("not mitigated within {}", show(policy.mitigate));
        missed.clock(clock, what);
        // Where nobody has answered yet the page is on its way through all of them as it is.
        if (incident.state == State::acknowledged) missed.escalate(what);
    } else if (clock == update_due && is_open(incident.state)) {
        missed.clock(clock, fmt::format("no update for {}", show(policy.communicate)));
        Clocks(decision, incident.id).set(update_due, now + policy.communicate);
    } else if (clock == observe_until) {
        ring_observe(decision, incident, now);
    }
    return decision;
}

}  // namespace sg::incidents
