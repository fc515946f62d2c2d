#include "ops/detect/signals/accumulate.h"

#include <algorithm>

namespace sg::signals {

namespace {

using telemetry::Snapshot;

constexpr const char* nameless = "-";

// A row's names, with the index checked: a snapshot comes from outside.
class Names {
  public:
    explicit Names(const Snapshot& snapshot) : snapshot_(snapshot) {
        for (const auto& version : snapshot.versions)
            versions_.push_back(service(version.service) + "/" + version.name);
    }
    std::string route(std::uint16_t index) const { return at(snapshot_.routes, index); }
    std::string service(std::uint16_t index) const { return at(snapshot_.services, index); }
    std::string version(std::uint16_t index) const { return at(versions_, index); }
    std::string ending(std::uint8_t index) const {
        return index < snapshot_.endings.size() ? snapshot_.endings[index].name : nameless;
    }
    std::string_view blame(std::uint8_t index) const {
        return index < snapshot_.endings.size() ? snapshot_.endings[index].blame
                                                : std::string_view();
    }
    // The service that an endpoint belongs to, through its version.
    std::string service_of_version(std::uint16_t version) const {
        return version < snapshot_.versions.size() ? service(snapshot_.versions[version].service)
                                                   : nameless;
    }

  private:
    static std::string at(const std::vector<std::string>& names, std::uint16_t index) {
        return index < names.size() ? names[index] : nameless;
    }
    const Snapshot& snapshot_;
    std::vector<std::string> versions_;
};

std::int64_t count(std::uint64_t n) { return static_cast<std::int64_t>(n); }

// Routes are kept for requests of no service too: what never reached one is seen there only.
template <class Add>
void add_to(Totals& totals, const Names& names, const auto& row, Add add) {
    add(totals.routes[names.route(row.route)]);
    if (const auto service = names.service(row.service); service != nameless)
        add(totals.services[service]);
    if (const auto version = names.version(row.version); version != nameless)
        add(totals.versions[version]);
}

template <class Map>
void add_new(Map& open, const Map& now, const Map* before) {
    for (const auto& [name, flow] : now) {
        const auto* earlier =
            before != nullptr && before->contains(name) ? &before->at(name) : nullptr;
        if (earlier != nullptr && flow == *earlier) continue;
        open[name] += earlier == nullptr ? flow : since(flow, *earlier);
    }
}

std::int64_t ending_before(const Endings& endings, const std::string& service,
                           const std::string& ending) {
    const auto of = endings.find(service);
    if (of == endings.end()) return 0;
    const auto at = of->second.find(ending);
    return at == of->second.end() ? 0 : at->second;
}

}  // namespace

Totals totals_of(const Snapshot& snapshot) {
    Totals totals;
    const Names names(snapshot);
    for (const auto& row : snapshot.requests) {
        const auto blame = names.blame(row.ending);
        Flow flow;
        flow.requests = count(row.duration.count());
        flow.failed = blame == "us" || blame == "upstream" ? flow.requests : 0;
        flow.client_errors = blame == "client" ? flow.requests : 0;
        flow.bytes_in = count(row.bytes_in);
        flow.bytes_out = count(row.bytes_out);
        add_to(totals, names, row, [&](Flow& of) { of += flow; });
        totals.endings[names.service(row.service)][names.ending(row.ending)] += flow.requests;
    }
    for (const auto& row : snapshot.flows)
        add_to(totals, names, row, [&](Flow& of) {
            of.timed += count(row.duration.count());
            of.within += count(row.duration_within);
            of.duration.merge(row.duration);
        });
    return totals;
}

void Accumulator::hear(const std::string& source, const Snapshot& snapshot, Instant now) {
    hear(source, snapshot, now, Stands::yes);
}

void Accumulator::hear_leaving(const Snapshot& snapshot, Instant now) {
    hear({}, snapshot, now, Stands::no);
}

void Accumulator::hear(const std::string& source, const Snapshot& snapshot, Instant now,
                       Stands stands) {
    auto heard = std::make_shared<Heard>(Heard{.gateway = snapshot.gateway,
                                               .started_at = snapshot.started_at,
                                               .sequence = snapshot.sequence,
                                               .taken_at = snapshot.taken_at,
                                               .heard_at = now,
                                               .cpu_ns = snapshot.process.cpu_ns});
    const Process process{heard->gateway, heard->started_at.ns};
    const auto last = heard_.find(process);
    const Heard* earlier = last == heard_.end() ? nullptr : last->second.get();
    if (earlier != nullptr && heard->sequence <= earlier->sequence) return;  // Came out of order.
    heard->totals = totals_of(snapshot);
    affected_.hear(snapshot, now);
    if (stands == Stands::yes) stand(source, snapshot, now, earlier);

    const auto is_kin = [&](const auto& other) { return other.first.first == process.first; };
    const bool is_new = std::ranges::none_of(heard_, is_kin);
    const bool is_old = heard->taken_at - heard->started_at > newcomer_age;
    if (earlier != nullptr || !is_new || !is_old)
        add(heard->totals, earlier == nullptr ? nullptr : &earlier->totals);
    hear_attempts(process, snapshot);
    heard_[process] = std::move(heard);
}

void Accumulator::hear_attempts(const Process& process, const Snapshot& snapshot) {
    const Names names(snapshot);
    std::map<std::string, AttemptsByEndpoint> now;
    const auto place = [&](std::uint16_t index) -> Attempts* {
        if (index >= snapshot.endpoints.size()) return nullptr;
        const auto& endpoint = snapshot.endpoints[index];
        return &now[names.service_of_version(endpoint.version)][endpoint.name];
    };
    for (const auto& row : snapshot.endpoint_rows) place(row.endpoint);
    for (const auto& row : snapshot.attempts)
        if (auto* attempts = place(row.endpoint)) {
            attempts->made += count(row.duration.count());
            // A fault that a drill gave an endpoint is taken for its own.
            if (names.blame(row.ending) == "upstream" ||
                names.ending(row.ending) == "fault_injected")
                attempts->failed += count(row.duration.count());
        }
    const auto earlier = attempts_.find(process);
    for (const auto& [service, endpoints] : now)
        for (const auto& [name, total] : endpoints) {
            auto& open = open_.attempts[service][name];
            if (earlier == attempts_.end()) continue;
            const auto before = earlier->second[service][name];
            open.made += std::max<std::int64_t>(0, total.made - before.made);
            open.failed += std::max<std::int64_t>(0, total.failed - before.failed);
        }
    attempts_[process] = std::move(now);
}

void Accumulator::add(const Totals& now, const Totals* before) {
    add_new(open_.services, now.services, before != nullptr ? &before->services : nullptr);
    add_new(open_.versions, now.versions, before != nullptr ? &before->versions : nullptr);
    add_new(open_.routes, now.routes, before != nullptr ? &before->routes : nullptr);
    for (const auto& [service, endings] : now.endings) {
        for (const auto& [ending, total] : endings) {
            const auto earlier =
                before == nullptr ? 0 : ending_before(before->endings, service, ending);
            const auto fresh = total < earlier ? total : total - earlier;
            if (fresh > 0) open_.endings[service][ending] += fresh;
        }
    }
}

void Accumulator::stand(const std::string& source, const Snapshot& snapshot, Instant now,
                        const Heard* before) {
    Standing standing;
    const Names names(snapshot);
    for (const auto& row : snapshot.endpoint_rows) {
        if (row.endpoint >= snapshot.endpoints.size()) continue;
        const auto& endpoint = snapshot.endpoints[row.endpoint];
        const bool is_out = !snapshot.workers.empty() && row.ejected_by >= snapshot.workers.size();
        const bool is_healthy = row.health != telemetry::Health::unhealthy && !is_out;
        const auto service = names.service_of_version(endpoint.version);
        standing.endpoints[service][names.version(endpoint.version) + "/" + endpoint.name] =
            is_healthy;
        ++standing.state.endpoints;
        standing.state.endpoints_healthy += is_healthy ? 1 : 0;
    }
    standing.state.name = source;
    standing.state.answers = true;
    standing.state.started_at = snapshot.started_at;
    standing.state.heard_at = now;
    if (before != nullptr && snapshot.taken_at > before->taken_at &&
        snapshot.process.cpu_ns >= before->cpu_ns) {
        const auto span = static_cast<double>((snapshot.taken_at - before->taken_at).count());
        const auto used = static_cast<double>(snapshot.process.cpu_ns - before->cpu_ns);
        const auto workers = std::max<std::size_t>(1, snapshot.workers.size());
        standing.cpu = used / span / static_cast<double>(workers);
    }
    standing_[source] = std::move(standing);
}

void Accumulator::miss(const std::string& source) {
    auto& standing = standing_[source];
    standing.state.name = source;
    standing.state.answers = false;
    standing.cpu = -1;
    open_.complete = false;
}

Second Accumulator::close(Instant at) {
    Second second = std::exchange(open_, {});
    second.at = at;
    if (closed_at_.ns != 0 && at > closed_at_) second.span = at - closed_at_;
    closed_at_ = at;

    // An endpoint counts once, however many gateways see it; healthy if any of them can reach it.
    std::map<std::string, std::map<std::string, bool>> endpoints;
    for (const auto& [source, standing] : standing_) {
        second.gateways.push_back(standing.state);
        if (standing.cpu >= 0) second.resources["gateway:" + source].cpu = standing.cpu;
        for (const auto& [service, of] : standing.endpoints)
            for (const auto& [name, is_healthy] : of) endpoints[service][name] |= is_healthy;
    }
    for (const auto& [service, of] : endpoints)
        second.endpoints[service] = {
            static_cast<std::int64_t>(of.size()),
            std::ranges::count_if(of, [](const auto& endpoint) { return endpoint.second; })};
    std::erase_if(heard_,
                  [&](const auto& entry) { return at - entry.second->heard_at > forgotten_after; });
    std::erase_if(attempts_, [&](const auto& entry) { return !heard_.contains(entry.first); });
    return second;
}

Accumulator::Known Accumulator::known() const {
    Known known;
    for (const auto& [process, heard] : heard_) known.push_back(heard);
    return known;
}

void Accumulator::restore(const Known& known) {
    for (const auto& heard : known) {
        heard_[{heard->gateway, heard->started_at.ns}] = heard;
        closed_at_ = std::max(closed_at_, heard->heard_at);
    }
}

void Accumulator::keep_only(const std::vector<std::string>& sources) {
    std::erase_if(standing_, [&](const auto& entry) {
        return std::ranges::find(sources, entry.first) == sources.end();
    });
}

}  // namespace sg::signals
