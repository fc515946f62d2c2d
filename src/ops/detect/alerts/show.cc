#include "ops/detect/alerts/show.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "ops/detect/alerts/suppression.h"

namespace sg::alerts {

namespace {

using Line = std::vector<std::string>;

std::string age(Duration duration) {
    const auto seconds = duration / 1s;
    if (seconds < 120) return fmt::format("{} s", std::max<std::int64_t>(0, seconds));
    if (seconds < 7200) return fmt::format("{} min", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
    return fmt::format("{} d", seconds / 86'400);
}

// Columns, not bytes: what continues a character takes none.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// What strangers sent must not steer a terminal.
std::string plain(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return text;
}

std::string table(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths(lines.front().size());
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], width_of(line[i]));
    std::string out;
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (i > 0) text += "  ";
            text += line[i];
            text.append(widths[i] - width_of(line[i]), ' ');
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + '\n';
    }
    return out;
}

std::string state_text(const Alert& alert) {
    if (alert.state == State::pending) return "pending";
    if (alert.state == State::resolved) return "resolved";
    return alert.suppressed_by.empty() ? "FIRING" : "suppressed";
}

std::string severity_shown(const Alert& alert) {
    auto text = alert.severity;
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    if (text.size() == 4) text.insert(3, "-");
    return text + (alert.page ? "" : " ticket");
}

}  // namespace

std::string show(std::span<const Alert> alerts, Instant now) {
    const auto firing = std::ranges::count_if(alerts, [](const Alert& alert) {
        return alert.state == State::firing && alert.suppressed_by.empty();
    });
    const auto pending = std::ranges::count(alerts, State::pending, &Alert::state);
    std::string out = firing == 0 ? fmt::format("NOTHING FIRES · {} pending\n", pending)
                                  : fmt::format("{} FIRING · {} pending\n", firing, pending);
    if (alerts.empty()) return out;
    std::vector<Line> lines{{"STATE", "SEVERITY", "SINCE", "ALERT", "WHAT", ""}};
    for (const Alert& alert : alerts)
        lines.push_back({state_text(alert), severity_shown(alert), age(now - alert.started_at),
                         plain(alert.name), plain(alert.title), alert.suppressed_by});
    return out + '\n' + table(lines);
}

std::string show(std::span<const Silence> silences, Instant now) {
    if (silences.empty()) return "NOTHING IS SILENCED\n";
    static constexpr std::string_view states[] = {"pending", "active", "over"};
    std::vector<Line> lines{{"SILENCE", "STATE", "ENDS", "WHAT", "BY", "WHY"}};
    for (const Silence& silence : silences) {
        const bool is_endless = silence.ends_at == Instant{};
        std::string ends = silence.until_clear ? "when clear" : "-";
        if (!is_endless && silence.ends_at > now) ends = "in " + age(silence.ends_at - now);
        if (!silence.interval.empty()) ends += ", during " + silence.interval;
        lines.push_back({fmt::format("{}", silence.number),
                         std::string(states[static_cast<std::size_t>(state_of(silence, now))]),
                         ends, plain(fmt::format("{}", fmt::join(silence.matchers, ", "))),
                         plain(silence.created_by), plain(silence.comment)});
    }
    return table(lines);
}

}  // namespace sg::alerts
