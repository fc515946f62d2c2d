#include "ops/learn/drills/commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "ops/learn/drills/store.h"
#include "store/ledger.h"

namespace sg::drills {

namespace {

const ops::Actor nobody{};

Result<Drill> load(const ops::Turn& turn, std::int64_t id) {
    TRY(auto found, find(turn.tx.session(), id));
    if (!found)
        return fail(Errc::not_found, fmt::format("there is no drill {}", id),
                    "`streamgate drill list` shows them");
    return std::move(*found);
}

Result<void> write(const ops::Turn& turn, const ops::Actor& actor, const ops::Decision& decision) {
    TRY([[maybe_unused]] const auto recorded, ops::record(turn, actor, decision));
    return {};
}

std::int64_t number_in(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string text_in(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// By its first subjects too: what a domain says of an incident names it there.
std::int64_t incident_among(const std::vector<std::string>& subjects) {
    for (const auto& subject : subjects)
        if (subject.starts_with("incident:")) return number_of(subject);
    return 0;
}

Seen seen_of(const store::Entry& entry) {
    Seen seen{.at = entry.recorded_at, .kind = entry.kind, .text = entry.payload};
    const auto json = nlohmann::json::parse(entry.payload, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return seen;
    seen.incident = number_in(json, "incident");
    if (seen.incident == 0) seen.incident = incident_among(entry.subjects);
    seen.service = text_in(json, "service");
    seen.severity = number_in(json, "severity");
    seen.drill = number_in(json, "drill");
    for (const char* const key :
         {"title", "likely", "done", "why", "how", "what", "summary", "cause", "sentence"})
        if (seen.sentence.empty()) seen.sentence = text_in(json, key);
    if (entry.kind == "incident.severity_changed") {
        seen.severity = number_in(json, "to");
        seen.sentence = fmt::format("INC-{} is SEV-{} now (drill)", seen.incident, seen.severity);
    }
    if (entry.kind == "postmortem.drafted")
        seen.sentence = fmt::format("post-mortem of INC-{}", seen.incident);
    if (entry.kind == "page.sent") seen.sentence = text_in(json, "person");
    const auto trigger = json.find("trigger");
    if (trigger == json.end() || !trigger->is_object()) return seen;
    seen.service = text_in(*trigger, "service");
    seen.severity = number_in(*trigger, "severity");
    seen.drill = number_in(*trigger, "drill");
    seen.sentence = fmt::format("INC-{} SEV-{} (drill)", seen.incident, seen.severity);
    return seen;
}

}  // namespace

Result<std::int64_t> begin(const ops::Turn& turn, const ops::Actor& actor, const Plan& plan) {
    TRY(const auto id, ops::next_number(turn.tx, "drill"));
    TRY_VOID(write(turn, actor, begin(id, plan, turn.now)));
    return id;
}

Result<void> abort(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                   const std::string& why) {
    TRY(const auto drill, load(turn, id));
    TRY(const auto decision,
        abort(drill, why.empty() ? fmt::format("{} said so", actor.who) : why, turn.now));
    return write(turn, actor, decision);
}

Result<void> answer(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id,
                    const Answer& said) {
    TRY(const auto drill, load(turn, id));
    TRY(const auto decision, answer(drill, said, turn.now));
    return write(turn, actor, decision);
}

Result<void> finish(const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
    TRY(const auto drill, load(turn, id));
    TRY(const auto decision, finish(drill, turn.now));
    return write(turn, actor, decision);
}

Result<void> on_prepared(const ops::Turn& turn, const Came& came) {
    TRY(const auto drill, load(turn, came.work.drill));
    if (!came.error.empty())
        return write(turn, nobody,
                     failed(drill, "it cannot be injected here: " + came.error, turn.now));
    return write(turn, nobody, prepared(drill, came.done.of_each, turn.now));
}

Result<void> on_injected(const ops::Turn& turn, const Came& came) {
    TRY(const auto drill, load(turn, came.work.drill));
    if (!came.error.empty())
        return write(turn, nobody, failed(drill, "it was not injected: " + came.error, turn.now));
    return write(turn, nobody,
                 injected(drill, fmt::format("{}", fmt::join(came.done.of_each, "; ")), turn.now));
}

Result<void> on_lifted(const ops::Turn& turn, const Came& came) {
    TRY(const auto drill, load(turn, came.work.drill));
    if (!came.error.empty())
        return write(turn, nobody, not_lifted(drill, came.work.attempt, came.error, turn.now));
    return write(turn, nobody, lifted(drill, turn.now));
}

Result<Drill> look(const ops::Turn& turn, std::int64_t id, const Sight& sight) {
    TRY(const auto drill, load(turn, id));
    TRY_VOID(write(turn, nobody, look(drill, sight, turn.now)));
    return load(turn, id);
}

Result<std::vector<Seen>> seen_since(store::Session& session, std::int64_t seq) {
    TRY(const auto entries, store::entries(session, {.after = seq - 1, .limit = seen_most}));
    std::vector<Seen> list;
    list.reserve(entries.size());
    for (const auto& entry : entries) list.push_back(seen_of(entry));
    return list;
}

}  // namespace sg::drills
