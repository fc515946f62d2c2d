// What others may ask of the alerts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/detect/alerts/model.h"
#include "store/session.h"

namespace sg::alerts {

Result<std::vector<Alert>> firing(const store::Tx& tx);  // Worst first.
Result<std::vector<Alert>> firing(const store::Tx& tx, const std::string& service);
Result<std::vector<Alert>> open_alerts(const store::Tx& tx);  // Pending ones as well.
Result<std::optional<Alert>> by_fingerprint(const store::Tx& tx, const std::string& fingerprint);
Result<std::vector<Alert>> latest_alerts(const store::Tx& tx, std::int64_t limit);
Result<std::vector<Silence>> active_silences(const store::Tx& tx);  // And those yet to begin.

}  // namespace sg::alerts
