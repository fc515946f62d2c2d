// A story: a promise to users in their words. `given` lines become a configuration, `at` lines
// happen, `by` lines must have come true. README.md in tests/stories describes the language.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "world.h"

namespace sg::sim {

// `severity=sev2` (is), `title~fails` (holds), and of the record that it follows from:
// `cause=alert.cleared`.
struct Ask {
    enum class How : std::uint8_t { is, holds };
    std::string key;
    How how = How::is;
    std::string value;
};

struct Pattern {
    std::string kind;
    std::vector<Ask> asks;
    std::string text;  // As written.
};

struct Doing {
    Duration at{};
    int line = 0;
    std::function<Result<void>(World&)> act;
    enum class Outcome : std::uint8_t { succeeds, refused };
    Outcome outcome = Outcome::succeeds;
};

struct Expectation {
    Duration by{};
    int line = 0;
    Pattern pattern;
};

struct Ban {  // `never`, or `exactly N`.
    Duration from{};
    int line = 0;
    Pattern pattern;
    std::int64_t most = 0;
    std::int64_t least = 0;
};

struct Story {
    std::string file;
    std::string name;
    Instant start;
    config::Snapshot config;
    std::vector<Doing> doings;         // In order of time.
    std::vector<Expectation> expects;  // In the order of the file.
    std::vector<Ban> bans;
    Duration end{};
};

// The error holds every mistake: `file:line:col: error: …`, the line, a caret, a hint.
Result<Story> parse_story(std::string_view text, const std::string& file);
Result<Story> read_story(const std::string& file);

bool fits(const Pattern& pattern, const Happening& happening, const std::vector<Happening>& log);

}  // namespace sg::sim
