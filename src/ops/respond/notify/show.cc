// Channels as a table for people: `streamgate notify`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/compose.h"

namespace sg::notify {

namespace {

constexpr std::size_t columns = 6;
using Line = std::array<std::string, columns>;

std::string ago(Instant at, Instant now) {
    return at == Instant{} ? "never" : spoken(std::max<Duration>(now - at, 0s)) + " ago";
}

std::string state_of(const ChannelReport& report) {
    const auto& broken = report.broken;
    if (!broken.empty()) {
        const auto whom = broken.front().person.empty() ? "" : " for " + broken.front().person;
        const auto others = broken.size() > 1 ? fmt::format(" and {} more", broken.size() - 1) : "";
        return fmt::format("BROKEN{}{}: {}", whom, others, broken.front().detail);
    }
    if (report.people.empty()) return "reaches nobody";
    if (report.under_way > 0) return fmt::format("{} under way", report.under_way);
    return report.taken_at == Instant{} ? "not tried yet" : "works";
}

Line line_of(const ChannelReport& report, Instant now) {
    const auto kind = WordsOf<config::Channel::Kind>::words[static_cast<std::size_t>(report.kind)];
    const auto test = report.test_due == Instant{} ? "-" : "in " + spoken(report.test_due - now);
    return {report.channel,
            std::string(kind),
            report.people.empty() ? "-" : fmt::format("{}", fmt::join(report.people, ", ")),
            ago(report.taken_at, now),
            test,
            state_of(report)};
}

// In characters, not bytes: names are written in any script.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string summary(const std::vector<ChannelReport>& reports) {
    if (reports.empty())
        return "NO CHANNELS · nobody can be paged: add `notify` to the configuration";
    const auto broken =
        std::ranges::count_if(reports, [](const ChannelReport& r) { return !r.broken.empty(); });
    if (broken > 0) return fmt::format("{} OF {} CHANNELS BROKEN", broken, reports.size());
    return fmt::format("ALL WELL · {} channel{}", reports.size(), reports.size() == 1 ? "" : "s");
}

}  // namespace

std::string show(const std::vector<ChannelReport>& reports, Instant now) {
    std::string out = summary(reports) + "\n";
    if (reports.empty()) return out;
    std::vector<Line> lines = {{"CHANNEL", "KIND", "REACHES", "LAST TAKEN", "TEST", "STATE"}};
    for (const auto& report : reports) lines.push_back(line_of(report, now));
    std::array<std::size_t, columns> widths{};
    for (const auto& line : lines)
        for (std::size_t i = 0; i < columns; ++i)
            widths[i] = std::max(widths[i], width_of(line[i]));
    out += '\n';
    for (const auto& line : lines) {
        for (std::size_t i = 0; i + 1 < columns; ++i)
            out += line[i] + std::string(widths[i] - width_of(line[i]) + 2, ' ');
        out += line.back() + '\n';
    }
    return out;
}

}  // namespace sg::notify
