#include "givens.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "config/load.h"

namespace sg::sim {

namespace {

std::vector<std::string> path_of(std::string_view text) {
    std::vector<std::string> parts;
    for (const auto part : split(text, '.')) parts.emplace_back(part);
    return parts;
}

}  // namespace

void Givens::service(const std::string& name) {
    if (!name.empty() && !knows(name)) services_.push_back(name);
}

bool Givens::knows(const std::string& service) const {
    return std::ranges::find(services_, service) != services_.end();
}

void Givens::set(const std::string& path, std::string value, const Words& words) {
    auto parts = path_of(path);
    std::erase_if(settings_, [&](const Setting& known) { return known.path == parts; });
    settings_.push_back({std::move(parts), std::move(value), words.number()});
}

void Givens::person(const std::string& name, const Words& words) {
    const std::vector<std::string> path{"people", name};
    const auto same = [&](const Setting& setting) {
        return setting.path.size() >= 2 &&
               std::equal(path.begin(), path.end(), setting.path.begin());
    };
    if (std::ranges::none_of(settings_, same))
        set("people." + name, fmt::format("{{ mail: {}@example.com }}", name), words);
}

void Givens::read(Words& words) {
    const auto what = words.take();
    if (what == "slo") return read_slo(words);
    if (what == "oncall") return read_oncall(words);
    if (what == "config") return read_config(words);
    if (what == "service") return service(words.name("a service"));
    if (what == "start") {
        const auto at = parse_rfc3339(words.take());
        if (!at) words.wrong("this is not a time", "write 2026-10-25T00:30:00Z");
        start_ = at.value_or(start_);
        return;
    }
    words.wrong(fmt::format("`{}` cannot be given", what),
                "known here are slo, oncall, service, config, start");
}

// slo checkout-latency: 99% under 300ms over 28d
void Givens::read_slo(Words& words) {
    const auto name = words.name("an objective");
    const auto dash = name.rfind('-');
    if (dash == std::string::npos || dash == 0)
        return words.wrong(fmt::format("`{}` is not an objective of a service", name),
                           "write checkout-latency, checkout-errors or checkout-availability");
    service(name.substr(0, dash));
    set(fmt::format("objectives.{}.{}", name.substr(0, dash), name.substr(dash + 1)), words.rest(),
        words);
}

// oncall checkout: ana, then bo after 5m, then everyone after 10m; fallback dee
void Givens::read_oncall(Words& words) {
    static constexpr std::string_view levels[] = {"primary", "secondary", "backup"};
    const auto team = words.name("a team");
    std::vector<std::string> steps;
    std::vector<std::string> fallback;
    std::size_t level = 0;
    while (!words.at_end() && !words.mistake()) {
        words.take_if("then");
        if (words.take_if("fallback")) {
            fallback.push_back(words.name("a person"));
            person(fallback.back(), words);
            continue;
        }
        const auto who = words.name("a person");
        std::string step = who;
        if (who != "everyone") {
            person(who, words);
            if (level == std::size(levels)) {
                words.wrong("a fourth level of people",
                            "primary, secondary and backup, then everyone");
                return;
            }
            set(fmt::format("teams.{}.oncall.{}", team, levels[level]), "[" + who + "]", words);
            step = std::string(levels[level++]);
        }
        if (words.take_if("after")) step += " after " + words.name("a time");
        steps.push_back(step);
    }
    set(fmt::format("teams.{}.escalate", team), fmt::format("[{}]", fmt::join(steps, ", ")), words);
    if (!fallback.empty())
        set(fmt::format("teams.{}.fallback", team), fmt::format("[{}]", fmt::join(fallback, ", ")),
            words);
}

// config probes.front: { url: "https://www.example.com/", service: checkout }
void Givens::read_config(Words& words) {
    auto path = words.take();
    if (!path.ends_with(':') || path.size() < 2)
        return words.wrong(fmt::format("`{}` is not a setting", path),
                           "write config clocks.observe: 5m");
    path.pop_back();
    set(path, words.rest(), words);
}

Givens::Text Givens::written() const {
    Text text;
    const auto put = [&](std::size_t depth, const std::string& line, int number) {
        text.yaml += std::string(depth * 2, ' ') + line + "\n";
        text.lines.push_back(number);
    };
    auto settings = settings_;
    const auto has = [&](std::string_view root) {
        return std::ranges::any_of(settings_,
                                   [&](const auto& one) { return one.path.front() == root; });
    };
    for (std::size_t i = 0; i < services_.size(); ++i) {
        const auto& name = services_[i];
        const auto has_versions = [&](const auto& one) {
            return one.path.size() > 2 && one.path[0] == "services" && one.path[1] == name &&
                   one.path[2] == "versions";
        };
        if (std::ranges::none_of(settings_, has_versions))
            settings.push_back(
                {{"services", name, "endpoints"}, fmt::format("10.0.0.{}:80", i + 1)});
        settings.push_back({{"routes", name}, fmt::format("/{}/", name)});
    }
    if (!has("notify")) settings.push_back({{"notify", "desk"}, "{ kind: terminal }"});
    // Settings of one branch stand together; within it, as they were written.
    std::ranges::sort(settings, {}, &Setting::path);
    put(0, "listen: :8080", 0);
    std::vector<std::string> open;
    for (const auto& setting : settings) {
        if (setting.path.front() == "routes") continue;
        std::size_t same = 0;
        while (same < open.size() && same + 1 < setting.path.size() &&
               open[same] == setting.path[same])
            ++same;
        open.resize(same);
        for (; same + 1 < setting.path.size(); ++same) {
            put(same, setting.path[same] + ":", setting.line);
            open.push_back(setting.path[same]);
        }
        put(same, fmt::format("{}: {}", setting.path.back(), setting.value), setting.line);
    }
    put(0, "routes:", 0);
    for (const auto& name : services_)
        put(1, fmt::format("- {{ path: /{}/, to: {} }}", name, name), 0);
    return text;
}

config::Snapshot Givens::load(std::vector<Mistake>& mistakes) const {
    const auto text = written();
    const auto loaded = config::load_text(text.yaml, "given", {.look_outside = false});
    for (const auto& problem : loaded.problems) {
        const auto at = static_cast<std::size_t>(std::max(1U, problem.place.line) - 1);
        mistakes.push_back({.line = at < text.lines.size() ? text.lines[at] : 0,
                            .column = 0,
                            .length = 5,
                            .what = problem.what,
                            .hint = problem.hint});
    }
    return loaded.config;
}

}  // namespace sg::sim
