#include "gateway/telemetry/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace sg::gateway {

LogFile::~LogFile() { close(); }

void LogFile::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Result<void> LogFile::open() {
    close();
    if (options_.path == "off") return {};
    if (options_.path == "-") {
        fd_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd_ < 0) return fail_system("open standard output for the access log");
        return {};
    }
    std::error_code ignored;  // If the folder cannot be made, open() says so.
    std::filesystem::create_directories(std::filesystem::path(options_.path).parent_path(),
                                        ignored);
    fd_ = ::open(options_.path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0) return fail_system("open " + options_.path);

    struct stat status{};
    if (::fstat(fd_, &status) != 0) return fail_system("look at " + options_.path);
    regular_ = S_ISREG(status.st_mode);
    rotate_at_ = options_.rotate_at.count;
    size_ = regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
    char last = '\n';
    torn_ = size_ > 0 && ::pread(fd_, &last, 1, status.st_size - 1) == 1 && last != '\n';
    return {};
}

bool LogFile::moved_away() const {
    struct stat ours{};
    struct stat there{};
    if (::fstat(fd_, &ours) != 0 || ::stat(options_.path.c_str(), &there) != 0) return true;
    return ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

Result<void> LogFile::rotate() {
    const auto numbered = [&](std::uint32_t n) { return fmt::format("{}.{}", options_.path, n); };
    if (options_.keep == 0) {
        if (::unlink(options_.path.c_str()) != 0) return fail_system("remove " + options_.path);
    } else {
        for (std::uint32_t n = options_.keep; n > 1; --n)
            if (std::rename(numbered(n - 1).c_str(), numbered(n).c_str()) != 0 && errno != ENOENT)
                return fail_system("rename " + numbered(n - 1));
        if (std::rename(options_.path.c_str(), numbered(1).c_str()) != 0)
            return fail_system("rename " + options_.path);
    }
    ++rotations_;
    return open();
}

Result<void> LogFile::rotate_if_due() {
    if (fd_ < 0 || !regular_ || size_ < rotate_at_) return {};
    if (moved_away()) return open();  // Another process was faster.
    rotate_at_ = size_ + options_.rotate_at.count / 8 + 1;
    return rotate();
}

Result<void> LogFile::append(std::string_view first, std::string_view second, Tick now) {
    if (options_.path == "off") return {};
    if (options_.path != "-" && now - looked_at_ >= 1s) {
        looked_at_ = now;
        if (fd_ < 0 || (regular_ && moved_away())) TRY_VOID(open());
    }
    if (fd_ < 0) return fail(Errc::io_failed, options_.path + " is not open");

    if (torn_ && ::write(fd_, "\n", 1) != 1) return fail_system("write " + options_.path);
    torn_ = false;
    std::size_t done = 0;
    while (done < first.size() + second.size()) {
        const auto a = first.substr(std::min(done, first.size()));
        const auto b = second.substr(done > first.size() ? done - first.size() : 0);
        const iovec parts[] = {{const_cast<char*>(a.data()), a.size()},
                               {const_cast<char*>(b.data()), b.size()}};
        const auto written = ::writev(fd_, parts, 2);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            auto error = system_error("write " + options_.path, written < 0 ? errno : EIO);
            torn_ = regular_ && done > 0;
            return std::unexpected(std::move(error));
        }
        done += static_cast<std::size_t>(written);
        size_ += static_cast<std::uint64_t>(written);
    }
    return {};
}

}  // namespace sg::gateway
