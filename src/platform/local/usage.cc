#include "platform/local/usage.h"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <string>

#include "base/text.h"
#include "platform/local/files.h"

namespace sg::platform::local {

namespace {

std::uint64_t number(std::string_view text, int base = 10) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

std::uint32_t entries_in(const std::string& folder) {
    DIR* entries = opendir(folder.c_str());
    if (entries == nullptr) return 0;
    std::uint32_t count = 0;
    while (const auto* entry = readdir(entries)) count += entry->d_name[0] != '.' ? 1 : 0;
    closedir(entries);
    return count;
}

// Source: proc(5), /proc/PID/stat; the numbers are fields counted from 1, the first two cut off
// with the name. Adds to the usage that `place` chooses by session id, where it chooses one.
template <class Place>
void add_process(const std::string& pid, Place place) {
    static const auto ticks = sysconf(_SC_CLK_TCK);
    static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const auto text = read_file("/proc/" + pid + "/stat");
    if (!text) return;
    const auto after_name = text->rfind(')');
    if (after_name == std::string::npos) return;
    const auto fields = split(std::string_view(*text).substr(after_name + 2), ' ');
    const auto field = [&](std::size_t n) { return number(fields.at(n - 3)); };
    if (fields.size() < 24 || fields[0] == "Z") return;
    Usage* const chosen = place(static_cast<int>(field(6)));
    if (chosen == nullptr) return;
    Usage& usage = *chosen;
    const auto cpu_ticks = static_cast<std::int64_t>(field(14) + field(15));
    usage.cpu += Duration(cpu_ticks * (1'000'000'000 / ticks));
    usage.threads += static_cast<std::uint32_t>(field(20));
    usage.memory += field(24) * page;
    usage.descriptors += entries_in("/proc/" + pid + "/fd");
    ++usage.processes;
}

}  // namespace

std::map<int, Usage> usage_by_session(const std::set<int>& sessions) {
    std::map<int, Usage> found;
    const auto place = [&](int session) {
        return sessions.contains(session) ? &found[session] : nullptr;
    };
    DIR* processes = opendir("/proc");
    while (const auto* entry = processes != nullptr ? readdir(processes) : nullptr) {
        const std::string pid(entry->d_name);
        if (pid.find_first_not_of("0123456789") == std::string::npos) add_process(pid, place);
    }
    if (processes != nullptr) closedir(processes);
    return found;
}

Usage usage_of(int pid) {
    Usage usage;
    add_process(std::to_string(pid), [&](int) { return &usage; });
    return usage;
}

std::map<std::uint16_t, std::uint32_t> connections_by_port() {
    std::map<std::uint16_t, std::uint32_t> ports;
    for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto table = read_file(path);
        if (!table) continue;
        for (const auto line : split(*table, '\n')) {
            std::vector<std::string_view> fields;
            for (const auto field : split(line, ' '))
                if (!field.empty()) fields.push_back(field);
            if (fields.size() < 4 || fields[3] != "01") continue;  // 01: established
            const auto colon = fields[1].rfind(':');
            ++ports[static_cast<std::uint16_t>(number(fields[1].substr(colon + 1), 16))];
        }
    }
    return ports;
}

}  // namespace sg::platform::local
