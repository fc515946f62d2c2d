#include "subscriber_teller.h"

#include "base/text.h"
#include "ops/respond/subscribers/ask.h"
#include "platform/http/client.h"
#include "platform/notify/perform.h"
#include "platform/notify/verdict.h"
#include "platform/webhook/webhook.h"
#include "store/session.h"

namespace sg::app {

namespace {

ports::Delivery post(const subscribers::Written& letter, const config::PageHook& hook) {
    ports::http::Request request;
    request.method = "POST";
    request.url = hook.url;
    request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", letter.key}};
    request.body = letter.body;
    request.ca = hook.ca;
    request.proxy = ports::http::Proxy::environment;
    request.body_max = 64U << 10;
    const auto signature =
        platform::webhook::signature(request.body, {hook.secret, hook.secret_before});
    if (!signature.empty())
        request.headers.emplace_back(std::string(platform::webhook::signature_field), signature);
    auto delivery = platform::notify::judge("the webhook", platform::http::perform(request));
    // The token of a URL may be in any part of it.
    const std::string secrets[] = {hook.url, hook.secret, hook.secret_before};
    delivery.detail = platform::notify::presentable(delivery.detail, secrets);
    return delivery;
}

ports::Delivery mail(const ports::Message& message, const config::Config& config,
                     const TellerPlace& place) {
    auto delivery = platform::notify::perform(message, {config.operations, place.state});
    // A mail server repeats whom it refuses, in its own spelling.
    if (to_lower(delivery.detail).contains(message.to))
        delivery.detail = "the mail server refused the address";
    return delivery;
}

}  // namespace

ops::Performed tell_subscriber(const std::string& body, const config::Config& config,
                               const TellerPlace& place) {
    using How = ops::Performed::How;
    const auto letter = [&]() -> Result<std::optional<subscribers::Written>> {
        TRY(const auto session, store::Session::open(place.store, store::Access::looking));
        return subscribers::written(*session, config, body, wall_now());
    }();
    if (!letter) return {How::again, letter.error().message(), {}};
    if (!*letter) return {How::done, "there is nobody to tell any more", {}};
    const auto& written = **letter;
    const auto& hooks = config.operations.status_page->webhooks;
    const auto delivery = written.webhook.empty() ? mail(written.mail, config, place)
                                                  : post(written, hooks.at(written.webhook));
    using Outcome = ports::Delivery::Outcome;
    const How how = delivery.outcome == Outcome::delivered ? How::done
                    : delivery.outcome == Outcome::retry   ? How::again
                                                           : How::failed;
    return {how, delivery.detail, delivery.retry_after};
}

}  // namespace sg::app
