#include "ops/detect/alerts/ask.h"

#include <algorithm>
#include <tuple>

#include "ops/detect/alerts/store.h"

namespace sg::alerts {

namespace {

std::vector<Alert> worst_first(std::vector<Alert> alerts) {
    std::ranges::sort(alerts, [](const Alert& a, const Alert& b) {
        return std::tie(a.severity, a.fired_at, a.fingerprint) <
               std::tie(b.severity, b.fired_at, b.fingerprint);
    });
    return alerts;
}

std::vector<Alert> only_firing(std::vector<Alert> alerts) {
    std::erase_if(alerts, [](const Alert& alert) { return alert.state != State::firing; });
    return worst_first(std::move(alerts));
}

}  // namespace

Result<std::vector<Alert>> open_alerts(const store::Tx& tx) {
    TRY(auto standing, load(tx));
    std::vector<Alert> all;
    for (auto& [fingerprint, alert] : standing.open) all.push_back(std::move(alert));
    return worst_first(std::move(all));
}

Result<std::vector<Alert>> firing(const store::Tx& tx) {
    TRY(auto all, open_alerts(tx));
    return only_firing(std::move(all));
}

Result<std::vector<Alert>> firing(const store::Tx& tx, const std::string& service) {
    TRY(auto all, open_of(tx, service));
    return only_firing(std::move(all));
}

Result<std::optional<Alert>> by_fingerprint(const store::Tx& tx, const std::string& fingerprint) {
    return find(tx, fingerprint);
}

Result<std::vector<Alert>> latest_alerts(const store::Tx& tx, std::int64_t limit) {
    return latest(tx, limit);
}

Result<std::vector<Silence>> active_silences(const store::Tx& tx) { return silences(tx); }

}  // namespace sg::alerts
