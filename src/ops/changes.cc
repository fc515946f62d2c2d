#include "ops/changes.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "ops/accept.h"

namespace sg::ops {

namespace {

using Json = nlohmann::json;

constexpr std::size_t body_max = 512 * 1024;  // Source: PagerDuty, size limits.
constexpr std::size_t text_max = 1024;        // Bytes of a text; the rest is cut.
constexpr int depth_max = 32;
constexpr Duration told_late = 10min;

const store::Sql latest_before("changes.before", R"(
SELECT l.seq, l.recorded_at, l.kind, p.payload FROM ledger l
JOIN ledger_payload p ON p.seq = l.seq
WHERE l.kind = :k AND l.recorded_at >= :a AND l.recorded_at <= :b ORDER BY l.seq DESC LIMIT :n)");

std::unexpected<Error> wrong(std::string what) {
    return fail(Errc::invalid_argument, std::move(what));
}

// Cut where a character begins, so that it stays UTF-8.
std::string text_at(const Json& json, const char* key) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_string()) return {};
    auto text = at->get<std::string>();
    if (text.size() <= text_max) return text;
    std::size_t end = text_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
    return text;
}

Result<Json> parse(std::string_view body) {
    if (body.size() > body_max)
        return fail(Errc::too_large,
                    fmt::format("{} bytes; at most {} are read", body.size(), body_max));
    bool is_deep = false;
    const auto limit = [&](int depth, Json::parse_event_t, Json&) {
        is_deep = is_deep || depth > depth_max;
        return !is_deep;
    };
    Json json = Json::parse(body, limit, false);
    if (is_deep) return wrong(fmt::format("nested over {} deep", depth_max));
    if (!json.is_object()) return wrong("the body is not a JSON object");
    return json;
}

std::string first_link(const Json& json) {
    const auto links = json.find("links");
    if (links == json.end() || !links->is_array()) return {};
    for (const auto& link : *links) {
        if (!link.is_object()) continue;
        auto url = text_at(link, "href");
        if (url.starts_with("https://") || url.starts_with("http://")) return url;
    }
    return {};
}

}  // namespace

void describe(Visitor& v, ChangeNoted& e) {
    v.field({.key = "summary"}, e.summary);
    v.field({.key = "source"}, e.source);
    v.field({.key = "service"}, e.service);
    v.field({.key = "inbox"}, e.inbox);
    v.field({.key = "url"}, e.url);
    v.field({.key = "changed_at"}, e.changed_at);
}

void describe(Visitor& v, Changed& c) {
    v.field({.key = "at"}, c.at);
    v.field({.key = "record"}, c.record);
    v.field({.key = "what"}, c.what);
    v.field({.key = "url"}, c.url);
}

Result<OutsideChange> read_change(std::string_view body, Instant now) {
    TRY(const Json json, parse(body));
    OutsideChange outside;
    outside.routing_key = text_at(json, "routing_key");
    if (outside.routing_key.empty()) return wrong("`routing_key` is missing");
    const auto payload = json.find("payload");
    if (payload == json.end() || !payload->is_object()) return wrong("`payload` is missing");
    ChangeNoted& change = outside.change;
    change.summary = text_at(*payload, "summary");
    if (change.summary.empty()) return wrong("`payload.summary` must be given");
    change.source = text_at(*payload, "source");
    change.url = first_link(json);
    change.changed_at = now;
    if (const auto timestamp = text_at(*payload, "timestamp"); !timestamp.empty()) {
        const auto at = parse_rfc3339(timestamp);
        if (!at) return wrong("`payload.timestamp` is not a point in time");
        change.changed_at = std::min(*at, now);
    }
    return outside;
}

Result<void> note_change(const Turn& turn, const Actor& actor, const ChangeNoted& change) {
    Decision decision;
    std::vector<Subject> subjects{"change"};
    if (!change.service.empty()) subjects.push_back("service:" + change.service);
    decision.event(change, std::move(subjects));
    TRY([[maybe_unused]] const auto done, record(turn, actor, decision));
    return {};
}

Result<std::vector<Changed>> changes_before(store::Session& session, const std::string& service,
                                            Instant until) {
    const auto rows_of = [&](Kind kind, Instant to) {
        return session.rows(latest_before,
                            {std::string(row_of(kind).name), until - just_before, to, changes_max});
    };
    std::vector<Changed> changes;
    TRY(const auto files, rows_of(Kind::config_accepted, until));
    for (const auto& row : files) {
        if (row.text(3).empty()) continue;  // Erased.
        TRY(const auto accepted, from_json<ConfigAccepted>(row.text(3)));
        changes.push_back({row.instant(1), row.integer(0),
                           fmt::format("configuration {:.12} came into force", accepted.digest), "",
                           accepted.difference, true});
    }
    // Who tells of changes may do so when they are done, a while after they began to hurt.
    TRY(const auto notes, rows_of(Kind::change_noted, until + told_late));
    for (const auto& row : notes) {
        if (row.text(3).empty()) continue;
        TRY(const auto note, from_json<ChangeNoted>(row.text(3)));
        if (!note.service.empty() && !service.empty() && note.service != service) continue;
        if (note.changed_at > until || note.changed_at < until - just_before) continue;
        changes.push_back({note.changed_at, row.integer(0),
                           note.source.empty() ? note.summary : note.source + ": " + note.summary,
                           note.url});
    }
    std::ranges::sort(changes, std::greater{},
                      [](const Changed& c) { return std::pair(c.at, c.record); });
    if (std::ssize(changes) > changes_max) changes.resize(changes_max);
    return changes;
}

}  // namespace sg::ops
