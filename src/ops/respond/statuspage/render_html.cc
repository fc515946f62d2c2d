// The pages for people: what works, what is wrong, what is planned, what was.
//
// Colours never say anything alone; times are in UTC, and a small script adds how long ago that is
// and fetches the page anew. Without it everything can be read as well.
#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "ops/respond/statuspage/looks.h"
#include "ops/respond/statuspage/render.h"
#include "store/digest.h"

namespace sg::statuspage {

namespace {

// `23 Nov 2026, 14:03 UTC`
std::string readable(Instant at) {
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto text = to_rfc3339(at);  // `2026-11-23T14:03:22Z`
    const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
    const auto day = text[8] == '0' ? text.substr(9, 1) : text.substr(8, 2);
    return fmt::format("{} {} {}, {} UTC", day, months[std::min<std::size_t>(month, 11)],
                       text.substr(0, 4), text.substr(11, 5));
}

std::string time_of(Instant at) {
    return fmt::format("<time datetime=\"{}\">{}</time>", to_rfc3339(at), readable(at));
}

std::string capital(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '_', ' ');
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
    return out;
}

// What a condition looks like; the word stands beside it, always.
std::string_view mark_of(Condition condition) {
    constexpr std::string_view marks[] = {"ok", "minor", "major", "critical", "work"};
    return marks[static_cast<std::size_t>(condition)];
}

std::string_view mark_of(std::string_view indicator) {
    if (indicator == "none") return "ok";
    return indicator == "maintenance" ? "work" : indicator;
}

std::string_view mark_of(const DayShown& day) {
    if (day.known == 0) return "unknown";
    const double bad = static_cast<double>(day.bad) / static_cast<double>(day.known);
    if (day.bad == 0) return "ok";
    return bad < 0.01 ? "minor" : bad < 0.1 ? "major" : "critical";
}

struct PageFrame {
    std::string title;
    std::string home;  // The way back to the index: empty, or `../`.
    std::string body;
};

std::string framed(const View& view, const PageFrame& frame) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'sha256-{style_digest}'; script-src 'sha256-{script_digest}'; connect-src "
        "'self'; img-src data:; base-uri 'none'; form-action 'self' https:{form}\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n"
        "<link rel=\"icon\" href=\"data:,\">\n"
        "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"{page}\" "
        "href=\"{home}history.atom\">\n<style>{style}</style>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">To the content</a>\n"
        "<header><p class=\"name\"><a href=\"{home}index.html\">{page}</a></p>"
        "<nav aria-label=\"Pages\"><a href=\"{home}index.html\">Now</a>"
        "<a href=\"{home}history.html\">History</a></nav></header>\n"
        "<main id=\"main\">\n{body}</main>\n<footer>\n<p>As of {now}"
        "<span id=\"stale\" role=\"status\"></span></p>\n"
        "<p><a href=\"{home}history.atom\">Atom feed</a> "
        "<a href=\"{home}api/v2/summary.json\">JSON</a></p>\n</footer>\n"
        "<script>{script}</script>\n</body>\n</html>\n",
        fmt::arg("form", view.subscribe.empty() ? "" : " " + escaped(view.subscribe)),
        fmt::arg("title", escaped(frame.title)), fmt::arg("page", escaped(view.title)),
        fmt::arg("home", frame.home), fmt::arg("style", looks::style),
        fmt::arg("script", looks::script), fmt::arg("body", frame.body),
        fmt::arg("now", time_of(view.now)), fmt::arg("style_digest", looks::digest(looks::style)),
        fmt::arg("script_digest", looks::digest(looks::script)));
}

std::string updates_html(const std::vector<Update>& updates) {
    std::string out = "<ol class=\"updates\" reversed>\n";
    for (auto update = updates.rbegin(); update != updates.rend(); ++update)
        out += fmt::format("<li><p><strong>{}</strong> {}</p><p>{}</p></li>\n",
                           escaped(capital(update->status)), time_of(update->at),
                           escaped(update->body));
    return out + "</ol>\n";
}

std::string concerned(const std::vector<std::string>& components) {
    if (components.empty()) return {};
    std::string out = "<p class=\"quiet\">Concerns ";
    for (std::size_t i = 0; i < components.size(); ++i)
        out += (i > 0 ? ", " : "") + escaped(components[i]);
    return out + "</p>\n";
}

std::string_view mark_of(Impact impact) {
    constexpr std::string_view marks[] = {"ok", "minor", "major", "critical"};
    return marks[static_cast<std::size_t>(impact)];
}

std::string notice_html(const Notice& notice, const std::string& home, std::string_view heading) {
    return fmt::format(
        "<article class=\"notice {}\">\n<{} class=\"title\"><a href=\"{}{}\">{}</a></{}>\n{}{}"
        "</article>\n",
        notice.is_over() ? "over" : mark_of(notice.impact), heading, home, incident_path(notice),
        escaped(notice.title), heading, concerned(notice.components), updates_html(notice.updates));
}

std::string maintenance_html(const Maintenance& m, const std::string& home,
                             std::string_view heading) {
    return fmt::format(
        "<article class=\"notice {}\">\n<{} class=\"title\"><a href=\"{}{}\">{}</a></{}>\n"
        "<p>{}: {} to {}</p>\n{}{}</article>\n",
        m.phase == Phase::completed ? "over" : "work", heading, home, maintenance_path(m),
        escaped(m.title), heading, capital(phrase(m.phase)), time_of(m.from), time_of(m.until),
        concerned(m.components), updates_html(m.updates));
}

// One bar a day: an image with words for who cannot see it, and a title on each bar.
std::string bars(const ComponentShown& shown) {
    const auto share = uptime(shown);
    const auto days = shown.days.size();
    const auto words =
        share ? fmt::format("{} % of the time in the last {} days", percent(*share), days)
              : fmt::format("Nothing is known of the last {} days", days);
    std::string out = fmt::format(
        "<svg class=\"days\" viewBox=\"0 0 {} 30\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"{}\">",
        days * 10, words);
    for (std::size_t i = 0; i < days; ++i) {
        const auto& day = shown.days[i];
        const auto said = day.known == 0 ? std::string("nothing is known")
                          : day.bad == 0
                              ? std::string("no minute was bad")
                              : fmt::format("{} bad minute{}", day.bad, day.bad == 1 ? "" : "s");
        out += fmt::format(
            "<rect class=\"{}\" x=\"{}\" width=\"7\" height=\"30\"><title>{}: {}"
            "</title></rect>",
            mark_of(day), i * 10, day.day, said);
    }
    return out + fmt::format(
                     "</svg><p class=\"ends\"><span>{} days ago</span><span>{}</span>"
                     "<span>today</span></p>",
                     days - 1, share ? percent(*share) + " % uptime" : "no figures yet");
}

std::string components_html(const View& view) {
    if (view.components.empty()) return {};
    std::string out =
        "<section aria-labelledby=\"components\">\n<h2 id=\"components\">Components"
        "</h2>\n<ul class=\"components\">\n";
    for (const auto& shown : view.components) {
        const auto& c = shown.component;
        out += fmt::format(
            "<li><h3>{}</h3><p class=\"state {}\"><span class=\"dot\" "
            "aria-hidden=\"true\"></span>{}</p>{}</li>\n",
            escaped(c.name), mark_of(c.condition), capital(phrase(c.condition)), bars(shown));
    }
    return out + "</ul>\n</section>\n";
}

std::string section(std::string_view id, std::string_view title, const std::string& content) {
    if (content.empty()) return {};
    return fmt::format(
        "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}"
        "</section>\n",
        id, title, content);
}

// Needs no script: the answer is a page of the public door.
std::string subscribe_form(const View& view) {
    if (view.subscribe.empty()) return {};
    std::string out = fmt::format(
        "<form method=\"post\" action=\"{}\">\n<p><label for=\"address\">Mail address</label> "
        "<input id=\"address\" name=\"address\" type=\"email\" required maxlength=\"254\" "
        "autocomplete=\"email\"></p>\n",
        escaped(view.subscribe));
    if (view.components.size() > 1) {
        out += "<fieldset><legend>Only what concerns (none: everything)</legend>\n";
        for (const auto& shown : view.components)
            out += fmt::format(
                "<label><input type=\"checkbox\" name=\"component\" value=\"{0}\"> {0}</label>\n",
                escaped(shown.component.name));
        out += "</fieldset>\n";
    }
    return out +
           "<p><button>Subscribe</button></p>\n<p class=\"quiet\">You will be asked by mail "
           "to confirm. Each mail has a link that ends it, and then the address is "
           "forgotten.</p>\n</form>\n";
}

std::string index_body(const View& view) {
    constexpr Duration recent = 14 * 24h;
    const Overall now = overall(view);
    std::string open, past, works;
    for (const auto& notice : view.notices) {
        if (!notice.is_over()) open += notice_html(notice, "", "h3");
        else if (view.now - notice.resolved_at < recent) past += notice_html(notice, "", "h3");
    }
    for (const auto& m : view.maintenances)
        if (m.phase != Phase::completed) works += maintenance_html(m, "", "h3");
    if (past.empty()) past = "<p>None in the last 14 days.</p>\n";
    return fmt::format("<h1 class=\"banner {}\">{}</h1>\n", mark_of(now.indicator),
                       escaped(now.description)) +
           section("open", "What is wrong now", open) + components_html(view) +
           section("planned", "Maintenance", works) + section("past", "Recent incidents", past) +
           section("subscribe", "Be told by mail", subscribe_form(view));
}

// The maintenances that are over stand among the incidents, by when they were.
std::string history_body(const View& view) {
    struct Entry {
        Instant at;
        std::string html;
    };
    std::vector<Entry> entries;
    for (const auto& notice : view.notices)
        entries.push_back({notice.published_at, notice_html(notice, "", "h3")});
    for (const auto& m : view.maintenances)
        entries.push_back({m.from, maintenance_html(m, "", "h3")});
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at > b.at : a.html < b.html;
    });
    std::string out = "<h1>History</h1>\n";
    std::string month;
    for (const auto& entry : entries) {
        const auto words = readable(entry.at);  // `3 Nov 2026, …`
        const auto space = words.find(' ');
        const auto its = words.substr(space + 1, 8);
        if (its != month) out += fmt::format("<h2>{}</h2>\n", its);
        month = its;
        out += entry.html;
    }
    if (entries.empty()) out += "<p>Nothing has happened.</p>\n";
    return out;
}

}  // namespace

void render_html(const View& view, Files& files) {
    const Overall now = overall(view);
    files["index.html"] =
        framed(view, {fmt::format("{} · {}", now.description, view.title), "", index_body(view)});
    files["history.html"] = framed(view, {"History · " + view.title, "", history_body(view)});
    for (const auto& notice : view.notices)
        files[incident_path(notice)] = framed(
            view, {notice.title + " · " + view.title, "../", notice_html(notice, "../", "h1")});
    for (const auto& m : view.maintenances)
        files[maintenance_path(m)] =
            framed(view, {m.title + " · " + view.title, "../", maintenance_html(m, "../", "h1")});
}

}  // namespace sg::statuspage
