#include "ports/inspector.h"

#include <fmt/format.h>

#include <algorithm>

namespace sg::ports {

namespace {

constexpr Inspection table[] = {
#define I(name, subject, sentence) {name, Subject::subject, sentence},
#include "ports/inspections.def"
#undef I
};

Result<void> within(std::string_view key, Duration value, Duration least, Duration most) {
    if (value >= least && value <= most) return {};
    return fail(Errc::invalid_argument, fmt::format("`{}` is {}: it is from {} to {}", key,
                                                    to_text(value), to_text(least), to_text(most)));
}

}  // namespace

std::span<const Inspection> inspections() { return table; }

const Inspection* inspection_named(std::string_view name) {
    const auto* const at = std::ranges::find(table, name, &Inspection::name);
    return at == std::end(table) ? nullptr : at;
}

std::vector<std::string> inspections_of(Subject subject) {
    std::vector<std::string> names;
    for (const auto& inspection : table)
        if (inspection.subject == subject) names.emplace_back(inspection.name);
    return names;
}

void describe(Visitor& v, Evidence& evidence) {
    v.record({.name = "evidence"});
    v.field({.key = "columns"}, evidence.columns);
    v.field({.key = "rows"}, evidence.rows);
    v.field({.key = "left_out"}, evidence.left_out);
}

void describe(Visitor& v, Finding& finding) {
    v.record({.name = "a finding"});
    v.field({.key = "what"}, finding.what);
    v.field({.key = "key"}, finding.key);
    v.field({.key = "standing"}, finding.standing);
    v.field({.key = "title"}, finding.title);
    v.field({.key = "value"}, finding.value);
    v.field({.key = "unit"}, finding.unit);
    v.field({.key = "threshold"}, finding.threshold);
    v.field({.key = "hint"}, finding.hint);
    v.field({.key = "evidence"}, finding.evidence);
}

void describe(Visitor& v, Extent& extent) {
    v.record({.name = "an extent"});
    v.field({.key = "rows", .least = 1, .most = 100}, extent.rows);
    v.field({.key = "lines", .least = 1, .most = 100'000}, extent.lines);
    v.field({.key = "keys", .least = 1, .most = 100'000}, extent.keys);
    v.field({.key = "window"}, extent.window);
    v.field({.key = "before"}, extent.before);
    v.field({.key = "slow"}, extent.slow);
}

void describe(Visitor& v, Question& question) {
    v.record({.name = "a question"});
    v.field({.key = "what"}, question.what);
    v.field({.key = "target"}, question.target);
    v.field({.key = "extent"}, question.extent);
    v.field({.key = "deadline"}, question.deadline);
}

Result<void> check(const Question& question) {
    for (const auto& name : question.what)
        if (inspection_named(name) == nullptr)
            return fail(Errc::invalid_argument, fmt::format("there is no inspection `{}`", name),
                        "`streamgate inspect` lists them");
    const auto& extent = question.extent;
    for (const auto [key, value, most] :
         {std::tuple("rows", extent.rows, 100U), std::tuple("lines", extent.lines, 100'000U),
          std::tuple("keys", extent.keys, 100'000U)})
        if (value < 1 || value > most)
            return fail(Errc::invalid_argument,
                        fmt::format("`{}` is {}: it is from 1 to {}", key, value, most));
    TRY_VOID(within("deadline", question.deadline, 100ms, 20s));
    TRY_VOID(within("window", extent.window, 1s, 1h));
    TRY_VOID(within("before", extent.before, 1s, 24h));
    return within("slow", extent.slow, 1ms, 1h);
}

Standing worst(std::span<const Finding> findings) {
    constexpr Standing order[] = {Standing::bad, Standing::unknown, Standing::odd};
    for (const Standing standing : order)
        if (std::ranges::find(findings, standing, &Finding::standing) != findings.end())
            return standing;
    return Standing::fine;
}

}  // namespace sg::ports
