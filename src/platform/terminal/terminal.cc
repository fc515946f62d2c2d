#include "platform/terminal/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/result.h"
#include "base/text.h"

namespace sg::platform::terminal {

namespace {

using enum ports::Delivery::Outcome;

ports::Delivery failed(ports::Delivery::Outcome outcome, const std::string& doing) {
    return {outcome, system_error(doing, errno).message(), 0s};
}

// Requires: the file is a plain one.
void rotate(const std::string& path) { std::rename(path.c_str(), (path + ".1").c_str()); }

// Whole or not at all, as far as the system lets us: one write.
bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto wrote = ::write(fd, text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

// Neither a control character, C1 included (U+0080 to U+009F), nor half of a character.
bool may_be_shown(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1) return character == "\n" || (first >= ' ' && first < 0x7f);
    return first != 0xC2 || static_cast<unsigned char>(character[1]) >= 0xA0;
}

}  // namespace

std::string written(const ports::Message& message) {
    std::string out = fmt::format("{} to {}\n", to_rfc3339(message.at), message.person);
    for (std::string_view rest = message.text; !rest.empty();) {
        const auto length = std::max<std::size_t>(utf8_length(rest), 1);
        const auto character = rest.substr(0, length);
        if (may_be_shown(character)) out += character;
        rest.remove_prefix(length);
    }
    if (!out.ends_with('\n')) out += '\n';
    return out + '\n';
}

ports::Delivery deliver(const ports::Message& message, const std::string& path) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    struct stat now{};
    const bool plain = ::stat(path.c_str(), &now) != 0 || S_ISREG(now.st_mode);
    if (plain && now.st_size > static_cast<off_t>(keep_max)) rotate(path);
    const int flags =
        O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (plain ? O_CREAT : 0);
    const int fd = ::open(path.c_str(), flags, 0600);
    if (fd < 0) return failed(errno == ENXIO ? retry : permanent, "open " + path);
    const bool done = write_all(fd, written(message));
    const auto outcome =
        done ? ports::Delivery{delivered, "written", 0s} : failed(retry, "write " + path);
    ::close(fd);
    return outcome;
}

}  // namespace sg::platform::terminal
