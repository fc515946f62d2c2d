// The page behind an acknowledge link: readable on a phone at night, by who has been awake for
// twenty seconds.
#include <fmt/format.h>
#include <openssl/sha.h>

#include "base/base64.h"
#include "ops/respond/notify/ack_link.h"
#include "ops/respond/notify/html.h"

namespace sg::notify {

namespace {

constexpr std::string_view style =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.2rem;"
    "color:#14202b;background:#fff}"
    "h1{font-size:1.35rem;line-height:1.3}"
    "button{font:inherit;font-weight:600;width:100%;padding:1rem;border:0;border-radius:.5rem;"
    "color:#fff;background:#b3261e;cursor:pointer}"
    "button:focus-visible{outline:.2rem solid #14202b;outline-offset:.2rem}"
    "p.quiet{color:#52606d;font-size:.95rem}pre{font:1rem/1.7 ui-monospace,monospace;"
    "white-space:pre-wrap}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}"
    "p.quiet{color:#9aa7b4}button:focus-visible{outline-color:#e6edf3}}";

std::string style_digest() {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), digest.data());
    return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string title_of(const AckView& view) {
    switch (view.state) {
        case AckView::State::asks: return "Acknowledge?";
        case AckView::State::acknowledged: return "Acknowledged";
        case AckView::State::over: return "It is over";
        case AckView::State::refused: return "This link does not work";
    }
    return {};
}

std::string body_of(const AckView& view) {
    const std::string person = escaped_html(view.person);
    switch (view.state) {
        case AckView::State::asks:
            return fmt::format(
                "<form method=\"post\"><button>Acknowledge as {}</button></form>"
                "<p class=\"quiet\">Says that you are looking: the escalation stops. Nothing "
                "happens until you press the button.</p>",
                person);
        case AckView::State::acknowledged:
            return fmt::format("<p>{} is looking. The escalation has stopped.</p>",
                               escaped_html(view.by));
        case AckView::State::over: return "<p>Nobody needs to look any more.</p>";
        case AckView::State::refused: return fmt::format("<p>{}</p>", escaped_html(view.why));
    }
    return {};
}

std::string page(std::string_view title, std::string_view headline, std::string_view body) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>{0}</title><style>{1}</style></head><body><main><p class=\"quiet\">{0}</p>"
        "<h1>{2}</h1>{3}</main></body></html>\n",
        title, style, escaped_html(headline), body);
}

}  // namespace

std::string ack_page(const AckView& view) {
    std::string war_room;
    if (!view.war_room.empty())
        war_room = fmt::format("<p><a href=\"{}\" rel=\"noreferrer\">To the war room</a></p>",
                               escaped_html(view.war_room));
    return page(title_of(view), view.headline, body_of(view) + war_room);
}

std::string war_room_page(std::int64_t incident) {
    return page("War room", fmt::format("Incident {}", incident),
                fmt::format("<p>On a machine from which operations can be reached:</p>"
                            "<pre>streamgate incident show {0}\n"
                            "streamgate incident timeline {0} -w\n"
                            "streamgate signals -w</pre>"
                            "<p class=\"quiet\">What is known of incidents is not shown to "
                            "everybody who has their number.</p>",
                            incident));
}

const std::vector<HeaderField>& ack_page_headers() {
    static const std::vector<HeaderField> fields = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"Content-Security-Policy",
         fmt::format("default-src 'none'; style-src 'sha256-{}'; form-action 'self'; "
                     "frame-ancestors 'none'; base-uri 'none'",
                     style_digest())},
        {"Cache-Control", "no-store"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Robots-Tag", "noindex"}};
    return fields;
}

}  // namespace sg::notify
