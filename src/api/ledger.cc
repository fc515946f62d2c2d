// The ledger as histories: of an incident, a service, a person, or everything.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "api/history.h"
#include "ops/decision/kinds.h"
#include "store/ledger.h"

namespace sg::api {

namespace {

using Json = nlohmann::ordered_json;

// The first value of this key anywhere in a payload: sentences name keys, not places.
const Json* find_key(const Json& json, const std::string& key) {
    if (!json.is_object()) return nullptr;
    if (const auto at = json.find(key); at != json.end()) return &*at;
    for (const auto& [name, value] : json.items())
        if (const Json* found = find_key(value, key)) return found;
    return nullptr;
}

// Durations are exact in the ledger; people do not count nanoseconds.
std::string readable(const std::string& text) {
    const bool number = !text.empty() && text[0] >= '0' && text[0] <= '9';
    const auto duration = number && text.size() < 24 ? parse_duration(text) : Result<Duration>(-1s);
    if (!duration || *duration < 0s || *duration == no_timeout) return text;
    if (*duration < 1s) return to_text(*duration / 1ms * 1ms);
    if (*duration < 10s)
        return fmt::format("{:.1f}s", static_cast<double>(duration->count()) / 1e9);
    return to_text(*duration / 1s * 1s);
}

// A list of names as people write it; one of none is nobody.
std::string words_of(const Json& value) {
    if (value.is_string()) return readable(value.get<std::string>());
    if (!value.is_array()) return value.dump();
    std::string out;
    for (const Json& one : value)
        out += (out.empty() ? "" : ", ") + (one.is_string() ? one.get<std::string>() : one.dump());
    return out.empty() ? "nobody" : out;
}

Json content_of(const store::Entry& entry) {
    auto json = Json::parse(entry.payload, nullptr, false);
    return json.is_discarded() ? Json() : json;
}

}  // namespace

std::string sentence_of(const store::Entry& entry) {
    const auto kind = ops::kind_of(entry.kind);
    if (!kind) return entry.kind;
    const std::string_view pattern = ops::row_of(*kind).sentence;
    if (entry.erased) return entry.kind + " (its content was erased)";
    const Json payload = content_of(entry);
    std::string out;
    for (std::size_t i = 0; i < pattern.size();) {
        const auto end = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += pattern[i++];
            continue;
        }
        const std::string key(pattern.substr(i + 1, end - i - 1));
        const Json* value = find_key(payload, key);
        if (value != nullptr) {
            out += words_of(*value);
        } else if (key == "by") {
            out += entry.who;
        }
        i = end + 1;
    }
    return out;
}

std::string json_of(const store::Entry& entry) {
    Json json{{"seq", entry.seq},          {"at", to_rfc3339(entry.recorded_at)},
              {"kind", entry.kind},        {"by", entry.who},
              {"origin", entry.origin},    {"sentence", sentence_of(entry)},
              {"subjects", entry.subjects}};
    if (entry.cause) json["cause"] = *entry.cause;
    if (entry.erased) json["erased"] = true;
    else json["payload"] = content_of(entry);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

namespace {

// A whole page may not be the last: `next` is where the one that follows begins.
Answer page_of(const std::vector<store::Entry>& list, const store::Range& range) {
    std::string out = R"({"records":[)";
    for (std::size_t i = 0; i < list.size(); ++i) out += (i > 0 ? "," : "") + json_of(list[i]);
    out += ']';
    if (std::ssize(list) == range.limit) out += fmt::format(R"(,"next":{})", list.back().seq);
    return {200, out + "}"};
}

}  // namespace

Result<Answer> incident_timeline(Site& site, const Call& call) {
    store::Range range;
    range.after = call.count("after", 0, INT64_MAX);
    range.limit = call.count("limit", 500, 5000);
    range.subject = fmt::format("incident:{}", call.number(0));
    TRY(const auto list, store::entries(site.read, range));
    return page_of(list, range);
}

Result<Answer> ledger_records(Site& site, const Call& call) {
    store::Range range;
    range.after = call.count("after", 0, INT64_MAX);
    range.limit = call.count("limit", 100, 5000);
    range.subject = call.request.parameter("subject");
    range.kind = call.request.parameter("kind");
    TRY(const auto list, store::entries(site.read, range));
    return page_of(list, range);
}

Result<Answer> ledger_head(Site& site, const Call&) {
    TRY(const auto head, store::head(site.read));
    return Answer{200, fmt::format(R"({{"seq":{},"hash":"{}"}})", head.seq, head.hash)};
}

}  // namespace sg::api
