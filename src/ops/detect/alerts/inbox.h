// Alerts from outside, in the forms that others send, read into one. Bytes of strangers: bounded,
// never trusted, no field is more than text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/operations.h"
#include "ops/detect/alerts/model.h"

namespace sg::alerts {

inline constexpr std::size_t inbox_bytes_max = 512 * 1024;  // Of a body.
inline constexpr std::size_t inbox_alerts_max = 1000;       // In a body.
inline constexpr std::size_t text_max = 1024;               // Bytes of a text; the rest is cut.
inline constexpr std::size_t labels_max = 64;

struct OutsideAlert {
    enum class Status : std::uint8_t { firing, acknowledged, resolved };
    Status status = Status::firing;
    std::string key;  // Says which it is; empty: its labels do.
    std::string title;
    std::string service;                       // Empty: the inbox says.
    std::optional<config::Severity> severity;  // Absent: the inbox says.
    Labels labels;
    Labels annotations;
    std::string url;
    Instant starts_at;
    std::optional<Instant> ends_at;  // Resolved by itself unless it is sent again before.
};

struct Incoming {
    std::vector<OutsideAlert> alerts;
    std::string routing_key;  // PagerDuty: which inbox it is for.
};

// Alertmanager's webhook, version 4.
Result<Incoming> read_alertmanager_webhook(std::string_view body, Instant now);
// Prometheus' POST /api/v2/alerts: a list. Without an end an alert lasts five minutes.
Result<Incoming> read_alertmanager_alerts(std::string_view body, Instant now);
// PagerDuty Events v2: POST /v2/enqueue. Without a `dedup_key` one is made; the reply names it.
Result<Incoming> read_pagerduty(std::string_view body, Instant now);
std::string pagerduty_reply(const Incoming& incoming);
// Any JSON: `mapping` says where things stand, as JSON pointers: title, service, severity, key,
// status, url.
Result<Incoming> read_mapped(std::string_view body,
                             const std::map<std::string, std::string>& mapping, Instant now);

// What others call severities: `critical`, `P2`, `warning`, `sev1`.
std::optional<config::Severity> severity_of(std::string_view word);

}  // namespace sg::alerts
