#include "directive/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace sg::directive {

namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

Result<void> write_all(int fd, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const auto n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail_system("write " + path);
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace

Result<void> write_atomically(const std::string& path, std::string_view text) {
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code ignored;  // If it cannot be made, open() says so.
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    const std::string draft = path + ".new";
    {
        const Descriptor file(
            ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
        if (file.get() < 0) return fail_system("open " + draft);
        TRY_VOID(write_all(file.get(), text, draft));
        if (::fsync(file.get()) != 0) return fail_system("sync " + draft);
    }
    if (std::rename(draft.c_str(), path.c_str()) != 0) return fail_system("rename " + draft);
    const Descriptor in(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0 || ::fsync(in.get()) != 0) return fail_system("sync the folder of " + path);
    return {};
}

Result<std::string> read_whole(const std::string& path, std::size_t size_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) return fail(Errc::not_found, path);
        return fail_system("open " + path);
    }
    std::string text;
    char piece[16 * 1024];
    for (;;) {
        const auto n = ::read(file.get(), piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_system("read " + path);
        if (n == 0) return text;
        text.append(piece, static_cast<std::size_t>(n));
        if (text.size() > size_max)
            return fail(Errc::too_large, fmt::format("{} is larger than {} bytes", path, size_max));
    }
}

}  // namespace sg::directive
