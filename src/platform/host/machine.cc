#include "platform/host/machine.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sg::platform::host {

namespace {

std::string text_of(const std::string& path) {  // Empty: it cannot be read.
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::move(text).str();
}

// `0::/path` below where version 2 is mounted. A container sees its own group as the root.
std::string own_group() {
    std::istringstream lines(text_of("/proc/self/cgroup"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0::")) return "/sys/fs/cgroup" + line.substr(3);
    return {};
}

ports::FileSystem file_system_of(const std::string& path) {
    std::error_code error;
    std::filesystem::path folder = path;
    while (!std::filesystem::exists(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    struct statvfs found{};
    if (::statvfs(folder.c_str(), &found) != 0) return {};
    const std::uint64_t unit = found.f_frsize;
    return {(found.f_blocks - found.f_bfree) * unit, found.f_bavail * unit};
}

}  // namespace

DiskTrouble look_at_disk(const std::string& path, const std::string& sys) {
    DiskTrouble trouble;
    struct statvfs room{};
    if (::statvfs(path.c_str(), &room) == 0 && (room.f_flag & ST_RDONLY) != 0)
        trouble.read_only = fmt::format("the file system of {} is read-only", path);
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return trouble;
    // Its name, such as sda1, is the last part of what the link points to.
    std::error_code error;
    const auto link = std::filesystem::read_symlink(
        fmt::format("{}/dev/block/{}:{}", sys, major(found.st_dev), minor(found.st_dev)), error);
    if (error) return trouble;  // Of no device: tmpfs, overlay, a network.
    const auto name = link.filename().string();
    const auto count = text_of(fmt::format("{}/fs/ext4/{}/errors_count", sys, name));
    const auto errors = std::strtoull(count.c_str(), nullptr, 10);
    if (errors > 0)
        trouble.fails = fmt::format("{} errors were found in the file system on {}", errors, name);
    return trouble;
}

Machine::Machine(std::vector<std::string> written)
    : written_(std::move(written)), group_(own_group()) {}

ports::MachineText Machine::look() {
    ports::MachineText text{.at = steady_now(),
                            .stat = text_of("/proc/stat"),
                            .meminfo = text_of("/proc/meminfo"),
                            .net_dev = text_of("/proc/net/dev")};
    std::error_code error;
    for (std::filesystem::directory_iterator at("/sys/class/net", error), end; !error && at != end;
         at.increment(error))
        text.speeds[at->path().filename()] = text_of(at->path() / "speed");
    if (!group_.empty()) {
        text.cpu_max = text_of(group_ + "/cpu.max");
        text.cpu_stat = text_of(group_ + "/cpu.stat");
        text.memory_max = text_of(group_ + "/memory.max");
        text.memory_current = text_of(group_ + "/memory.current");
        text.memory_stat = text_of(group_ + "/memory.stat");
    }
    for (const auto& path : written_) text.file_systems[path] = file_system_of(path);
    return text;
}

}  // namespace sg::platform::host
