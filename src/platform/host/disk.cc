#include "platform/host/disk.h"

#include <fmt/format.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "platform/host/machine.h"
#include "platform/inspect/text.h"

namespace sg::platform::host {

using inspect::Finding;
using inspect::Order;
using inspect::show_share;
using inspect::show_size;
using inspect::shown;
using inspect::Standing;

namespace {

constexpr inspect::Bounds use{0.8, 0.9};
constexpr Duration walk_most = 2s;
constexpr double walk_share = 0.5;   // Of the time that is left.
constexpr int depth_of_folders = 3;  // `/var/log/app`: deep enough to know whose it is.
constexpr std::size_t entries_between_looks = 256;  // At the clock.

struct Close {
    void operator()(FTS* walk) const { fts_close(walk); }
};

// The file system that holds `path`: where it is mounted.
std::string mount_of(std::string path) {
    struct stat here{};
    if (::stat(path.c_str(), &here) != 0) return path;
    while (path != "/" && !path.empty()) {
        auto above = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
        struct stat there{};
        if (::stat(above.c_str(), &there) != 0 || there.st_dev != here.st_dev) break;
        path = above;
    }
    return path;
}

// The folder that an entry counts for: the beginning of its path, a few levels down.
std::string folder_of(std::string_view root, std::string_view path) {
    std::size_t at = root == "/" ? 0 : root.size();
    for (int level = 0; level < depth_of_folders; ++level) {
        const auto next = path.find('/', at + 1);
        if (next == std::string_view::npos) break;
        at = next;
    }
    return std::string(path.substr(0, std::max<std::size_t>(at, 1)));
}

struct Walked {
    std::map<std::string, double> folders;  // Bytes on the disk.
    bool whole = true;
};

Walked walk(const std::string& root, Tick deadline) {
    Walked walked;
    std::string path = root;
    char* const paths[] = {path.data(), nullptr};
    const std::unique_ptr<FTS, Close> tree(
        ::fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, nullptr));
    if (!tree) return walked;
    std::size_t seen = 0;
    while (const FTSENT* const entry = ::fts_read(tree.get())) {  // Bound: the deadline.
        if (entry->fts_info == FTS_F || entry->fts_info == FTS_D)
            walked.folders[folder_of(root, {entry->fts_path, entry->fts_pathlen})] +=
                static_cast<double>(entry->fts_statp->st_blocks) * S_BLKSIZE;
        if (++seen % entries_between_looks == 0 && steady_now() >= deadline) {
            walked.whole = false;
            break;
        }
    }
    return walked;
}

void add_largest(Finding& finding, const Walked& walked, std::uint32_t rows) {
    std::vector<std::pair<double, std::string>> largest;
    for (const auto& [folder, bytes] : walked.folders) largest.emplace_back(bytes, folder);
    std::ranges::sort(largest, std::greater{});
    for (const auto& [bytes, folder] : largest)
        inspect::add_row(finding.evidence, {shown(folder, 120), show_size(bytes)}, rows);
}

Finding look_at(const std::string& mount, const Order& order, Tick deadline) {
    Finding finding{.what = "host.disk",
                    .key = "used",
                    .unit = "share",
                    .threshold = use.bad_from,
                    .evidence = {{"folder", "size"}, {}, 0}};
    struct statvfs disk{};
    if (::statvfs(mount.c_str(), &disk) != 0 || disk.f_blocks == 0) {
        finding.standing = Standing::unknown;
        finding.title = mount + " cannot be looked at";
        return finding;
    }
    const auto unit = static_cast<double>(disk.f_frsize);
    const auto used = static_cast<double>(disk.f_blocks - disk.f_bfree);
    const auto free = static_cast<double>(disk.f_bavail);  // For those who are not root.
    const double share = used + free > 0 ? used / (used + free) : 1;
    finding.value = share;
    const double inodes = disk.f_files == 0 ? 0
                                            : 1 - static_cast<double>(disk.f_favail) /
                                                      static_cast<double>(disk.f_files);
    finding.standing = inspect::standing_of(std::max(share, inodes), use);
    finding.title = fmt::format("{}: {} used, {} free", shown(mount, 120), show_share(share),
                                show_size(free * unit));
    if (inodes > use.odd_from)
        finding.title +=
            fmt::format("; {} of its inodes used: very many small files", show_share(inodes));
    const auto trouble = look_at_disk(mount);
    for (const auto& one : {trouble.read_only, trouble.fails}) {
        if (one.empty()) continue;
        finding.title += "; " + one;
        finding.standing = Standing::bad;
    }
    const auto walked = walk(mount, deadline);
    add_largest(finding, walked, order.extent.rows);
    if (!walked.whole) finding.title += "; of its folders only a part was walked in the time";
    if (finding.standing != Standing::fine)
        finding.hint = "the largest folders are listed: what there may go, or may move?";
    return finding;
}

}  // namespace

inspect::Findings inspect_disks(const std::vector<std::string>& paths, const Order& order) {
    std::vector<std::string> mounts;
    for (const auto& path : paths) {
        auto mount = mount_of(path);
        if (std::ranges::find(mounts, mount) == mounts.end()) mounts.push_back(std::move(mount));
    }
    inspect::Findings findings;
    for (std::size_t i = 0; i < mounts.size(); ++i) {
        const auto left = std::max<Duration>(order.deadline - steady_now(), 0ns);
        const auto mine =
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(left) * walk_share /
                                                 static_cast<double>(mounts.size() - i));
        findings.push_back(look_at(mounts[i], order, steady_now() + std::min(mine, walk_most)));
        if (i > 0) findings.back().key = "used_" + std::to_string(i + 1);
    }
    return findings;
}

}  // namespace sg::platform::host
