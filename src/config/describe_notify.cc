// Channels: how people are reached.
#include "config/describe_operations.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

namespace {

void describe_mail(Visitor& v, Channel& channel) {
    v.field({.key = "smtp",
             .why = "Mail: the server that takes messages. `smtp://host:587` begins TLS where it "
                    "is offered, `smtps://host` speaks it from the first byte.",
             .unset = "none",
             .format = &formats::smtp_url},
            channel.smtp);
    v.field({.key = "from",
             .why = "Mail: the sender.",
             .unset = "none",
             .format = &formats::mail_address},
            channel.from);
    v.field({.key = "user",
             .why = "Mail: the name to sign in with.",
             .unset = "none: no sign-in",
             .format = &formats::one_line},
            channel.user);
    v.field({.key = "password",
             .why = "Mail: the password to sign in with, as `${env:NAME}` or `${file:path}`.",
             .unset = "none",
             .format = &formats::one_line},
            channel.password);
    v.field({.key = "require_tls",
             .why = "Mail: send nothing in clear, except to this very machine. Pages tell what is "
                    "broken, and links in them acknowledge."},
            channel.require_tls);
}

void describe_web(Visitor& v, Channel& channel) {
    v.field({.key = "url",
             .why = "Slack: the incoming webhook, as `${file:path}`, since whoever knows it can "
                    "write. Webhook and http: where to POST.",
             .unset = "none",
             .format = &formats::url},
            channel.url);
    v.field({.key = "routing_key",
             .why = "PagerDuty: the integration key of the service, as `${file:path}`.",
             .unset = "none",
             .format = &formats::one_line},
            channel.routing_key);
    v.field({.key = "secret",
             .why = "Webhook: signs each body (HMAC-SHA256), so that the receiver knows it is "
                    "ours.",
             .unset = "none: not signed",
             .format = &formats::one_line},
            channel.secret);
    v.field({.key = "secret_before",
             .why = "Webhook: the secret of before, which signs beside the new one until all "
                    "receivers know that.",
             .unset = "none",
             .format = &formats::one_line},
            channel.secret_before);
    v.field(
        {.key = "method", .why = "Http: the method of the request.", .format = &formats::method},
        channel.method);
    v.field({.key = "headers",
             .why = "Http: fields of the request, such as `authorization`.",
             .unset = "none",
             .format = &formats::one_line,
             .key_format = &formats::header_name},
            channel.headers);
    v.field({.key = "body",
             .why = "Http: the body, with ${subject}, ${text}, ${to}, ${ack} and ${severity} "
                    "filled in; for gateways that send text messages or call.",
             .unset = "the message as JSON",
             .format = &formats::message_template},
            channel.body);
    v.field({.key = "calls",
             .why = "Http: it makes a telephone ring. A person is called less often than written "
                    "to, whatever happens."},
            channel.calls);
    v.field({.key = "test_at",
             .why = "Time of day at which a test page goes out every day, to one after the other "
                    "of those who are reached this way, in their own time zone: a channel that "
                    "broke is found before it is needed. `off` sends none; `terminal` never does.",
             .format = &formats::clock_time},
            channel.test_at);
    v.field({.key = "ca",
             .why = "File with the certificates (PEM) of the authorities that are trusted.",
             .unset = "those of the system",
             .path = Path::file},
            channel.ca);
}

}  // namespace

void describe(Visitor& v, Channel& channel) {
    v.record(
        {.name = "a channel",
         .expand = expand::channel,
         .short_schema = R"({"enum":["mail","slack","pagerduty","webhook","http","terminal"]})",
         .short_keys = R"("webhook":{"type":"string","description":)"
                       R"("Slack: the incoming webhook."})",
         .short_words = "{ smtp: … }, { webhook: … }, { routing_key: … }, { url: … }, or "
                        "`terminal`"});
    v.place(channel.place);
    v.field(
        {.key = "kind",
         .why = "What kind of channel it is. It need not be said: `smtp` is mail, `webhook` Slack, "
                "`routing_key` PagerDuty, `url` a signed webhook, and with `body`, `method` or "
                "`headers` any other HTTP interface.",
         .unset = "told by its other settings"},
        channel.kind);
    describe_mail(v, channel);
    describe_web(v, channel);
}

}  // namespace sg::config
