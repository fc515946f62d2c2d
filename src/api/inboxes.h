// Alerts and heartbeats of others, as HTTP: which inbox a request is for, in which form it is
// written, and an answer that its sender understands. Who may is decided by a token, and who has
// none is not told what there is.
#pragma once

#include <optional>

#include "api/allowance.h"
#include "api/routes.h"

namespace sg::api {

enum class InboxForm : std::uint8_t { alertmanager, alerts, pagerduty, json };

// What the public door allows. Of one thread.
struct InboxLimits {
    Allowance by_inbox{{.per_second = 10, .burst = 200}};  // Each is a transaction.
    Allowance refused{{.per_second = 1, .burst = 60}};     // Wrong tokens, by address.
    Instant since;                                         // When the door was opened.
};

// At the public door. Nothing: the path is nobody's, or its token is, which looks the same.
//
//   POST /inbox/alertmanager, /inbox/json              Authorization: Bearer TOKEN
//   POST GET /api/v2/alerts, GET /api/v2/status        Alertmanager's API; the same
//   POST /v2/enqueue, /v2/change/enqueue               PagerDuty Events v2; routing_key: TOKEN
//   GET POST /heartbeat/NAME                           Authorization: Bearer TOKEN
//   /in/TOKEN/alertmanager, /in/TOKEN/json, /in/TOKEN/api/v2/…, /h/TOKEN
std::optional<web::Reply> inbox_at_public_door(Site& site, const web::Request& request,
                                               InboxLimits& limits, Instant now);

struct Mail {
    std::string inbox;
    InboxForm form = InboxForm::json;
    std::string_view body;
};
// How many alerts it brought.
Result<std::size_t> take_in(Site& site, const Mail& mail, Instant now);
// The same; the reply as senders of this form expect it.
web::Reply deliver(Site& site, const Mail& mail, Instant now);

}  // namespace sg::api

namespace sg {
template <>
struct WordsOf<api::InboxForm> {
    static constexpr std::string_view name = "a form of alerts";
    static constexpr std::string_view words[] = {"alertmanager", "alerts", "pagerduty", "json"};
};
}  // namespace sg
