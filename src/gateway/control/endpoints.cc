#include "gateway/control/endpoints.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace sg::gateway {

struct EndpointTable::Name : runtime::Timer {
    Name(EndpointTable& t, std::string h)
        : Timer([](Timer& timer) {
              auto& self = static_cast<Name&>(timer);
              self.table.ask(self);
          }),
          table(t),
          host(std::move(h)) {}

    EndpointTable& table;
    std::string host;
    Duration every = 10s;
    bool asking = false;
    bool failing = false;              // Said once, not at every attempt.
    std::vector<IpAddress> addresses;  // The last good answer: better than none while DNS is away.
};

struct EndpointTable::Version {
    std::vector<config::Endpoint> sources;
    Duration resolve_every = 10s;
    List said;
    bool ever_said = false;
};

EndpointTable::EndpointTable(runtime::Loop& loop, Resolver& resolver, Registry& registry,
                             Changed changed)
    : loop_(loop), resolver_(resolver), registry_(registry), changed_(std::move(changed)) {}

EndpointTable::~EndpointTable() = default;

void EndpointTable::configure(std::shared_ptr<const Compiled> compiled,
                              const directive::InForce& directives) {
    compiled_ = std::move(compiled);
    rebuild(directives, true);
}

void EndpointTable::set_directives(const directive::InForce& directives) {
    rebuild(directives, false);
}

void EndpointTable::rebuild(const directive::InForce& directives, bool say_everything) {
    std::map<Key, Version> present;
    for (const auto& [service_name, spec] : compiled_->services) {
        for (const auto& [version_name, version] : spec.config->versions) {
            const Key key{service_name, version_name};
            Version now;
            if (const auto it = versions_.find(key); it != versions_.end())
                now = std::move(it->second);
            now.sources = version.endpoints;
            now.resolve_every = spec.config->resolve_every;
            present.emplace(key, std::move(now));
        }
    }
    for (const auto& directive : *directives) {
        const auto* said = std::get_if<directive::SetEndpoints>(&directive.what);
        if (said == nullptr) continue;
        const auto it = present.find({said->service, said->version});
        if (it == present.end()) continue;
        it->second.sources.clear();
        for (const auto& text : said->endpoints)
            if (const auto parts = parse_host_port(text))
                it->second.sources.push_back({.host = parts->host, .port = parts->port});
    }
    versions_ = std::move(present);
    std::erase_if(names_, [this](const auto& entry) {  // Names that nobody uses are not asked for.
        return !entry.second->asking && std::ranges::none_of(versions_, [&](const auto& version) {
            return std::ranges::any_of(version.second.sources,
                                       [&](const auto& e) { return e.host == entry.first; });
        });
    });
    for (auto& [key, version] : versions_) say(key, version, say_everything);
}

EndpointTable::Name& EndpointTable::name_of(const std::string& host, Duration every) {
    auto& name = names_[host];
    if (!name) name = std::make_unique<Name>(*this, host);
    name->every = every;
    if (!name->asking && !name->armed()) ask(*name);
    return *name;
}

void EndpointTable::ask(Name& name) {
    name.asking = true;
    resolver_.resolve(name.host,
                      [this, host = name.host](auto result) { answered(host, std::move(result)); });
}

void EndpointTable::answered(const std::string& host, Result<std::vector<IpAddress>> result) {
    const auto it = names_.find(host);
    if (it == names_.end()) return;
    Name& name = *it->second;
    name.asking = false;
    loop_.arm(name, loop_.after(name.every));
    if (!result) {
        if (!name.failing) spdlog::warn("cannot resolve {}", result.error().what);
        name.failing = true;
        return;
    }
    name.failing = false;
    if (name.addresses == *result) return;
    name.addresses = std::move(*result);
    for (auto& [key, version] : versions_)
        if (std::ranges::any_of(version.sources, [&](const auto& e) { return e.host == host; }))
            say(key, version, false);
}

EndpointTable::List EndpointTable::gather(const Version& version) {
    List list;
    for (const auto& source : version.sources) {
        upstream::EndpointAddress endpoint;
        endpoint.scheme = source.scheme;
        if (source.host.starts_with("unix:")) {
            endpoint.name = endpoint.text = source.host;
            if (const auto address = parse_socket_address(source.host)) endpoint.address = *address;
            list.push_back(endpoint);
            continue;
        }
        endpoint.name = fmt::format("{}:{}", source.host, source.port);
        if (const auto ip = parse_ip(source.host)) {
            endpoint.address = SocketAddress::of(*ip, source.port);
            endpoint.text = endpoint.address.text();
            list.push_back(endpoint);
            continue;
        }
        const Name& name = name_of(source.host, version.resolve_every);
        if (name.addresses.empty()) {  // No address yet: requests to it end as dns_failed.
            endpoint.text = endpoint.name;
            list.push_back(endpoint);
        }
        for (const auto& ip : name.addresses) {
            endpoint.address = SocketAddress::of(ip, source.port);
            endpoint.text = endpoint.address.text();
            list.push_back(endpoint);
        }
    }
    return list;
}

void EndpointTable::say(const Key& key, Version& version, bool even_if_same) {
    const auto same = [](const upstream::EndpointAddress& a, const upstream::EndpointAddress& b) {
        return a.text == b.text && a.name == b.name && a.scheme == b.scheme;
    };
    List list = gather(version);
    if (!even_if_same && version.ever_said && std::ranges::equal(list, version.said, same)) return;
    const auto index = registry_.version(registry_.service(key.first), key.second);
    for (auto& endpoint : list) endpoint.telemetry = registry_.endpoint(index, endpoint.text);
    version.said = std::move(list);
    version.ever_said = true;
    changed_(key.first, key.second, version.said);
}

std::vector<EndpointTable::Entry> EndpointTable::all() const {
    std::vector<Entry> entries;
    for (const auto& [key, version] : versions_)
        entries.push_back({key.first, key.second, version.said});
    return entries;
}

}  // namespace sg::gateway
