// The feed: an entry for each incident and maintenance, the latest change first. Source: RFC 4287.
//
// The identity of an entry is a URN of its number, and never changes: not when the page moves to
// another address, and not when the incident goes on. What changes is `updated`.
#include <fmt/format.h>

#include <algorithm>

#include "ops/respond/statuspage/render.h"

namespace sg::statuspage {

namespace {

constexpr std::size_t entries_max = 50;

struct Entry {
    std::string id;
    std::string title;
    std::string path;
    Instant published;
    Instant updated;
    std::string content;
};

std::string content_of(const std::vector<Update>& updates) {
    std::string out;
    for (auto update = updates.rbegin(); update != updates.rend(); ++update) {
        std::string status = update->status;
        std::ranges::replace(status, '_', ' ');
        out += fmt::format("<p><strong>{}</strong> {}: {}</p>\n", escaped(status),
                           to_rfc3339(update->at), escaped(update->body));
    }
    return out;
}

std::vector<Entry> entries_of(const View& view) {
    std::vector<Entry> entries;
    for (const auto& n : view.notices)
        entries.push_back({fmt::format("urn:streamgate:statuspage:incident:{}", n.id), n.title,
                           incident_path(n), n.published_at, n.changed_at, content_of(n.updates)});
    for (const auto& m : view.maintenances)
        entries.push_back({fmt::format("urn:streamgate:statuspage:maintenance:{}", m.id), m.title,
                           maintenance_path(m), m.made_at, m.changed_at, content_of(m.updates)});
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        return a.updated != b.updated ? a.updated > b.updated : a.id > b.id;
    });
    if (entries.size() > entries_max) entries.resize(entries_max);
    return entries;
}

}  // namespace

std::string atom(const View& view) {
    const auto entries = entries_of(view);
    const Instant updated = entries.empty() ? Instant{} : entries.front().updated;
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n"
        "<id>urn:streamgate:statuspage:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n"
        "<author><name>{}</name></author>\n<link rel=\"alternate\" type=\"text/html\" "
        "href=\"{}\"/>\n<link rel=\"self\" type=\"application/atom+xml\" "
        "href=\"{}history.atom\"/>\n",
        component_id(view.title), escaped(view.title), to_rfc3339(updated), escaped(view.title),
        escaped(view.url.empty() ? "./" : view.url), escaped(view.url));
    for (const auto& entry : entries)
        out += fmt::format(
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<published>{}</published>\n"
            "<updated>{}</updated>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}{}\"/>\n"
            "<content type=\"html\">{}</content>\n</entry>\n",
            entry.id, escaped(entry.title), to_rfc3339(entry.published), to_rfc3339(entry.updated),
            escaped(view.url), entry.path, escaped(entry.content));
    return out + "</feed>\n";
}

}  // namespace sg::statuspage
