// Looking at something closely, and changing nothing there: a database, a cache, a service, the
// gateway. Runbooks ask, people ask (`streamgate inspect`), and both get the same findings.
//
// What an inspector says may be shown to anybody who is on call: it holds no password, and texts of
// others are without control characters.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"

namespace sg::ports {

enum class Subject : std::uint8_t { postgres, redis, http, tcp, dns, tls, service, gateway, host };

// A row of inspections.def.
struct Inspection {
    std::string_view name;  // `postgres.locks`
    Subject subject;
    std::string_view sentence;
};
std::span<const Inspection> inspections();
const Inspection* inspection_named(std::string_view name);
std::vector<std::string> inspections_of(Subject subject);  // Their names, in the table's order.

// `unknown` is not well: it could not be looked at, or there is too little to judge.
enum class Standing : std::uint8_t { fine, odd, bad, unknown };

// A small table. Bound: as many rows as the question allows; `left_out` says how many more.
struct Evidence {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::int64_t left_out = 0;
};
void describe(Visitor& v, Evidence& evidence);

struct Finding {
    std::string what;  // The inspection: `postgres.connections`
    std::string key;   // Within it, stable: `used`, `idle_in_transaction`
    Standing standing = Standing::unknown;
    std::string title;                // One line, with numbers and units, that stands by itself.
    std::optional<double> value;      // For programs to compare, in `unit`...
    std::string unit;                 // s, ms, bytes, share, count
    std::optional<double> threshold;  // ...with where it stops being fine.
    std::string hint;                 // What to do about it; empty: nothing, or nobody knows.
    Evidence evidence;
};
void describe(Visitor& v, Finding& finding);

// How much is looked at. Bounds: Question::check().
struct Extent {
    std::uint32_t rows = 10;     // Of evidence.
    std::uint32_t lines = 5000;  // Of logs, of each process, from the end.
    std::uint32_t keys = 1000;   // Sampled of a cache.
    Duration window = 1min;      // What counts as now...
    Duration before = 10min;     // ...and what it is compared with, up to then.
    Duration slow = 1s;          // From here a query or command is slow.
};
void describe(Visitor& v, Extent& extent);

struct Question {
    std::vector<std::string> what;  // Inspections that apply to the target; empty: all that do.
    std::string target;             // `need:catalog-db`, `service:catalog`, `gateway`
    Extent extent;
    Duration deadline = 5s;  // Of everything, whatever hangs.
};
void describe(Visitor& v, Question& question);

// Whether it can be asked at all: the bounds, and that every inspection is one.
Result<void> check(const Question& question);

class Inspector {
  public:
    virtual ~Inspector() = default;

    // Blocks, at most the deadline and a moment. From several threads. What could not be looked at
    // is a finding; an error means that the question makes no sense here.
    virtual Result<std::vector<Finding>> look(const Question& question, Instant now) const = 0;

    struct Target {
        std::string name;  // As in Question::target.
        Subject subject = Subject::gateway;
    };
    virtual std::vector<Target> targets() const = 0;  // What there is here.
};

// The worst of them: bad, unknown, odd, fine.
Standing worst(std::span<const Finding> findings);

}  // namespace sg::ports

namespace sg {

template <>
struct WordsOf<ports::Standing> {
    static constexpr std::string_view name = "a standing";
    static constexpr std::string_view words[] = {"fine", "odd", "bad", "unknown"};
};
template <>
struct WordsOf<ports::Subject> {
    static constexpr std::string_view name = "a kind of target";
    static constexpr std::string_view words[] = {"postgres", "redis",   "http",    "tcp", "dns",
                                                 "tls",      "service", "gateway", "host"};
};

}  // namespace sg
