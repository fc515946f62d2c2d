#include "ops/respond/statuspage/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/detect/slo/ask.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/statuspage/ask.h"
#include "ops/respond/statuspage/store.h"

namespace sg::statuspage {

namespace {

const ops::Actor nobody{};
const ops::Subject the_page = "statuspage";
constexpr Duration one_day = 24h;

// Whatever changes is written to where it is read.
Result<void> write(const ops::Turn& turn, const ops::Actor& actor, ops::Decision decision) {
    if (decision.empty()) return {};
    if (!decision.events.empty()) deliver(decision, *turn.config.operations.status_page, turn.now);
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

Result<void> check_page(const ops::Turn& turn) {
    if (turn.config.operations.status_page) return {};
    return fail(Errc::not_found, "the configuration has no status page",
                "add `status_page: {}` to it");
}

Result<void> check_components(const ops::Turn& turn, const std::vector<std::string>& names) {
    const auto parts = parts_of(turn.config);
    for (const auto& name : names)
        if (std::ranges::find(parts, name, &Part::name) == parts.end()) {
            std::string known;
            for (const auto& part : parts) known += (known.empty() ? "" : ", ") + part.name;
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` is no component of the status page", name),
                        known.empty() ? "there is none" : "they are: " + known);
        }
    return {};
}

// What is known of services now: objectives that burn, incidents that hurt, the last minutes.
class Sights {
  public:
    static Result<Sights> look(const ops::Turn& turn, const signals::History* history) {
        Sights sights(turn, history);
        TRY(sights.standings_, slo::not_well(turn.tx));
        TRY(sights.incidents_, incidents::open_incidents(turn.tx.session()));
        return sights;
    }

    Sight of(const std::string& service) const {
        Sight sight;
        for (const auto& standing : standings_)
            if (standing.service == service && standing.level == slo::Level::page) {
                sight.burning = true;
                sight.why = fmt::format("{} burns its error budget", standing.id);
            }
        for (const auto& incident : incidents_)
            if (incident.service == service && hurts(incident) &&
                (sight.severity == 0 || incident.severity < sight.severity)) {
                sight.severity = incident.severity;
                sight.why = fmt::format("incident {} is SEV-{}", incident.id, incident.severity);
            }
        add_minutes(service, sight);
        return sight;
    }

  private:
    Sights(const ops::Turn& turn, const signals::History* history)
        : turn_(turn), history_(history) {}

    static bool hurts(const incidents::Incident& incident) {
        return incident.state != incidents::State::mitigated && may_be_public(incident);
    }

    void add_minutes(const std::string& service, Sight& sight) const {
        if (history_ == nullptr) return;
        constexpr std::int64_t minute = 60'000'000'000;
        const Instant end{turn_.now.ns / minute * minute};
        const auto lately = slo::minutes_of(turn_.config, *history_, service, end - 5min, end);
        sight.bad_minutes = lately.bad_lately;
        sight.half_failed = lately.half_failed_lately;
        if (sight.bad_minutes >= bad_minutes_least)
            sight.why =
                fmt::format("the last {} minutes of {} were bad", sight.bad_minutes, service);
    }

    const ops::Turn& turn_;
    const signals::History* history_;
    std::vector<slo::Standing> standings_;
    std::vector<incidents::Incident> incidents_;
};

Result<ops::Decision> judged(const ops::Turn& turn, const signals::History* history) {
    ops::Decision decision;
    TRY(const auto rows, components(turn.tx.session()));
    TRY(const auto sights, Sights::look(turn, history));
    TRY(const auto works, maintenances_since(turn.tx.session(), turn.now));
    for (const auto& part : parts_of(turn.config)) {
        std::vector<Sight> services;
        for (const auto& service : part.services) services.push_back(sights.of(service));
        const bool in_maintenance = std::ranges::any_of(works, [&](const Maintenance& work) {
            return work.is_under_way() &&
                   std::ranges::find(work.components, part.name) != work.components.end();
        });
        const auto row = rows.find(part.name);
        const Component before = row == rows.end() ? Component{.name = part.name} : row->second;
        decision.add(judge({before, judge(services), in_maintenance}, turn.now));
    }
    return decision;
}

// One day at a time: what was missed while operations were down is made up for.
Result<ops::Decision> closed_day(const ops::Turn& turn, const signals::History& history) {
    constexpr Duration minutes_kept = 34 * one_day;  // signals: 35 days by the minute.
    ops::Decision decision;
    const auto midnight_of = [](const std::string& day) {
        return parse_rfc3339(day + "T00:00:00Z").value_or(Instant{});
    };
    const Instant today = midnight_of(to_rfc3339(turn.now).substr(0, 10));
    TRY(const auto last, last_day(turn.tx.session()));
    const Instant from = last.empty() ? today - one_day
                                      : std::max(midnight_of(last) + one_day, today - minutes_kept);
    if (from >= today) return decision;
    DayClosed closed{.day = to_rfc3339(from).substr(0, 10)};
    for (const auto& part : parts_of(turn.config)) {
        Day day{.component = part.name};
        for (const auto& service : part.services) {
            const auto minutes =
                slo::minutes_of(turn.config, history, service, from, from + one_day);
            day.known += minutes.known;
            day.bad += minutes.bad;
        }
        closed.components.push_back(std::move(day));
    }
    if (closed.components.empty()) return decision;
    decision.event(closed, {the_page});
    return decision;
}

Result<Notice> load_notice(const ops::Turn& turn, std::int64_t incident) {
    TRY(auto notice, notice_of(turn.tx.session(), incident));
    if (!notice)
        return fail(Errc::not_found,
                    fmt::format("nothing was drafted or published about incident {}", incident));
    return std::move(*notice);
}

// The notice of an incident; opened, and not yet public, where there is none.
Result<Notice> notice_for(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
    TRY(auto known, notice_of(turn.tx.session(), id));
    if (known) return std::move(*known);
    TRY(const auto incident, incidents::find(turn.tx.session(), id));
    if (!incident)
        return fail(Errc::not_found, fmt::format("there is no incident {}", id),
                    "`streamgate incident list` shows them");
    if (incident->drill != 0)
        return fail(Errc::conflict, fmt::format("incident {} is a drill", id),
                    "nothing of a drill is published");
    TRY(const auto number, ops::next_number(turn.tx, "notice"));
    const Opening opening{number, *incident, components_of(turn.config, incident->service)};
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, opened(opening)));
    return load_notice(turn, id);
}

Result<std::int64_t> number_in(const ops::Subject& subject, std::string_view prefix) {
    if (!subject.starts_with(prefix)) return fail(Errc::internal, "a clock of nothing");
    return std::atoll(subject.c_str() + prefix.size());
}

}  // namespace

Result<void> judge(const ops::Turn& turn, const signals::History* history) {
    if (!turn.config.operations.status_page) return {};
    TRY(auto decision, judged(turn, history));
    return write(turn, nobody, std::move(decision));
}

namespace {

enum class Anew : std::uint8_t { when_due, now };

Result<void> go_on(const ops::Turn& turn, const signals::History* history, Anew anew) {
    constexpr std::int64_t minute = 60'000'000'000;
    constexpr std::int64_t written_anew_every = 5;  // Minutes: the figures of today, and its age.
    TRY(auto decision, judged(turn, history));
    if (history != nullptr) {
        TRY(auto closed, closed_day(turn, *history));
        decision.add(std::move(closed));
    }
    const std::int64_t now = turn.now.ns / minute;
    // The last minute is known a moment after its end.
    decision.set("statuspage_due", the_page, Instant{(now + 1) * minute} + 3s);
    const bool due = anew == Anew::now || now % written_anew_every == 0;
    if (decision.events.empty() && due)
        deliver(decision, *turn.config.operations.status_page, turn.now);
    return write(turn, nobody, std::move(decision));
}

}  // namespace

Result<void> tick(const ops::Turn& turn, const signals::History* history) {
    if (!turn.config.operations.status_page) return {};
    return go_on(turn, history, Anew::when_due);
}

Result<void> follow_configuration(const ops::Turn& turn, const signals::History* history) {
    if (turn.config.operations.status_page) return go_on(turn, history, Anew::now);
    ops::Decision decision;
    decision.stop("statuspage_due", the_page);
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, nobody, decision));
    return {};
}

Result<void> on_incident(const ops::Turn& turn, std::int64_t id, Occasion occasion) {
    if (!turn.config.operations.status_page) return {};
    const auto& page = *turn.config.operations.status_page;
    TRY(const auto incident, incidents::find(turn.tx.session(), id));
    if (!incident) return {};
    TRY(const auto notice, notice_of(turn.tx.session(), id));
    if (notice) return write(turn, nobody, follow(*notice, *incident, occasion, page, turn.now));
    const bool hurts = occasion == Occasion::declared || occasion == Occasion::graver ||
                       occasion == Occasion::relapsed;
    if (!hurts) return {};
    const auto concerned = components_of(turn.config, incident->service);
    if (policy_of(page, *incident, concerned) == config::Publish::never) return {};
    TRY(const auto number, ops::next_number(turn.tx, "notice"));
    return write(turn, nobody, open({number, *incident, concerned}, page, turn.now));
}

Result<void> on_draft_due(const ops::Turn& turn, const ops::Subject& subject) {
    if (!turn.config.operations.status_page) return {};
    TRY(const auto id, number_in(subject, "notice:"));
    TRY(const auto notice, find_notice(turn.tx.session(), id));
    if (!notice) return {};
    return write(turn, nobody, ring(*notice, turn.now));
}

Result<void> on_maintenance_due(const ops::Turn& turn, const ops::Subject& subject) {
    if (!turn.config.operations.status_page) return {};
    TRY(const auto id, number_in(subject, "maintenance:"));
    TRY(const auto maintenance, find_maintenance(turn.tx.session(), id));
    if (!maintenance) return {};
    return write(turn, nobody, ring(*maintenance, turn.now));
}

Result<void> on_delivered(const ops::Turn& turn, const std::string& body,
                          const std::string& detail) {
    TRY(const auto delivery, from_json<Delivery>(body));
    TRY(const auto row, target(turn.tx.session(), delivery.target));
    const auto decision = on_result(delivery, detail, row.value_or(Target{}), turn.now);
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, nobody, decision));
    return {};
}

// --- by people -----------------------------------------------------------------------------------

Result<void> publish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                     const std::optional<Words>& words) {
    TRY_VOID(check_page(turn));
    if (words) TRY_VOID(check_components(turn, words->components));
    TRY(const auto notice, notice_for(turn, actor, incident));
    if (!words && !notice.draft)
        return fail(Errc::invalid_argument,
                    fmt::format("nothing is drafted about incident {}", incident),
                    "say what is to be published");
    const Words said = words ? *words : Words{notice.draft->stage, notice.draft->body};
    TRY(auto decision, publish(notice, said));
    return write(turn, actor, std::move(decision));
}

Result<void> write_draft(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                         const Draft& draft) {
    TRY_VOID(check_page(turn));
    TRY(const auto notice, notice_for(turn, actor, incident));
    Draft wanted = draft;
    // Rewording what goes out at a time does not postpone it.
    if (notice.draft && wanted.publish_at == Instant{})
        wanted.publish_at = notice.draft->publish_at;
    TRY(auto decision, statuspage::draft(notice, wanted));
    return write(turn, actor, std::move(decision));
}

Result<void> discard_draft(const ops::Turn& turn, const ops::Actor& actor, std::int64_t incident,
                           const std::string& reason) {
    TRY_VOID(check_page(turn));
    TRY(const auto notice, load_notice(turn, incident));
    TRY(auto decision, discard(notice, reason));
    return write(turn, actor, std::move(decision));
}

Result<void> fix_component(const ops::Turn& turn, const ops::Actor& actor, const Component& wanted,
                           const signals::History* history) {
    TRY_VOID(check_page(turn));
    TRY_VOID(check_components(turn, {wanted.name}));
    TRY(const auto rows, components(turn.tx.session()));
    const auto row = rows.find(wanted.name);
    const Component before = row == rows.end() ? Component{.name = wanted.name} : row->second;
    Component after = wanted;
    // Taken back: as it is for the moment; what is measured may change it at once.
    if (!wanted.fixed) after.condition = before.condition;
    TRY_VOID(write(turn, actor, fix(before, after)));
    return wanted.fixed ? Result<void>{} : judge(turn, history);
}

Result<std::int64_t> schedule_maintenance(const ops::Turn& turn, const ops::Actor& actor,
                                          MaintenanceScheduled wanted) {
    TRY_VOID(check_page(turn));
    TRY_VOID(check_components(turn, wanted.components));
    TRY(wanted.maintenance, ops::next_number(turn.tx, "maintenance"));
    TRY(auto decision, schedule(wanted, turn.now));
    TRY_VOID(write(turn, actor, std::move(decision)));
    return wanted.maintenance;
}

Result<void> move_maintenance(const ops::Turn& turn, const ops::Actor& actor,
                              const MaintenanceStep& step) {
    TRY_VOID(check_page(turn));
    TRY(const auto maintenance, find_maintenance(turn.tx.session(), step.maintenance));
    if (!maintenance)
        return fail(Errc::not_found, fmt::format("there is no maintenance {}", step.maintenance),
                    "`streamgate statuspage show` lists them");
    TRY(auto decision, move(*maintenance, step.to, step.body));
    return write(turn, actor, std::move(decision));
}

}  // namespace sg::statuspage
