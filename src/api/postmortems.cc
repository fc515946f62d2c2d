// Post-mortems, action items and lessons over the API.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "api/history.h"
#include "base/units.h"
#include "ops/aftermath.h"
#include "ops/learn/knowledge/ask.h"
#include "ops/learn/knowledge/commands.h"
#include "ops/respond/incidents/ask.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;
using knowledge::Verb;

constexpr std::int64_t timeline_max = 5'000;
constexpr std::int64_t records_before = 500;  // That are looked through for what changed.
constexpr Duration just_before = 1h;
constexpr int depth_max = 6;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// --- what the ledger says of it ------------------------------------------------------------------

// Each stands under what it follows from.
Result<std::vector<knowledge::Line>> timeline_of(store::Session& session, std::int64_t incident) {
    TRY(const auto entries,
        store::entries(
            session, {.limit = timeline_max, .subject = knowledge::subject_of_incident(incident)}));
    std::vector<knowledge::Line> lines;
    std::map<std::int64_t, int> depths;
    for (const auto& entry : entries) {
        const auto parent = depths.find(entry.cause.value_or(0));
        const int depth = parent == depths.end() ? 0 : std::min(parent->second + 1, depth_max);
        depths[entry.seq] = depth;
        lines.push_back({entry.recorded_at, entry.who, sentence_of(entry), depth});
    }
    return lines;
}

bool is_change(std::string_view kind) {
    constexpr std::array kinds = {"config.", "change.", "delivery.",
                                  "leader.", "clock.",  "directive."};
    return std::ranges::any_of(kinds, [&](std::string_view one) { return kind.starts_with(one); });
}

// In the hour before it began, and until it was declared.
Result<std::vector<knowledge::Line>> changes_before(store::Session& session,
                                                    const incidents::Incident& incident) {
    TRY(const auto first,
        store::entries(session,
                       {.limit = 1, .subject = knowledge::subject_of_incident(incident.id)}));
    std::vector<knowledge::Line> lines;
    if (first.empty()) return lines;
    const auto seq = first.front().seq;
    TRY(const auto entries,
        store::entries(session, {.after = std::max<std::int64_t>(0, seq - records_before - 1),
                                 .limit = records_before}));
    for (const auto& entry : entries)
        if (entry.seq < seq && is_change(entry.kind) &&
            entry.recorded_at >= incident.started_at - just_before)
            lines.push_back({entry.recorded_at, entry.who, sentence_of(entry), 0});
    return lines;
}

std::string readable(Duration d) { return d < 1s ? to_text(d / 1ms * 1ms) : to_text(d / 1s * 1s); }

// Beside the clock that it was to keep, where there is one.
std::vector<std::pair<std::string, std::string>> times_of(const incidents::Incident& i) {
    std::vector<std::pair<std::string, std::string>> times;
    const auto add = [&](std::string name, Instant from, Instant to, Duration clock) {
        if (to == Instant{}) return;
        const auto took = std::max<Duration>(0s, to - from);
        auto text = readable(took);
        if (clock > 0s)
            text +=
                fmt::format(" ({} {})", took <= clock ? "within" : "NOT within", to_text(clock));
        times.emplace_back(std::move(name), std::move(text));
    };
    add("time to detect", i.started_at, i.declared_at, {});
    add("time to respond", i.declared_at, i.acknowledged_at, i.policy.respond);
    add("time to assess", i.declared_at, i.assessed_at, i.policy.assess);
    add("time to mitigate", i.started_at, i.mitigated_at, i.policy.mitigate);
    add("time to resolve", i.started_at, i.resolved_at, {});
    return times;
}

Result<knowledge::Postmortem> asked(Site& site, std::int64_t id) {
    TRY(auto found, knowledge::find(site.read, id));
    if (found) return std::move(*found);
    return fail(Errc::not_found, fmt::format("there is no post-mortem of incident {}", id),
                fmt::format("streamgate postmortem draft INC-{}", id));
}

Result<knowledge::Telling> telling_of(Site& site, std::int64_t id) {
    knowledge::Telling telling;
    TRY(telling.postmortem, asked(site, id));
    TRY(telling.items, knowledge::items_of(site.read, id));
    TRY(telling.timeline, timeline_of(site.read, id));
    TRY(const auto incident, incident_asked(site, id));
    TRY(telling.before, changes_before(site.read, incident));
    telling.times = times_of(incident);
    return telling;
}

Json lines_of(const std::vector<knowledge::Line>& lines) {
    Json list = Json::array();
    for (const auto& line : lines)
        list.push_back({{"at", to_rfc3339(line.at)},
                        {"by", line.by},
                        {"text", line.text},
                        {"depth", line.depth}});
    return list;
}

Result<Answer> show(Site& site, std::int64_t id) {
    TRY(const auto telling, telling_of(site, id));
    auto json = Json::parse(to_json(telling.postmortem));
    json["times"] = Json::object();
    for (const auto& [name, value] : telling.times) json["times"][name] = value;
    json["action_items"] = Json::array();
    for (const auto& item : telling.items)
        json["action_items"].push_back(Json::parse(to_json(item)));
    json["changed_before"] = lines_of(telling.before);
    json["timeline"] = lines_of(telling.timeline);
    json["markdown"] = knowledge::markdown(telling);
    return Answer{200, text_of(json)};
}

Json in_short(const knowledge::Postmortem& p) {
    auto json = Json::parse(to_json(p));
    for (const auto* key : {"graph", "keys", "sections", "step"}) json.erase(key);
    const auto lessons = p.sections.find("lessons");
    if (lessons != p.sections.end()) json["lessons"] = lessons->second;
    return json;
}

Json listed(std::string_view name, const std::vector<knowledge::Postmortem>& list) {
    Json json{{name, Json::array()}};
    for (const auto& p : list) json[std::string(name)].push_back(in_short(p));
    return json;
}

struct Remark {
    std::string text;
};
void describe(Visitor& v, Remark& r) {
    v.record({.name = "a remark"});
    v.field({.key = "text"}, r.text);
}

struct Edits {
    std::int64_t version = 0;
    std::map<std::string, std::string> sections;
};
void describe(Visitor& v, Edits& e) {
    v.record({.name = "what was written"});
    v.field({.key = "version"}, e.version);
    v.field({.key = "sections"}, e.sections);
}

struct Ownership {
    std::string owner;
};
void describe(Visitor& v, Ownership& o) {
    v.record({.name = "an owner"});
    v.field({.key = "owner", .required = true}, o.owner);
}

struct NewItem {
    std::string what;
    std::string owner;
    Instant due;
    knowledge::ItemKind kind = knowledge::ItemKind::prevent;
    std::int64_t priority = 2;
    std::string verification;
};
void describe(Visitor& v, NewItem& i) {
    v.record({.name = "an action item"});
    v.field({.key = "what", .required = true}, i.what);
    v.field({.key = "owner", .required = true}, i.owner);
    v.field({.key = "due", .required = true}, i.due);
    v.field({.key = "kind"}, i.kind);
    v.field({.key = "priority", .least = 1, .most = 4}, i.priority);
    v.field({.key = "verification"}, i.verification);
}

struct Done {
    std::string verification;
};
void describe(Visitor& v, Done& d) {
    v.record({.name = "how it shows"});
    v.field({.key = "verification"}, d.verification);
}

Result<Answer> act(Site& site, const Call& call, Verb verb) {
    TRY(const auto remark, body_of<Remark>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return knowledge::act(turn, call.actor, call.number(0), {verb, remark.text, {}});
    }));
    return show(site, call.number(0));
}

}  // namespace

Result<Answer> list_postmortems(Site& site, const Call& call) {
    knowledge::Wish wish{.service = std::string(call.request.parameter("service")),
                         .words = std::string(call.request.parameter("words"))};
    wish.before = call.count("before", wish.before, wish.before);
    wish.limit = call.count("limit", 50, 200);
    TRY(const auto list, knowledge::list(site.read, wish));
    return Answer{200, text_of(listed("postmortems", list))};
}

Result<Answer> show_postmortem(Site& site, const Call& call) {
    if (call.request.parameter("format") != "markdown") return show(site, call.number(0));
    TRY(const auto telling, telling_of(site, call.number(0)));
    return Answer{200, knowledge::markdown(telling), "text/markdown; charset=utf-8"};
}

Result<Answer> draft_postmortem(Site& site, const Call& call) {
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return ops::draft_on_request(turn, call.actor, call.number(0), {&site.history});
    }));
    TRY(auto answer, show(site, call.number(0)));
    answer.status = 201;
    return answer;
}

// All or none: an edit that comes too late changes nothing.
Result<Answer> edit_postmortem(Site& site, const Call& call) {
    TRY(const auto edits, body_of<Edits>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        auto version = edits.version;
        for (const auto& [section, text] : edits.sections) {
            TRY_VOID(knowledge::edit(turn, call.actor, call.number(0), {section, text, version}));
            TRY(const auto now, knowledge::find(turn.tx.session(), call.number(0)));
            if (now) version = std::max(version, now->version);
        }
        return {};
    }));
    return show(site, call.number(0));
}

Result<Answer> publish_postmortem(Site& site, const Call& call) {
    return act(site, call, Verb::publish);
}
Result<Answer> return_postmortem(Site& site, const Call& call) {
    return act(site, call, Verb::give_back);
}
Result<Answer> review_postmortem(Site& site, const Call& call) {
    return act(site, call, Verb::review);
}
Result<Answer> close_postmortem(Site& site, const Call& call) {
    return act(site, call, Verb::close);
}

Result<Answer> hand_over_postmortem(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<Ownership>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return knowledge::hand_over(turn, call.actor, call.number(0), wanted.owner);
    }));
    return show(site, call.number(0));
}

Result<Answer> seen_before(Site& site, const Call& call) {
    TRY(const auto incident, incident_asked(site, call.number(0)));
    auto keys = incident.alerts;
    keys.insert(keys.end(), incident.cleared.begin(), incident.cleared.end());
    TRY(const auto list, knowledge::seen_before(site.read, keys, incident.id));
    return Answer{200, text_of(listed("before", list))};
}

Result<Answer> list_action_items(Site& site, const Call& call) {
    const auto incident = call.count("incident", 0, INT64_MAX);
    TRY(const auto list, incident > 0
                             ? knowledge::items_of(site.read, incident)
                             : knowledge::open_items(site.read, call.count("limit", 100, 1000)));
    return Answer{200, list_json("action_items", list)};
}

Result<Answer> add_action_item(Site& site, const Call& call) {
    TRY(const auto wanted, body_of<NewItem>(call));
    std::int64_t id = 0;
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) -> Result<void> {
        TRY(id, knowledge::add(turn, call.actor, call.number(0),
                               {.kind = wanted.kind,
                                .priority = wanted.priority,
                                .what = wanted.what,
                                .owner = wanted.owner,
                                .due = wanted.due,
                                .verification = wanted.verification}));
        return {};
    }));
    TRY(const auto item, knowledge::find_item(site.read, id));
    if (!item) return fail(Errc::internal, "the action item that was added");
    return Answer{201, to_json(*item)};
}

Result<Answer> finish_action_item(Site& site, const Call& call) {
    TRY(const auto done, body_of<Done>(call));
    TRY_VOID(site.writer.run([&](const ops::Turn& turn) {
        return knowledge::finish(turn, call.actor, call.number(0), done.verification);
    }));
    TRY(const auto item, knowledge::find_item(site.read, call.number(0)));
    if (!item) return fail(Errc::internal, "the action item that was done");
    return Answer{200, to_json(*item)};
}

}  // namespace sg::api
