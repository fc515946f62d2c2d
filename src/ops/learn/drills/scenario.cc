#include "ops/learn/drills/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "config/yaml.h"
#include "ops/learn/drills/shipped.h"

namespace sg::drills {

namespace {

namespace fs = std::filesystem;

constexpr std::array rows = {
    ExpectationRow{"detected", "alert.raised objective.breached", "a signal of it fires"},
    ExpectationRow{"declared", "incident.declared incident.severity_changed",
                   "an incident is declared for it"},
    ExpectationRow{"paged", "page.sent", "somebody is paged"},
    ExpectationRow{"delivered", "notification.delivered", "a channel took the page"},
    ExpectationRow{"acknowledged", "incident.acknowledged", "somebody answers"},
    ExpectationRow{"diagnosed", "runbook.diagnosed", "the cause is named"},
    ExpectationRow{"proposed", "mitigation.proposed", "a mitigation is proposed"},
    ExpectationRow{"mitigated", "mitigation.applied incident.mitigated",
                   "something is done about it"},
    ExpectationRow{"verified", "mitigation.verified incident.mitigated",
                   "users have stopped hurting, says the signal that fired"},
    ExpectationRow{"recovered", "incident.mitigated", "users are well when it is over"},
    ExpectationRow{"refused", "drill.injected", "it was refused, and nothing changed"},
    ExpectationRow{"told", "", "the status page says nothing of it, as it is a drill"},
    ExpectationRow{"drafted", "postmortem.drafted", "its post-mortem is drafted"},
};

std::string list_of_rows() {
    std::string list;
    for (const auto& row : rows) list += (list.empty() ? "" : ", ") + std::string(row.what);
    return list;
}

std::vector<std::string> names_of_rows() {
    std::vector<std::string> names;
    for (const auto& row : rows) names.emplace_back(row.what);
    return names;
}

// What a file cannot say wrongly by its form alone.
void check(const Scenario& scenario, const Node& root, std::vector<Problem>& problems) {
    const auto place = [&](std::string_view key, std::size_t at) {
        const auto* list = root.find(key);
        if (list == nullptr) return root.place;
        return at < list->items.size() ? list->items[at].place : list->place;
    };
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
        if (const auto fits = ports::check(scenario.faults[i]); !fits)
            // A parameter that is filled in when it is aimed has no value to be judged yet.
            if (fits.error().what.find("`{") == std::string::npos)
                problems.push_back({place("faults", i), fits.error().what, fits.error().hint});
    for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
        const auto& one = scenario.expect[i];
        if (find_expectation(one.what) != nullptr) {
            if (!one.never && one.within <= 0s)
                problems.push_back(
                    {place("expect", i), "an expectation without a time limit", "say within: 30s"});
            continue;
        }
        const auto names = names_of_rows();  // Longer than what is near, which is of it.
        const auto near = nearest(one.what, names);
        problems.push_back(
            {place("expect", i), fmt::format("nobody can expect `{}`", one.what),
             near.empty() ? "one of " + list_of_rows() : fmt::format("did you mean `{}`?", near)});
    }
}

Result<std::string> text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Errc::config_unreadable, fmt::format("{} cannot be read", file.string()));
    std::string text(scenario_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

void put(Library& library, Read read) {
    const auto other = std::ranges::find_if(library.scenarios, [&](const Read& one) {
        return one.scenario.name == read.scenario.name;
    });
    if (other == library.scenarios.end()) library.scenarios.push_back(std::move(read));
    else *other = std::move(read);
}

void add_folder(Library& library, const std::string& folder) {
    std::error_code error;
    fs::directory_iterator at(folder, error);
    std::vector<fs::path> files;
    for (const fs::directory_iterator end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".yaml" && files.size() < scenarios_max)
            files.push_back(at->path());
    if (error)
        library.unreadable.push_back({Errc::config_unreadable,
                                      fmt::format("{}: {}", folder, error.message()),
                                      "`drills.folder` names a folder of YAML files"});
    std::ranges::sort(files);
    for (const auto& file : files) {
        const auto text = text_of(file);
        if (!text) {
            library.unreadable.push_back(text.error());
            continue;
        }
        auto read = read_scenario(*text, file.stem().string());
        read.file = file.string();
        put(library, std::move(read));
    }
}

}  // namespace

std::span<const ExpectationRow> expectations() { return rows; }

const ExpectationRow* find_expectation(std::string_view what) {
    const auto* found = std::ranges::find(rows, what, &ExpectationRow::what);
    return found == rows.end() ? nullptr : found;
}

Read read_scenario(std::string_view text, std::string_view name) {
    Read read;
    read.scenario.name = name;
    read.text = text;
    if (text.size() > scenario_bytes_max) {
        read.problems.push_back({{1, 1}, "the file is too large", "64 KiB at most"});
        return read;
    }
    auto yaml = config::parse_yaml(text);
    read.problems = std::move(yaml.problems);
    if (!read.problems.empty()) return read;
    Reader reader(".");
    reader.read(yaml.root, read.scenario);
    read.problems = reader.take_problems();
    read.scenario.name = name;
    if (read.problems.empty()) check(read.scenario, yaml.root, read.problems);
    return read;
}

const Read* Library::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        scenarios, [&](const Read& read) { return read.scenario.name == name; });
    return found == scenarios.end() ? nullptr : &*found;
}

Library read_library(const std::string& folder) {
    Library library;
    for (const auto& file : shipped_files()) {
        auto read = read_scenario(file.content, file.name);
        read.scenario.shipped = true;
        put(library, std::move(read));
    }
    if (!folder.empty()) add_folder(library, folder);
    std::ranges::sort(library.scenarios, {}, [](const Read& read) { return read.scenario.name; });
    return library;
}

}  // namespace sg::drills
