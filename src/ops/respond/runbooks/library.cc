#include "ops/respond/runbooks/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "ops/respond/runbooks/shipped.h"

namespace sg::runbooks {

namespace {

namespace fs = std::filesystem;

Shelved shelve(Read read, std::string file) {
    read.runbook.shipped = file.empty();
    return {std::move(read.runbook), std::move(read.problems), std::move(file)};
}

Result<std::string> text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Errc::config_unreadable, fmt::format("{} cannot be read", file.string()));
    std::string text(text_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

Result<std::vector<fs::path>> files_in(const std::string& folder) {
    std::error_code error;
    fs::directory_iterator at(folder, error);
    if (error)
        return fail(Errc::config_unreadable, fmt::format("{}: {}", folder, error.message()),
                    "`runbooks` names a folder of Markdown files");
    std::vector<fs::path> files;
    for (const fs::directory_iterator end; at != end && !error; at.increment(error))
        if (at->path().extension() == ".md" && files.size() < runbooks_max)
            files.push_back(at->path());
    std::ranges::sort(files);
    return files;
}

void put(Library& library, Shelved shelved) {
    const auto other = std::ranges::find_if(library.runbooks, [&](const Shelved& one) {
        return one.runbook.name == shelved.runbook.name;
    });
    if (other == library.runbooks.end()) library.runbooks.push_back(std::move(shelved));
    else *other = std::move(shelved);
}

void add_folder(Library& library, const std::string& folder) {
    const auto files = files_in(folder);
    if (!files) return library.unreadable.push_back(files.error());
    for (const auto& file : *files) {
        const auto text = text_of(file);
        if (text) put(library, shelve(read_runbook(*text, file.stem().string()), file.string()));
        else library.unreadable.push_back(text.error());
    }
}

bool fits(const Trigger& trigger, const Occasion& occasion) {
    const auto same = [](const std::string& asked, const std::string& is) {
        return !asked.empty() && asked == is;
    };
    return same(trigger.alert, occasion.alert) || same(trigger.objective, occasion.objective) ||
           same(trigger.need, occasion.need);
}

}  // namespace

const Shelved* Library::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        runbooks, [&](const Shelved& shelved) { return shelved.runbook.name == name; });
    return found == runbooks.end() ? nullptr : &*found;
}

Library read_library(const std::string& folder) {
    Library library;
    for (const auto& file : shipped_files())
        put(library, shelve(read_runbook(file.content, file.name), {}));
    if (!folder.empty()) add_folder(library, folder);
    std::ranges::sort(library.runbooks, {},
                      [](const Shelved& shelved) { return shelved.runbook.name; });
    return library;
}

const Runbook* runbook_for(const Library& library, const Occasion& occasion) {
    if (const auto* named = library.find(occasion.runbook); named && named->problems.empty())
        return &named->runbook;
    for (const bool shipped : {false, true})
        for (const auto& [runbook, problems, file] : library.runbooks) {
            if (runbook.shipped != shipped || !problems.empty()) continue;
            const bool is_for = std::ranges::any_of(
                runbook.triggers, [&](const Trigger& one) { return fits(one, occasion); });
            if (is_for) return &runbook;
        }
    return nullptr;
}

}  // namespace sg::runbooks
