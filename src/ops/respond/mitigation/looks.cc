#include "ops/respond/mitigation/looks.h"

#include <algorithm>
#include <set>

#include "ops/catalog/ask.h"
#include "ops/detect/signals/ask.h"
#include "ops/detect/slo/ask.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/mitigation/decide.h"
#include "ops/respond/mitigation/store.h"
#include "ops/respond/statuspage/ask.h"

namespace sg::mitigation {

namespace {

std::string value_of(const ports::Act& act, const std::string& name) {
    const auto found = act.with.find(name);
    return found == act.with.end() ? std::string() : found->second;
}

std::int64_t endpoints_of(const config::Version& version) {
    if (version.run) return version.run->replicas;
    return std::ssize(version.endpoints);
}

// --- requests ------------------------------------------------------------------------------------

Span span_of(const signals::Flow& flow) {
    const auto slow = std::max<std::int64_t>(0, flow.timed - flow.within);
    return {flow.requests, std::min(flow.requests, flow.failed + slow)};
}

Span& operator+=(Span& sum, const Span& more) {
    sum.requests += more.requests;
    sum.wrong += more.wrong;
    return sum;
}

class Requests {
  public:
    // `touched`: services that something is done to now. They are no measure of anything.
    Requests(const config::Config& config, const signals::History& history, std::string service,
             std::set<std::string> touched)
        : config_(config),
          history_(history),
          service_(std::move(service)),
          touched_(std::move(touched)) {}

    // Of its users; of all, where it is about no single service.
    Span of_it(Instant from, Instant to) const {
        if (from >= to) return {};
        if (!service_.empty()) return span_of(history_.service(service_, from, to));
        Span sum;
        for (const auto& [name, service] : config_.services)
            sum += span_of(history_.service(name, from, to));
        return sum;
    }
    Span of_others(Instant from, Instant to) const {
        Span sum;
        if (service_.empty() || from >= to) return sum;
        for (const auto& [name, service] : config_.services)
            if (name != service_ && !touched_.contains(name))
                sum += span_of(history_.service(name, from, to));
        return sum;
    }

  private:
    const config::Config& config_;
    const signals::History& history_;
    std::string service_;
    std::set<std::string> touched_;
};

// --- capacity ------------------------------------------------------------------------------------

struct Parts {
    std::int64_t of_version = 0;
    std::int64_t of_others = 0;
    bool others_serve = false;  // Something that they were asked for went well just now.
    bool version_serves = false;
};

Parts parts_of(const config::Service& service, const std::string& version, Instant now,
               const signals::History* history) {
    Parts parts;
    for (const auto& [name, one] : service.versions) {
        (name == version ? parts.of_version : parts.of_others) += endpoints_of(one);
        if (history == nullptr) continue;
        const auto flow = history->version(service.name + "/" + name, now - 10s, now);
        const bool serves = flow.requests > flow.failed;
        (name == version ? parts.version_serves : parts.others_serve) |= serves;
    }
    return parts;
}

void after_shift(Capacity& c, const Parts& parts, double share) {
    c.is_last_version = parts.of_others == 0 && share < 1;
    const auto without = share <= 0 ? parts.of_version : share >= 1 ? parts.of_others : 0;
    const bool rest_serves = share <= 0 ? parts.others_serve : parts.version_serves;
    c.touched = true;
    c.taken += without;
    c.left = std::max<std::int64_t>(c.healthy - without, rest_serves ? 1 : 0);
    const auto each = [&](double of_traffic, std::int64_t endpoints) {
        if (of_traffic <= 0) return 0.0;
        return c.rate * of_traffic / static_cast<double>(std::max<std::int64_t>(endpoints, 1));
    };
    c.each_after = std::max(each(share, parts.of_version), each(1 - share, parts.of_others));
}

void after_loss(Capacity& c, std::int64_t lost) {
    c.touched = true;
    c.taken += lost;
    c.left = std::max<std::int64_t>(c.healthy - lost, 0);
    c.each_after = c.rate / static_cast<double>(std::max<std::int64_t>(c.left, 1));
}

// Weights spread the load unevenly: what an endpoint of the busiest version carried in a minute.
// Versions are remembered by the second for a quarter of an hour; Bound: 15 spans each.
double each_of_versions(const config::Service& service, Instant now,
                        const signals::History& history) {
    double most = 0;
    for (const auto& [name, one] : service.versions) {
        const auto endpoints = static_cast<double>(std::max<std::int64_t>(endpoints_of(one), 1));
        for (Instant to = now; to > now - 15min; to = to - 1min) {
            const auto flow = history.version(service.name + "/" + name, to - 1min, to);
            most = std::max(most, static_cast<double>(flow.requests) / 60 / endpoints);
        }
    }
    return most;
}

void load_of(Capacity& c, const config::Service& of, Instant now, const signals::History& history) {
    const auto& service = of.name;
    c.rate = static_cast<double>(history.service(service, now - 60s, now).requests) / 60;
    double busiest = c.rate;
    for (const auto& bucket : history.buckets(service, now - 24h, now, 1min)) {
        const auto seconds = std::chrono::duration<double>(bucket.span).count();
        busiest = std::max(busiest, static_cast<double>(bucket.flow.requests) / seconds);
    }
    c.each_at_most = std::max(busiest / static_cast<double>(std::max<std::int64_t>(c.endpoints, 1)),
                              each_of_versions(of, now, history));
}

// Of one act; nothing of it where it takes nothing away.
Capacity capacity_of(const ops::Turn& turn, const ports::Act& act,
                     const signals::History* history) {
    Capacity c;
    const auto name = value_of(act, "service");
    const auto service = turn.config.services.find(name);
    const auto* verb = ports::find_verb(act.verb);
    if (service == turn.config.services.end() || verb == nullptr) return c;
    const auto version = value_of(act, "version");
    const auto parts = parts_of(service->second, version, turn.now, history);
    c.endpoints = parts.of_version + parts.of_others;
    c.healthy = c.endpoints;
    if (history != nullptr) {
        const auto latest = history->latest();
        const auto known = latest.endpoints.find(name);
        if (known != latest.endpoints.end() && known->second.first > 0) {
            c.endpoints = known->second.first;
            c.healthy = known->second.second;
        }
        load_of(c, service->second, turn.now, *history);
    }
    if (act.verb == "roll_back") after_shift(c, parts, 0);
    if (act.verb == "shift")
        after_shift(c, parts, parse_share(value_of(act, "share")).value_or(Share{}).of_one);
    if (act.verb == "scale") {
        const auto wanted = std::atoll(value_of(act, "replicas").c_str());
        if (wanted < parts.of_version) after_loss(c, parts.of_version - wanted);
    }
    if (verb->takes_capacity && !c.touched) after_loss(c, 1);
    return c;
}

// --- what was done already -----------------------------------------------------------------------

Result<void> count_past(const ops::Turn& turn, const Mitigation& m, Situation& around) {
    TRY(const auto lately, prepared_since(turn.tx.session(), turn.now - 1h));
    for (const auto& other : lately) {
        if (other.id == m.id || other.state == State::refused) continue;
        around.of_verb += other.wanted.act.verb == m.wanted.act.verb ? 1 : 0;
        around.of_service += !m.service.empty() && other.service == m.service ? 1 : 0;
    }
    TRY(const auto same, of_spot(turn.tx.session(), m.spot));
    for (const auto& other : same)
        if (other.id != m.id && other.state != State::refused)
            around.same_before = std::max(around.same_before, other.prepared_at);
    return {};
}

Result<void> count_open(const ops::Turn& turn, const Mitigation& m, Situation& around) {
    TRY(const auto open, open_ones(turn.tx.session()));
    for (const auto& other : open) {
        if (other.id == m.id) continue;
        if (other.target == m.target && is_under_way(other)) around.under_way = other.id;
        const auto* verb = ports::find_verb(other.wanted.act.verb);
        const bool takes = verb != nullptr && verb->takes_capacity && other.service == m.service &&
                           other.state != State::proposed;
        if (takes && around.capacity.touched && other.spot != m.spot) ++around.capacity.taken;
    }
    return {};
}

// In a row, since the switch was last thrown: then they are trusted anew.
Result<void> count_unverified(const ops::Turn& turn, const Mitigation& m, Situation& around) {
    if (m.wanted.runbook.empty()) return {};
    constexpr std::int64_t looked_at_most = 200;
    TRY(const auto runs, of_runbook(turn.tx.session(), m.wanted.runbook, looked_at_most));
    for (const auto& run : runs) {
        if (run.id == m.id || run.applied_at == Instant{}) continue;
        const bool helped = run.verified_at != Instant{} && !run.harmful;
        if (helped || run.proposed_at < around.kill.at) break;
        const bool in_doubt = run.state == State::applied;
        around.unverified += in_doubt ? 0 : 1;
    }
    return {};
}

Result<void> see_incident(const ops::Turn& turn, const Mitigation& m, Situation& around) {
    if (m.wanted.incident == 0) return {};
    TRY(const auto incident, incidents::find(turn.tx.session(), m.wanted.incident));
    if (!incident) return {};
    around.has_incident = true;
    around.incident_over = incident->state != incidents::State::declared &&
                           incident->state != incidents::State::acknowledged;
    around.incident_state = incidents::word(incident->state);
    around.severity = incident->severity;
    return {};
}

Result<void> see_maintenance(const ops::Turn& turn, const Mitigation& m, Situation& around) {
    if (!turn.config.operations.status_page || m.service.empty()) return {};
    TRY(const auto page, statuspage::standing(turn.tx.session(), turn.config, turn.now));
    const auto mine = statuspage::components_of(turn.config, m.service);
    for (const auto& work : page.maintenances)
        if (work.is_under_way() &&
            std::ranges::find_first_of(work.components, mine) != work.components.end())
            around.maintenance = work.title;
    return {};
}

}  // namespace

Aim aim_of(const config::Config& config, const Proposal& wanted) {
    Aim aim;
    const auto service = value_of(wanted.act, "service");
    const auto need = value_of(wanted.act, "need");
    const auto client = value_of(wanted.act, "client");
    aim.service = service.empty() ? wanted.service : service;
    if (aim.service.empty() && !need.empty()) {
        const auto needing = catalog::services_needing(config, need);
        if (needing.size() == 1) aim.service = needing.front();
    }
    aim.target = !need.empty()      ? "need:" + need
                 : !client.empty()  ? "client:" + client
                 : !service.empty() ? "service:" + service
                                    : "platform";
    aim.spot = wanted.act.verb;
    for (const auto* name : {"service", "version", "endpoint", "need", "client", "query"})
        if (const auto value = value_of(wanted.act, name); !value.empty())
            aim.spot += std::string(" ") + name + "=" + value;
    return aim;
}

Result<Situation> look_around(const ops::Turn& turn, const Mitigation& m,
                              const signals::History* history) {
    Situation around;
    around.policy = turn.config.operations.mitigation;
    TRY(around.kill, the_switch(turn.tx.session()));
    TRY_VOID(see_incident(turn, m, around));
    TRY_VOID(see_maintenance(turn, m, around));
    if (!m.service.empty()) {
        TRY(around.burning, slo::is_burning(turn.tx, m.service));
    }
    around.capacity = capacity_of(turn, m.wanted.act, history);
    TRY_VOID(count_past(turn, m, around));
    TRY_VOID(count_open(turn, m, around));
    TRY_VOID(count_unverified(turn, m, around));
    return around;
}

namespace {

Result<Instant> see_signals(const ops::Turn& turn, const Mitigation& m, Sight& sight) {
    Instant began = m.proposed_at;
    if (m.wanted.incident == 0) return began;
    TRY(const auto incident, incidents::find(turn.tx.session(), m.wanted.incident));
    if (!incident) return began;
    if (incident->started_at != Instant{}) began = std::min(began, incident->started_at);
    using enum incidents::State;
    const bool hurts = incident->state == declared || incident->state == acknowledged;
    sight.has_signals = !incident->alerts.empty() || !incident->cleared.empty();
    if (!hurts)
        sight.cleared_at =
            std::max(m.applied_at, incident->mitigated_at == Instant{} ? incident->changed_at
                                                                       : incident->mitigated_at);
    return began;
}

void see_lately(const ops::Turn& turn, const Mitigation& m, const Requests& requests,
                Sight& sight) {
    constexpr Duration few_seconds = 5s;
    const Instant from = turn.now - m.wanted.verify.holds;
    sight.lately_whole = from >= m.applied_at + settle;
    sight.lately = requests.of_it(from, turn.now);
    for (Instant at = from; at < turn.now; at = at + few_seconds)
        sight.worst_lately = std::max(
            sight.worst_lately, share_of(requests.of_it(at, std::min(at + few_seconds, turn.now))));
}

Result<std::set<std::string>> touched_services(const ops::Turn& turn) {
    std::set<std::string> touched;
    TRY(const auto open, open_ones(turn.tx.session()));
    for (const auto& m : open)
        if (is_under_way(m) || is_in_force(m)) touched.insert(m.service);
    return touched;
}

}  // namespace

Result<Sight> look_at(const ops::Turn& turn, const Mitigation& m, const signals::History* history) {
    Sight sight;
    TRY(const auto began, see_signals(turn, m, sight));
    if (history == nullptr) return sight;
    constexpr Duration usual_span = 10min;
    TRY(auto touched, touched_services(turn));
    const Requests requests(turn.config, *history, m.service, std::move(touched));
    const Instant after_from = std::max(turn.now - looked_at, m.applied_at + settle);
    const Instant before_from = std::max(m.applied_at - looked_back, began);
    sight.usual = requests.of_it(began - usual_span, began);
    sight.before = requests.of_it(before_from, m.applied_at);
    sight.after = requests.of_it(after_from, turn.now);
    sight.others_before = requests.of_others(before_from, m.applied_at);
    sight.others_after = requests.of_others(after_from, turn.now);
    sight.refused = meant_to_refuse(m.wanted.act);
    see_lately(turn, m, requests, sight);
    return sight;
}

}  // namespace sg::mitigation
