#include "gateway/upstream/select.h"

#include <algorithm>

#include "base/text.h"
#include "gateway/worker.h"

namespace sg::gateway::upstream {

namespace {

std::string_view cookie_value(const http::Fields& fields, std::string_view name) {
    for (const auto& field : fields.all()) {
        if (field.id != http::FieldId::cookie) continue;
        for (auto pair : split(field.value, ';')) {
            pair = trim(pair);
            if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
                return pair.substr(name.size() + 1);
        }
    }
    return {};
}

std::uint64_t hash_for(const Exchange& x) {
    const config::Service& service = *x.service->spec.config;
    if (service.balance != config::Balance::consistent_hash) return 0;
    std::string_view key;
    switch (service.hash_on) {
        case config::HashOn::client_address:
            key = {reinterpret_cast<const char*>(x.origin.client.bytes.data()), 16};
            break;
        case config::HashOn::path: key = x.path; break;
        case config::HashOn::header:
            if (const auto* field = x.request.fields.find(service.hash_name)) key = field->value;
            break;
        case config::HashOn::cookie: key = cookie_value(x.request.fields, service.hash_name); break;
    }
    return key.empty() ? 0 : x.service->policy.hash_of(key);
}

bool is_listed(const config::Retry& retry, std::uint16_t status) {
    return std::ranges::find(retry.on_status, status) != retry.on_status.end();
}

// Whether the attempt about to begin could be followed by another, should it fail after bytes were
// sent.
Replay replay_of(const Exchange& x) {
    const bool more = x.tried_count + 1U < x.route->retry->attempts;
    const bool safe = http::is_idempotent(x.request.method) && x.replayable && !x.request.upgrade;
    return more && safe ? Replay::possible : Replay::impossible;
}

ChooseInput input_for(const Exchange& x) {
    const auto& sticky = x.service->spec.config->sticky;
    return {.now = x.seen,
            .hash = hash_for(x),
            .sticky = sticky.name.empty() ? std::string_view{}
                                          : cookie_value(x.request.fields, sticky.name),
            .tried = {x.tried.data(), x.tried_count},
            .replay = replay_of(x)};
}

void begin_attempt(Exchange& x, const Choice& choice) {
    x.attempt = choice;
    x.tried[x.tried_count++] = choice.endpoint;
    Account& account = x.account;
    AttemptRecord& record = account.attempt[account.attempts++];
    record = {};
    record.endpoint = account.endpoint = choice.endpoint->id.telemetry;
    record.started_ns = x.so_far_ns();
    account.version = x.service->version_telemetry(choice.endpoint->version);
    x.worker.count().endpoint_entered(record.endpoint);
}

// Whether this ending of an attempt may be followed by another attempt at all.
bool may_retry(const Exchange& x, Ending ending) {
    if (x.response_begun || x.tried_count >= x.route->retry->attempts) return false;
    if (x.tried_count >= x.tried.size() || x.interruption == Interruption::client_gone)
        return false;
    const config::Retry& retry = *x.route->retry;
    const bool safe = http::is_idempotent(x.request.method) && x.replayable;
    switch (ending) {
        case Ending::dns_failed:
        case Ending::upstream_refused:
        case Ending::upstream_unreachable:
        case Ending::upstream_connect_timeout:
        case Ending::upstream_tls_failed:
        case Ending::upstream_tls_untrusted:
            return retry.on_connect && x.replayable;  // Nothing was sent: any method.
        case Ending::upstream_reset: return retry.on_reset && safe;
        case Ending::upstream_timeout:
        case Ending::upstream_send_timeout: return retry.on_timeout && safe;
        case Ending::upstream_status:
            return safe && is_listed(retry, x.account.attempt[x.account.attempts - 1].status);
        default: return false;
    }
}

}  // namespace

Outcome outcome_of(Ending ending) {
    switch (ending) {
        case Ending::dns_failed:
        case Ending::upstream_refused:
        case Ending::upstream_unreachable:
        case Ending::upstream_connect_timeout:
        case Ending::upstream_tls_failed:
        case Ending::upstream_tls_untrusted: return Outcome::connect_failed;
        case Ending::upstream_reset:
        case Ending::upstream_malformed:
        case Ending::upstream_head_too_large:
        case Ending::upgrade_failed:
        case Ending::upstream_incomplete: return Outcome::reset;
        case Ending::upstream_timeout:
        case Ending::upstream_send_timeout:
        case Ending::upstream_stalled: return Outcome::timeout;
        case Ending::ok:
        case Ending::tunnel_closed:
        case Ending::upstream_status: return Outcome::done;
        default: return Outcome::cancelled;
    }
}

Ending choose(Exchange& x) {
    const Choice choice = x.service->policy.choose(input_for(x));
    if (!choice)
        return x.service->policy.endpoints().empty() ? Ending::no_endpoint
                                                     : Ending::no_healthy_endpoint;
    begin_attempt(x, choice);
    return Ending::ok;
}

bool choose_again(Exchange& x, Ending ending) {
    if (x.interruption == Interruption::abandoned) x.interruption = Interruption::none;
    if (x.next) {  // Found while the last one was slow.
        begin_attempt(x, std::exchange(x.next, {}));
        return true;
    }
    if (!may_retry(x, ending)) return false;
    const Choice choice = x.service->policy.retry(input_for(x), RetryCause::failed);
    if (!choice) {
        if (choice.reason == Reason::budget_spent)
            x.worker.count().retry_refused(x.service->spec.telemetry);
        return false;
    }
    begin_attempt(x, choice);
    return true;
}

bool choose_instead(Exchange& x, Ending ending, RetryCause cause) {
    if (!may_retry(x, ending)) return false;
    const Choice choice = x.service->policy.retry(input_for(x), cause);
    if (choice) {
        x.next = choice;
        return true;
    }
    if (choice.reason == Reason::budget_spent)
        x.worker.count().retry_refused(x.service->spec.telemetry);
    return false;
}

void end_attempt(Exchange& x, Outcome outcome) {
    x.worker.count().endpoint_left(x.attempt.endpoint->id.telemetry);
    x.service->policy.end(x.attempt, outcome, x.seen);
    x.attempt = {};
}

}  // namespace sg::gateway::upstream
