#include "api/subscriptions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "ops/respond/notify/html.h"
#include "ops/respond/statuspage/looks.h"
#include "ops/respond/subscribers/ask.h"
#include "ops/respond/subscribers/commands.h"
#include "store/digest.h"

namespace sg::api {

namespace {

using subscribers::Purpose;

struct Visit {
    Site& site;
    const web::Request& request;
    SubscriptionLimits& limits;
    Instant now;
};

web::Reply not_this_way(std::string_view allowed) {
    auto reply = problem(405, fmt::format("this is for {}", allowed));
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

web::Reply too_many(Duration wait) {
    auto reply = door_page({"Too many requests", "Please try again in a few minutes."}, 429);
    reply.headers.emplace_back(
        "Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    return reply;
}

web::Reply refused(const Error& error) {
    const int status = row_of(error.code).status;
    if (status >= 500)
        return door_page({"Not now", "This cannot be done now. Please try again later."}, 503);
    return door_page({"This did not work", error.message()}, status);
}

// Known or not, asked a moment ago or not: the same words.
web::Reply look_into_your_mail() {
    return door_page({"Look into your mail",
                      "If the address can be reached, a mail is on its way to it. Open the link in "
                      "it and confirm: until then nothing is sent."},
                     202);
}

Duration wait_of(const Visit& visit) {
    const auto& address = visit.request.address;
    const bool counted = !address.empty() && !address.starts_with("127.") && address != "[::1]";
    if (counted)
        if (const auto wait = visit.limits.by_source.take(address, visit.now); wait > 0s)
            return wait;
    return visit.limits.all.take("all", visit.now);
}

web::Reply subscribe(const Visit& visit) {
    if (visit.request.method != "POST") return not_this_way("POST");
    if (const auto wait = wait_of(visit); wait > 0s) return too_many(wait);
    const auto wish = wish_of(visit.request.body);
    if (!wish) return refused(wish.error());
    const auto address = subscribers::address_of(wish->address);
    if (!address) return refused(address.error());
    // Whoever fills a stranger's mailbox learns no more than one who asks once.
    if (visit.limits.by_mailbox.take(store::sha256_hex(*address), visit.now) > 0s)
        return look_into_your_mail();
    const subscribers::Question question{*address, wish->components, store::random_hex(8),
                                         store::random_hex(32)};
    const auto done = visit.site.writer.run([&](const ops::Turn& turn) {
        return subscribers::ask(turn, {"a subscriber", "page"}, question);
    });
    return done ? look_into_your_mail() : refused(done.error());
}

struct Words {
    DoorPage question;
    DoorPage done;
};

Words words_of(Purpose purpose) {
    if (purpose == Purpose::confirm)
        return {{"Confirm?", "Updates of the status page will be sent to this mail address.",
                 "Yes, send them"},
                {"Confirmed", "Updates will be sent. Each mail has a link that ends it."}};
    return {{"Unsubscribe?", "No more updates will be sent, and the address is forgotten.",
             "Unsubscribe"},
            {"Unsubscribed", "No more updates are sent, and the address is forgotten."}};
}

web::Reply follow_link(const Visit& visit, Purpose purpose, std::string_view token) {
    const auto claim = subscribers::claim_of(purpose, token);
    if (!claim) return refused(claim.error());
    const auto words = words_of(purpose);
    const auto& method = visit.request.method;
    if (method == "GET" || method == "HEAD") return door_page(words.question, 200);
    if (method != "POST") return not_this_way("GET, HEAD, POST");
    const auto done = visit.site.writer.run([&](const ops::Turn& turn) {
        return purpose == Purpose::confirm ? subscribers::confirm(turn, *claim)
                                           : subscribers::unsubscribe(turn, *claim);
    });
    return done ? door_page(words.done, 200) : refused(done.error());
}

}  // namespace

std::optional<web::Reply> subscription_at_public_door(Site& site, const web::Request& request,
                                                      SubscriptionLimits& limits, Instant now) {
    constexpr std::string_view confirms = "/subscribe/confirm/";
    constexpr std::string_view ends = "/subscribe/unsubscribe/";
    const std::string_view path = request.path;
    const Visit visit{site, request, limits, now};
    // Links work as long as there is somebody behind them, whoever may subscribe now.
    if (path.starts_with(confirms))
        return follow_link(visit, Purpose::confirm, path.substr(confirms.size()));
    if (path.starts_with(ends))
        return follow_link(visit, Purpose::unsubscribe, path.substr(ends.size()));
    if (path != "/subscribe" || !subscribers::is_open(*site.config())) return std::nullopt;
    return subscribe(visit);
}

Result<Wish> wish_of(std::string_view form) {
    if (form.size() > form_bytes_max) return fail(Errc::too_large, "the form is too long");
    Wish wish;
    for (const auto pair : split(form, '&')) {
        const auto equals = pair.find('=');
        if (equals == pair.npos) continue;
        const auto name = pair.substr(0, equals);
        auto value = web::percent_decoded(pair.substr(equals + 1));
        if (name == "address") wish.address = std::move(value);
        else if (name == "component" && !value.empty()) wish.components.push_back(std::move(value));
    }
    if (wish.components.size() > components_most)
        return fail(Errc::invalid_argument, "there are not so many components");
    return wish;
}

web::Reply door_page(const DoorPage& page, int status) {
    namespace looks = statuspage::looks;
    const auto form = page.button.empty()
                          ? std::string()
                          : fmt::format("<form method=\"post\"><button>{}</button></form>\n",
                                        notify::escaped_html(page.button));
    web::Reply reply{
        status, "text/html; charset=utf-8",
        fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{0}</title>\n"
                    "<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n<p>{2}</p>\n{3}"
                    "</main>\n</body>\n</html>\n",
                    notify::escaped_html(page.title), looks::style, notify::escaped_html(page.text),
                    form)};
    reply.headers = {{"Content-Security-Policy",
                      fmt::format("default-src 'none'; style-src 'sha256-{}'; form-action 'self'; "
                                  "frame-ancestors 'none'; base-uri 'none'",
                                  looks::digest(looks::style))},
                     {"Cache-Control", "no-store"},
                     {"Referrer-Policy", "no-referrer"},
                     {"X-Content-Type-Options", "nosniff"},
                     {"X-Robots-Tag", "noindex"}};
    return reply;
}

}  // namespace sg::api
