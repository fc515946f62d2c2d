// What may be done to the platform to help users: typed verbs, nothing else. No command line, no
// text of telemetry: every parameter has a kind, and its value must exist in the configuration or
// be a number within bounds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"

namespace sg::ports {

// What a parameter names or counts.
enum class ParameterKind : std::uint8_t {
    service,   // `catalog`
    version,   // Of the service: `v2`.
    endpoint,  // Of the service: `10.0.0.1:9000`.
    need,      // `catalog-db`
    route,     // By name.
    client,    // An address.
    count,     // 1, 2, 3…
    share,     // Above 0 to 100 %.
    bytes,     //
    prefix,    // Of keys of a cache: letters, digits and `:_-./`, at least one.
};

struct Parameter {
    std::string_view name;
    ParameterKind kind{};
    bool required = true;
    std::string_view what;  // For people.
};

// What happens to those who are served while it is done, and whether it can be taken back.
enum class Weight : std::uint8_t {
    light,        // Nobody loses anything; it is undone in a second.
    heavy,        // Requests in flight, or some users, pay for it.
    destructive,  // What is gone is gone: another person must approve.
};

enum class Undo : std::uint8_t {
    restores,  // What was before is put back exactly.
    none,      // There is nothing to put back.
};

struct VerbAbout {
    std::string_view name;
    std::string_view sentence;  // `{service} {version}`: parameters in braces.
    Weight weight{};
    Undo undo{};
    // Whether serving capacity is taken away: then the healthy remainder must carry the load.
    bool takes_capacity = false;
    std::span<const Parameter> parameters;
};

std::span<const VerbAbout> verbs();
const VerbAbout* find_verb(std::string_view name);  // Null: there is none.

// A verb with its parameters, as text that was checked against their kinds.
struct Act {
    std::string verb;
    std::map<std::string, std::string> with;
    bool operator==(const Act&) const = default;
};
void describe(Visitor& v, Act& act);

// Whether every parameter is there, known, and of its kind as far as the text tells. Whether the
// service exists is not known here.
Result<void> check(const Act& act);
Result<void> check_value(const Parameter& parameter, std::string_view value);

// `shift traffic of catalog from v2 to 0 %`. Requires: check(act).
std::string sentence_of(const Act& act);

}  // namespace sg::ports
