// How quantities and moments of operations are shown to people, and how people say moments. Always
// with a unit; local time, with the day when it is not today.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sg::operate {

using Json = nlohmann::json;

// What a text is made for.
struct Screen {
    Instant now;
    bool colour = false;
};

std::string show_moment(Instant at, Instant now);  // 14:02:11, Mon 23 Nov 14:02, 2025-11-23 14:02
std::string show_clock(Instant at);                // 14:02:11
std::string show_day(Instant at);                  // Mon 23 Nov 2026
std::string show_span(Duration span);              // 40 ms, 3.2 s, 41 s, 5 min, 5 h 12 min, 6 d 4 h
std::string show_due(Instant due, Instant now);    // due in 12 min, LATE by 4 min
std::string show_count(std::int64_t count);        // 1,930
std::string show_share(double of_one);             // 0.02 %, 1.4 %, 62 %
std::string incident_name(std::int64_t id);        // INC-204

// `now`, `+2h`, `18:00` (the next), `Mon 09:00` (the next), `2026-11-23`, `2026-11-23 18:00`, each
// in local time, or RFC 3339.
Result<Instant> parse_moment(std::string_view text, Instant now);

// `204`, `INC-204`.
Result<std::int64_t> parse_incident(std::string_view text);

// `2`, `sev2`, `SEV-2`.
Result<std::int64_t> parse_severity(std::string_view text);

// --- reading what the API said: what is absent, or of another kind, is empty ---------------------

std::string text_at(const Json& object, std::string_view key);
std::int64_t number_at(const Json& object, std::string_view key);
double real_at(const Json& object, std::string_view key, double otherwise = 0);
bool flag_at(const Json& object, std::string_view key);
const Json& at(const Json& object, std::string_view key);       // Null: there is none.
const Json& list_at(const Json& object, std::string_view key);  // An empty list: there is none.
std::optional<Instant> moment_at(const Json& object, std::string_view key);  // Not the epoch.
std::optional<Duration> span_at(const Json& object, std::string_view key);
std::string lines_at(const Json& object, std::string_view key);  // A text, or a list of lines.
std::string words_at(const Json& object, std::string_view key);  // A list of texts: `ana, bo`.

}  // namespace sg::operate
