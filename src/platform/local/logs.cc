#include "platform/local/logs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "platform/local/files.h"

namespace sg::platform::local {

namespace {

std::uint64_t size_of(int fd) {
    struct stat seen{};
    return fstat(fd, &seen) == 0 ? static_cast<std::uint64_t>(seen.st_size) : 0;
}

// Where the file's bytes begin: after a punched hole that is not at 0.
std::uint64_t begin_of(int fd) {
    const auto at = lseek(fd, 0, SEEK_DATA);
    return at > 0 ? static_cast<std::uint64_t>(at) : 0;
}

std::string read_range(int fd, std::uint64_t from, std::uint64_t to) {
    std::string text(to > from ? to - from : 0, '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const auto count =
            pread(fd, text.data() + done, text.size() - done, static_cast<off_t>(from + done));
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
}

Result<void> copy_range(int from, int to, std::uint64_t begin, std::uint64_t end) {
    constexpr std::uint64_t piece = 1U << 20;
    for (auto at = begin; at < end;) {
        const auto text = read_range(from, at, std::min(end, at + piece));
        if (text.empty()) return fail_system("read a log file");
        if (write(to, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            return fail_system("write a rotated log file");
        at += text.size();
    }
    return {};
}

// Takes [begin, end) out of the file. ext4 and XFS can close the gap; tmpfs and others can at least
// give the room back. Elsewhere all is cut, which may lose what was written during the last
// microseconds.
Result<void> cut_front(int fd, std::uint64_t begin, std::uint64_t end) {
    if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, static_cast<off_t>(end)) == 0) return {};
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(begin),
                  static_cast<off_t>(end - begin)) == 0)
        return {};
    if (ftruncate(fd, 0) != 0) return fail_system("cut a log file");
    return {};
}

}  // namespace

Result<Fd> open_log(const std::string& path) {
    Fd file(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
    if (!file) return fail_system("open " + path);
    return file;
}

Result<bool> rotate_if_large(const std::string& path, const Keep& keep) {
    const Fd file(open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file) return false;
    struct stat seen{};
    fstat(file.get(), &seen);
    const auto begin = begin_of(file.get());
    const auto block = static_cast<std::uint64_t>(std::max<blksize_t>(seen.st_blksize, 4096));
    const auto end = static_cast<std::uint64_t>(seen.st_size) / block * block;
    if (end <= begin || end - begin < keep.rotate_at.count) return false;

    const auto rotated = [&](unsigned n) { return fmt::format("{}.{}", path, n); };
    for (unsigned n = keep.files; n > 1; --n)
        std::rename(rotated(n - 1).c_str(), rotated(n).c_str());
    const Fd copy(open(rotated(1).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!copy) return fail_system("create " + rotated(1));
    TRY_VOID(copy_range(file.get(), copy.get(), begin, end));
    TRY_VOID(cut_front(file.get(), begin, end));
    return true;
}

std::string tail(const std::string& path, std::size_t lines) {
    constexpr std::uint64_t read_most = 4U << 20;  // Of each file.
    constexpr unsigned files_most = 100;
    std::string text;
    for (unsigned n = 0; n < files_most; ++n) {
        const Fd file(
            open((n == 0 ? path : fmt::format("{}.{}", path, n)).c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) break;
        const auto end = size_of(file.get());
        const auto begin = begin_of(file.get());
        const auto from = end - begin > read_most ? end - read_most : begin;
        text.insert(0, read_range(file.get(), from, end));
        if (static_cast<std::size_t>(std::ranges::count(text, '\n')) > lines) break;
        if (from != begin) break;
    }
    std::size_t at = text.size();
    if (at > 0 && text[at - 1] == '\n') --at;
    for (std::size_t n = 0; n < lines && at > 0; ++n) {
        at = text.rfind('\n', at - 1);
        if (at == std::string::npos) return text;
    }
    return lines == 0 ? std::string() : text.substr(at == 0 ? 0 : at + 1);
}

Follow::Follow(std::string path) : path_(std::move(path)) {
    const Fd file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (file) position_ = size_of(file.get());
}

std::string Follow::more() {
    const Fd file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    auto end = size_of(file.get());
    if (end < position_) {  // Its front was cut off; that part is in the newest rotated file.
        const Fd rotated(open((path_ + ".1").c_str(), O_RDONLY | O_CLOEXEC));
        const auto cut = rotated ? size_of(rotated.get()) : position_;
        if (cut > position_) {
            std::string missed = read_range(rotated.get(), position_, cut);
            position_ = 0;
            return missed;
        }
        position_ -= cut;
        end = std::max(end, position_);
    }
    constexpr std::uint64_t piece = 1U << 20;
    auto text = read_range(file.get(), position_, std::min(end, position_ + piece));
    position_ += text.size();
    return text;
}

}  // namespace sg::platform::local
