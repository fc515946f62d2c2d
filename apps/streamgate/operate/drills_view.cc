#include "operate/drills_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace sg::operate {

namespace {

std::string seconds(Duration d) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(d).count());
}

std::string line_of(Duration after, std::string_view what, std::string_view said) {
    return fmt::format("{:>7}   {:<15}{}\n", seconds(after), what, said);
}

std::string what_of(const Json& one) {
    const auto what = text_at(one, "what");
    return flag_at(one, "never") ? "not " + what : what;
}

struct Count {
    int met = 0;
    int all = 0;
};
Count count_of(const Json& drill) {
    Count count;
    for (const auto& one : list_at(drill, "expect")) {
        ++count.all;
        if (text_at(one, "outcome") == "met") ++count.met;
    }
    return count;
}

// Since it was injected; nothing: it was not.
std::optional<Duration> after(const Json& drill, std::optional<Instant> at) {
    const auto from = moment_at(drill, "injected_at");
    if (!from || !at) return std::nullopt;
    return *at - *from;
}

std::optional<Duration> time_of(const Json& drill, std::string_view what) {
    for (const auto& one : list_at(drill, "expect"))
        if (text_at(one, "what") == what && text_at(one, "outcome") == "met" &&
            !flag_at(one, "never"))
            return after(drill, moment_at(one, "at"));
    return std::nullopt;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace

std::string scenario_list(const Json& answer, const Screen&) {
    std::string out;
    for (const auto& one : list_at(answer, "scenarios")) {
        const bool broken = !list_at(one, "mistakes").empty();
        out += fmt::format("{:<24}{:<10}{}{}\n", text_at(one, "name"), text_at(one, "aim"),
                           text_at(one, "title"),
                           broken ? "  (has mistakes: streamgate drill lint)" : "");
    }
    for (const auto& error : list_at(answer, "unreadable"))
        if (error.is_string()) out += error.get<std::string>() + "\n";
    return out.empty() ? "no scenarios\n" : out;
}

std::string scenario_card(const Json& answer, std::string_view name) {
    for (const auto& one : list_at(answer, "scenarios")) {
        if (text_at(one, "name") != name) continue;
        std::string out =
            fmt::format("{}\n{}\n\n{}\n\nfaults, for {}\n", text_at(one, "name"),
                        text_at(one, "title"), text_at(one, "about"), text_at(one, "lasts"));
        for (const auto& fault : list_at(one, "faults"))
            if (fault.is_string()) out += "  " + fault.get<std::string>() + "\n";
        out += "\nexpected\n";
        for (const auto& expected : list_at(one, "expect"))
            out += flag_at(expected, "never")
                       ? fmt::format("  {:<13}never\n", text_at(expected, "what"))
                       : fmt::format("  {:<13}within {}\n", text_at(expected, "what"),
                                     text_at(expected, "within"));
        for (const auto& mistake : list_at(one, "mistakes"))
            out += fmt::format("\n{}:{}: {}\n", number_at(mistake, "line"),
                               number_at(mistake, "column"), text_at(mistake, "what"));
        return out;
    }
    return {};
}

std::string drill_list(const Json& answer, const Screen& screen) {
    std::string out;
    for (const auto& drill : list_at(answer, "drills")) {
        const auto [met, all] = count_of(drill);
        const auto state = text_at(drill, "state");
        out +=
            fmt::format("{:<5}{:<24}{:<11}{:<10}{} of {}   {}\n", number_at(drill, "id"),
                        text_at(drill, "name"), text_at(drill, "mode"),
                        state == "ended" ? text_at(drill, "verdict") : state, met, all,
                        show_moment(moment_at(drill, "begun_at").value_or(Instant{}), screen.now));
    }
    return out.empty() ? "no drill yet: streamgate drill run bad-release\n" : out;
}

std::string drill_title(const Json& drill) {
    return fmt::format("drill {} · {} · lifts itself in {}\n", text_at(drill, "name"),
                       text_at(drill, "title"), text_at(drill, "lasts"));
}

std::string DrillLines::once(const std::string& key, std::string line) {
    return said_.insert(key).second ? std::move(line) : std::string();
}

std::string DrillLines::next(const Json& drill) {
    if (const auto at = moment_at(drill, "injected_at"); !at) return {};
    struct Entry {
        Instant at;
        std::size_t place;  // Of two at once the one that stands first.
        std::string text;
    };
    std::vector<Entry> entries;
    const auto add = [&](const std::string& key, std::optional<Instant> at, std::string_view what,
                         const std::string& said) {
        const auto taken = after(drill, at);
        if (!taken) return;
        auto line = once(key, line_of(*taken, what, said));
        if (!line.empty()) entries.push_back({*at, entries.size(), std::move(line)});
    };
    const auto undo = words_at(drill, "undo");
    add("injected", moment_at(drill, "injected_at"), "injected",
        undo.empty() ? "nothing is to be taken back" : "taken back by: " + undo);
    for (const auto& one : list_at(drill, "expect")) {
        const auto outcome = text_at(one, "outcome");
        if (outcome == "open" || outcome.empty()) continue;
        const auto what = what_of(one);
        const auto said = text_at(one, "said");
        add(what + text_at(one, "names"), moment_at(one, "at"), what,
            outcome == "met" ? said : "MISSED  " + said);
    }
    add("lifted", moment_at(drill, "lifted_at"), "lifted",
        text_at(drill, "why").empty() ? "the fault is gone" : text_at(drill, "why"));
    std::ranges::sort(entries, {}, [](const Entry& one) { return std::pair(one.at, one.place); });
    std::string out;
    for (const auto& entry : entries) out += entry.text;
    return out;
}

std::string drill_verdict(const Json& drill) {
    const auto [met, all] = count_of(drill);
    const auto verdict = text_at(drill, "verdict");
    const auto word = verdict == "passed" ? "PASS" : verdict == "aborted" ? "ABORTED" : "FAIL";
    auto out = fmt::format("{}  {} of {} expectations", word, met, all);
    if (const auto took = time_of(drill, "mitigated"))
        out += fmt::format(" · time to mitigate {} (guide: 15 min)", seconds(*took));
    if (const auto why = text_at(drill, "why"); !why.empty()) out += " · " + why;
    return out;
}

std::string drill_report(const Json& drill, const Screen&) {
    DrillLines lines;
    auto out = drill_title(drill) + lines.next(drill);
    for (const auto& answer : list_at(drill, "answers"))
        if (answer.is_string()) out += "  said: " + answer.get<std::string>() + "\n";
    if (text_at(drill, "state") == "ended") out += drill_verdict(drill) + "\n";
    else out += fmt::format("{}\n", text_at(drill, "state"));
    return out;
}

std::string drill_html(const Json& drill) {
    std::string rows;
    for (const auto& one : list_at(drill, "expect")) {
        const auto taken = after(drill, moment_at(one, "at"));
        rows += fmt::format(
            "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}"
            "</td></tr>\n",
            escaped(text_at(one, "outcome")), escaped(what_of(one)),
            escaped(flag_at(one, "never") ? "never" : text_at(one, "within")),
            escaped(text_at(one, "outcome")), taken ? seconds(*taken) : "",
            escaped(text_at(one, "said")));
    }
    std::string undo;
    for (const auto& one : list_at(drill, "undo"))
        if (one.is_string()) undo += "<li>" + escaped(one.get<std::string>()) + "</li>";
    return fmt::format(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>drill {}</title><style>"
        "body{{font:16px/1.5 system-ui,sans-serif;margin:3em auto;max-width:60em;padding:0 1em}}"
        "table{{border-collapse:collapse;width:100%}}td,th{{padding:.4em .8em;text-align:left;"
        "border-bottom:1px solid #ddd}}.missed td{{background:#fdecea}}</style>"
        "<h1>drill {}: {}</h1><p>{}</p><p><strong>{}</strong></p><table><tr><th>expected</th><th>"
        "within</th><th>outcome</th><th>after</th><th>what was seen</th></tr>\n{}</table>"
        "<h2>taken back by</h2><ul>{}</ul></html>\n",
        number_at(drill, "id"), number_at(drill, "id"), escaped(text_at(drill, "name")),
        escaped(text_at(drill, "title")), escaped(drill_verdict(drill)), rows, undo);
}

Result<std::int64_t> parse_drill(std::string_view text) {
    constexpr std::string_view prefix = "DRILL-";
    const auto digits = text.starts_with(prefix) ? text.substr(prefix.size()) : text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size() && number > 0) return number;
    return fail(Errc::invalid_argument, fmt::format("`{}` is no drill", text),
                "7; `streamgate drill list` shows them");
}

}  // namespace sg::operate
