#include "platform/local/journal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sg::platform::local {

namespace {

constexpr Keep keep_journal{1_MiB, 3};

nlohmann::json to_json(const Entry& entry) {
    return {{"number", entry.number},           {"at_ns", entry.at.ns},
            {"at", to_rfc3339(entry.at)},       {"service", entry.note.service},
            {"version", entry.note.version},    {"replica", entry.note.replica},
            {"what", name_of(entry.note.what)}, {"detail", entry.note.detail}};
}

// A line may be half written when its writer was killed: such a one is left out.
std::optional<Entry> from_line(std::string_view line) {
    try {
        const auto json = nlohmann::json::parse(line);
        const auto what = happening_named(json.at("what").get<std::string>());
        if (!what) return std::nullopt;
        Note note{json.at("service"), json.at("version"), json.at("replica"), *what,
                  json.at("detail")};
        return Entry{json.at("number"), Instant{json.at("at_ns")}, std::move(note)};
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace

Result<Journal> Journal::open(std::string path) {
    Journal journal;
    for (const auto line : split(tail(path, entries_most), '\n')) {
        auto entry = from_line(line);
        if (!entry) continue;
        journal.next_ = std::max(journal.next_, entry->number + 1);
        journal.entries_.push_back(std::move(*entry));
    }
    TRY_VOID(rotate_if_large(path, keep_journal));
    TRY(journal.file_, open_log(path));
    journal.path_ = std::move(path);
    return journal;
}

const Entry& Journal::add(Note note, Instant at) {
    entries_.push_back({next_++, at, std::move(note)});
    if (entries_.size() > entries_most) entries_.pop_front();
    using Json = nlohmann::json;
    const auto line =
        to_json(entries_.back()).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    // A full disk must not stop the restart of a service: the entry is still in memory.
    [[maybe_unused]] const auto written = write(file_.get(), line.data(), line.size());
    if (next_ % 500 == 0) [[maybe_unused]]
        const auto rotated = rotate_if_large(path_, keep_journal);
    return entries_.back();
}

std::vector<Entry> Journal::of(const std::string& service, std::uint64_t after) const {
    std::vector<Entry> found;
    for (const auto& entry : entries_)
        if (entry.number > after && (service.empty() || entry.note.service == service))
            found.push_back(entry);
    return found;
}

std::string sentence(const Entry& entry) {
    const auto& note = entry.note;
    std::string text = note.service;
    if (!note.version.empty() && note.version != "default") text += " " + note.version;
    if (note.replica != 0) {
        const bool versioned = !note.version.empty() && note.version != "default";
        text += fmt::format("{}{}", versioned ? "/" : " ", note.replica);
    }
    text += fmt::format(" {}", sentence_of(note.what));
    if (!note.detail.empty()) text += ": " + note.detail;
    return text;
}

}  // namespace sg::platform::local
