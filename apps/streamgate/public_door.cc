#include "public_door.h"

#include <fmt/format.h>

#include "base/whole.h"
#include "ops/respond/incidents/ask.h"
#include "ops/respond/notify/compose.h"
#include "ops/respond/oncall/ask.h"
#include "ops/respond/oncall/commands.h"

namespace sg::app {

namespace {

using notify::AckView;

web::Reply html(const AckView& view, int status) {
    web::Reply reply{status, "text/html; charset=utf-8", notify::ack_page(view)};
    for (const auto& [name, value] : notify::ack_page_headers())
        reply.headers.emplace_back(std::string(name), value);
    return reply;
}

web::Reply refused(const std::string& why) {
    return html({.state = AckView::State::refused, .why = why}, 403);
}

AckView view_of(const oncall::Page& page, const notify::Grant& grant,
                const config::Config& config) {
    AckView view;
    view.headline =
        fmt::format("SEV-{} {} (incident {})", page.severity, page.title, page.incident);
    view.person = grant.person;
    view.by = page.acknowledged_by;
    view.war_room = notify::war_room_url(config.operations.public_url, page.incident);
    switch (page.state) {
        case oncall::PageState::acknowledged: view.state = AckView::State::acknowledged; break;
        case oncall::PageState::stopped: view.state = AckView::State::over; break;
        case oncall::PageState::walking:
        case oncall::PageState::unanswered: view.state = AckView::State::asks; break;
    }
    return view;
}

// GET shows a button, only POST acknowledges: scanners follow links, people press buttons.
web::Reply acknowledge(api::Site& site, const web::Request& request, const Visit& visit,
                       std::string_view token) {
    const auto grant = notify::grant_of(token, visit.keys, visit.now);
    if (!grant) return refused(grant.error().what);
    if (request.method == "POST") {
        const ops::Actor actor{grant->person, "link"};
        const auto done = site.writer.run([&](const ops::Turn& turn) {
            return oncall::acknowledge(turn, actor, {.page = grant->page, .how = "link"});
        });
        // One that has stopped is shown as it is, not as an error.
        if (!done && done.error().code == Errc::unavailable)
            return html({.state = AckView::State::refused, .why = done.error().what}, 503);
        if (!done && done.error().code != Errc::conflict) return refused(done.error().message());
    } else if (request.method != "GET" && request.method != "HEAD") {
        return api::problem({Errc::invalid_argument, "not this way",
                             "an acknowledge link is opened, or its button pressed"});
    }
    const auto page = oncall::find_page(site.read, grant->page);
    if (!page || !*page) return refused("the page that this link is for does not exist any more");
    return html(view_of(**page, *grant, *site.config()), 200);
}

web::Reply war_room(std::string_view number) {
    const auto incident = parse_whole<std::int64_t>(number);
    if (!incident || *incident <= 0)
        return api::problem({Errc::not_found, "there is no such incident", ""});
    web::Reply reply{200, "text/html; charset=utf-8", notify::war_room_page(*incident)};
    for (const auto& [name, value] : notify::ack_page_headers())
        reply.headers.emplace_back(std::string(name), value);
    return reply;
}

// For a load balancer: of several processes it is the leader that can do what is asked here.
web::Reply leader(const api::Site& site) {
    if (site.writer.leads()) return {200, "text/plain", "leads\n"};
    return {503, "text/plain", "stands by\n"};
}

web::Reply calendar(api::Site& site, std::string_view token, Instant now) {
    const auto feed = oncall::calendar_of(site.read, *site.config(), token, now);
    if (!feed) return api::problem(feed.error());
    if (!*feed)
        return api::problem(
            {Errc::not_found, "there is no such calendar", "it may have been revoked"});
    return {200, "text/calendar; charset=utf-8", **feed};
}

}  // namespace

web::Reply public_answer(api::Site& site, const web::Request& request, const Visit& visit) {
    const std::string_view path = request.path;
    if (path.starts_with("/i/")) return war_room(path.substr(3));
    if (path.starts_with("/a/")) return acknowledge(site, request, visit, path.substr(3));
    if (path.starts_with("/c/") && path.ends_with(".ics"))
        return calendar(site, path.substr(3, path.size() - 7), visit.now);
    if (path == "/healthz") return {200, "text/plain", "ok\n"};
    if (path == "/leader") return leader(site);
    if (auto reply =
            api::subscription_at_public_door(site, request, visit.subscriptions, visit.now))
        return std::move(*reply);
    if (auto reply = api::inbox_at_public_door(site, request, visit.limits, visit.now))
        return std::move(*reply);
    return api::problem(
        {Errc::not_found, "nothing is here", "what is served here carries its own token"});
}

}  // namespace sg::app
