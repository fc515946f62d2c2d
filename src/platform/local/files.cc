#include "platform/local/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "platform/local/fd.h"

namespace sg::platform::local {

Result<std::string> read_file(const std::string& path) {
    const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail_system("open " + path);
    std::string text;
    char buffer[16384];
    for (;;) {
        const auto count = read(file.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_system("read " + path);
        if (count == 0) return text;
        text.append(buffer, static_cast<std::size_t>(count));
    }
}

Result<void> replace_file(const std::string& path, std::string_view text) {
    const auto fresh = path + ".new";
    const Fd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return fail_system("create " + fresh);
    for (std::string_view left = text; !left.empty();) {
        const auto count = write(file.get(), left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_system("write " + fresh);
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    if (rename(fresh.c_str(), path.c_str()) != 0) return fail_system("replace " + path);
    return {};
}

Result<void> make_folder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        return fail(Errc::io_failed, fmt::format("make the folder {}: {}", path, error.message()));
    return {};
}

std::string Layout::service_logs(std::string_view service) const {
    return fmt::format("{}/{}", log(), service);
}

std::string Layout::log_of(std::string_view service, std::string_view version,
                           unsigned replica) const {
    return fmt::format("{}/{}.{}.log", service_logs(service), version, replica);
}

std::string Layout::gateway_socket_of(int pid) const {
    return fmt::format("{}/gateway-{}.sock", run(), pid);
}

Result<Layout> layout_of(const std::string& state) {
    std::error_code error;
    const auto path = std::filesystem::absolute(state, error).lexically_normal();
    if (error) return fail(Errc::invalid_argument, fmt::format("`{}` is not a folder", state));
    Layout layout{path.string()};
    while (layout.state.size() > 1 && layout.state.back() == '/') layout.state.pop_back();
    const auto longest = layout.run().size() + std::string_view("/gateway-4194304.sock").size();
    if (longest >= sizeof(sockaddr_un::sun_path))
        return fail(
            Errc::invalid_argument,
            fmt::format("the state folder {} has too long a name", layout.state),
            fmt::format("Unix sockets allow {} bytes here; choose a shorter one with "
                        "`state:` or --state",
                        sizeof(sockaddr_un::sun_path) - 1 - (longest - layout.state.size())));
    return layout;
}

}  // namespace sg::platform::local
