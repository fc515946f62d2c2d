#include "torture.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace sg::sim {

namespace {

// What was begun and cut off is taken up at once by the next process; a person needs a moment.
constexpr Duration grace = 15s;
// Statements around something that is recorded or sent: every one of them fails once. Of the rest,
// seconds in which nothing happens and of which one is like the other, each kind of statement does.
constexpr std::int64_t around = 40;
// A crash between a send and the note of what came of it: it is sent once more. Paging fails open:
// a duplicate rather than a miss. A database that fails costs none: what came of it is kept.
std::int64_t duplicates_most(const Sabotage& point) {
    return point.how == Sabotage::How::crash ? 1 : 0;
}
constexpr std::size_t failures_most =
    10;  // Bound: described; a story that fails so often is broken.

struct Statement {
    std::int64_t number = 0;
    std::string name;
    std::size_t log = 0;
};

std::vector<Sabotage> points_of(const std::vector<Statement>& statements, std::int64_t sends) {
    using How = Sabotage::How;
    std::vector<Sabotage> points;
    std::set<std::string> seen;
    const auto last = std::ssize(statements) - 1;
    for (std::int64_t i = 0; i <= last; ++i) {
        const auto at = [&](std::int64_t index) {
            return statements[static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, last))]
                .log;
        };
        const auto& statement = statements[static_cast<std::size_t>(i)];
        const bool is_first = seen.insert(statement.name).second;
        if (!is_first && at(i - around) == at(i + around)) continue;
        for (const How how : {How::fail, How::crash})
            points.push_back({.statement = statement.number, .how = how});
    }
    for (std::int64_t send = 1; send <= sends; ++send)
        for (const How how : {How::fail, How::crash}) points.push_back({.send = send, .how = how});
    return points;
}

std::string text_of(const Sabotage& point, const std::vector<Statement>& statements) {
    const auto how = point.how == Sabotage::How::fail ? "fails" : "crashes";
    if (point.send != 0) return fmt::format("send {} {}", point.send, how);
    const auto at = static_cast<std::size_t>(point.statement - 1);
    return fmt::format("statement {} ({}) {}", point.statement,
                       at < statements.size() ? statements[at].name : "?", how);
}

// Who was told what of which incident, and how often.
using Told = std::map<std::string, std::int64_t>;
Told told(const std::vector<Happening>& log, std::int64_t& duplicates) {
    Told told;
    std::map<std::string, std::int64_t> keys;
    for (const auto& happening : log) {
        if (happening.kind != "sent") continue;
        duplicates += ++keys[happening.key] > 1 ? 1 : 0;
        const auto message = nlohmann::json::parse(happening.payload);
        ++told[fmt::format("{} to {} of incident {}", message.value("kind", ""),
                           message.value("to", ""), message.value("incident", ""))];
    }
    return told;
}

std::string compare(const Told& should, const Told& is) {
    std::string wrong;
    for (const auto& [what, count] : should) {
        const auto found = is.find(what);
        const auto came = found == is.end() ? 0 : found->second;
        if (came < count) wrong += fmt::format("\n  lost: {} ({} of {})", what, came, count);
    }
    return wrong;
}

void choose(std::vector<Sabotage>& points, std::int64_t count, std::uint64_t seed) {
    if (count == 0 || std::ssize(points) <= count) return;
    Random random(seed);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto other = i + random.below(std::ssize(points) - i);
        std::swap(points[static_cast<std::size_t>(i)], points[static_cast<std::size_t>(other)]);
    }
    points.resize(static_cast<std::size_t>(count));
}

}  // namespace

Tortured torture(const Story& story, const Torture& how) {
    Tortured came;
    std::vector<Statement> statements;
    const auto plain = play(
        story, {.store = how.store,
                .grace = grace,
                .on_statement = [&](std::int64_t number, std::string_view name, std::size_t log) {
                    statements.push_back({number, std::string(name), log});
                }});
    if (!plain.ok()) {
        came.points = 1;
        came.failures.push_back("without anything going wrong:\n" + plain.failure);
        return came;
    }
    std::int64_t none = 0;
    const auto should = told(plain.log, none);
    auto points = points_of(statements, plain.sends);
    choose(points, how.sample, how.seed);
    for (const auto& point : points) {
        ++came.points;
        const auto most = duplicates_most(point);
        const auto outcome = play(
            story, {.store = how.store, .sabotage = point, .grace = grace, .duplicates = most});
        std::int64_t twice = 0;
        auto wrong = outcome.failure + compare(should, told(outcome.log, twice));
        came.crashes += outcome.crashes;
        came.duplicates += twice;
        if (twice > most) wrong += fmt::format("\n  {} messages were sent twice", twice);
        if (wrong.empty()) continue;
        came.failures.push_back(
            fmt::format("FAILED {}: {}: {}", story.name, text_of(point, statements), wrong));
        if (came.failures.size() >= failures_most) break;
    }
    return came;
}

}  // namespace sg::sim
