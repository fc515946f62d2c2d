#include "platform/local/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "base/text.h"
#include "platform/local/files.h"

extern char** environ;

namespace sg::platform::local {

namespace {

// The environment of the child as execve takes it. LISTEN_PID can only be known in the child: it
// has a blank place of fixed width that is filled in there.
struct Environment {
    std::vector<std::string> strings;
    std::vector<char*> pointers;
    char* listen_pid = nullptr;
};

constexpr std::string_view pid_blank = "LISTEN_PID=          ";  // 10 digits.

Environment environment_of(const Launch& launch) {
    static constexpr std::string_view ours_only[] = {"LISTEN_PID",     "LISTEN_FDS",
                                                     "LISTEN_FDNAMES", "NOTIFY_SOCKET",
                                                     "WATCHDOG_USEC",  "WATCHDOG_PID"};
    auto values = launch.environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('='));
        bool skip = false;
        for (const auto& ours : ours_only) skip |= name == ours;
        if (!skip && name.size() < text.size())
            values.try_emplace(std::string(name), text.substr(name.size() + 1));
    }
    Environment result;
    for (const auto& [name, value] : values) result.strings.push_back(name + "=" + value);
    if (!launch.listen_fds.empty()) {
        result.strings.push_back(fmt::format("LISTEN_FDS={}", launch.listen_fds.size()));
        result.strings.emplace_back(pid_blank);
        result.listen_pid = result.strings.back().data() + std::strlen("LISTEN_PID=");
    }
    for (auto& text : result.strings) result.pointers.push_back(text.data());
    result.pointers.push_back(nullptr);
    return result;
}

[[noreturn]] void become(const Launch& launch, Environment& environment,
                         std::vector<char*>& arguments) {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int s = 1; s < 32; ++s) signal(s, SIG_DFL);

    const int count = static_cast<int>(launch.listen_fds.size());
    std::vector<int> moved;  // Above everything that dup2 below may overwrite.
    for (const int fd : launch.listen_fds) moved.push_back(fcntl(fd, F_DUPFD, 16 + count));
    const int output = fcntl(launch.output, F_DUPFD, 16 + count);
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) dup2(nothing, 0);
    if (output >= 0) {
        dup2(output, 1);
        dup2(output, 2);
    }
    for (int i = 0; i < count; ++i) dup2(moved[static_cast<std::size_t>(i)], 3 + i);
    syscall(SYS_close_range, 3U + static_cast<unsigned>(count), ~0U, 0);

    if (environment.listen_pid != nullptr) {
        const auto written =
            std::to_chars(environment.listen_pid, environment.listen_pid + 10, getpid());
        *written.ptr = '\0';
    }
    if (!launch.directory.empty() && chdir(launch.directory.c_str()) != 0) _exit(127);
    execve(arguments[0], arguments.data(), environment.pointers.data());
    dprintf(2, "cannot execute %s: %s\n", arguments[0], std::strerror(errno));
    _exit(127);
}

Fd open_pidfd(int pid) { return Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))); }

// The only mistakes that people make and that exec would report too late for a clear message.
Result<void> check_launch(const Launch& launch) {
    struct stat seen{};
    if (!launch.directory.empty() &&
        (stat(launch.directory.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode)))
        return fail(Errc::not_found, fmt::format("there is no folder {}", launch.directory));
    if (access(launch.command.at(0).c_str(), X_OK) != 0)
        return fail_system("execute " + launch.command.at(0));
    return {};
}

}  // namespace

Result<Child> launch(const Launch& launch) {
    TRY_VOID(check_launch(launch));
    auto environment = environment_of(launch);
    auto command = launch.command;
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    return fork_apart([&] { become(launch, environment, arguments); });
}

Result<Child> fork_apart(const std::function<void()>& work) {
    const int pid = fork();
    if (pid < 0) return fail_system("start a process");
    if (pid == 0) {
        work();
        _exit(0);
    }
    Child child;
    child.exit = open_pidfd(pid);
    if (!child.exit) {
        auto error = fail_system("watch a process");
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return error;
    }
    const auto identity = identity_of(pid);
    child.identity = identity ? *identity : Identity{pid, 0};  // It may have ended already.
    return child;
}

Result<Identity> identity_of(int pid) {
    TRY(const std::string text, read_file(fmt::format("/proc/{}/stat", pid)));
    const auto after_name = text.rfind(')');  // The name may hold anything, brackets too.
    if (after_name == std::string::npos) return fail(Errc::internal, "unreadable /proc stat");
    const auto fields = split(std::string_view(text).substr(after_name + 2), ' ');
    if (fields.size() < 20) return fail(Errc::internal, "unreadable /proc stat");
    if (fields[0] == "Z" || fields[0] == "X")
        return fail(Errc::not_found, fmt::format("process {} has ended", pid));
    Identity identity{pid, 0};
    std::from_chars(fields[19].data(), fields[19].data() + fields[19].size(), identity.started);
    return identity;
}

Result<Child> adopt(const Identity& identity) {
    Child child{identity, open_pidfd(identity.pid)};
    if (!child.exit) return fail_system(fmt::format("find process {}", identity.pid));
    // Read after the pidfd was opened: if it still matches, the pidfd is of this very process.
    TRY(const Identity now, identity_of(identity.pid));
    if (now != identity)
        return fail(Errc::not_found, fmt::format("process {} is another one now", identity.pid));
    return child;
}

namespace {

// How a process ended that is not our child. Source: Linux 6.15, include/uapi/linux/pidfd.h:
// PIDFD_GET_INFO with PIDFD_INFO_EXIT, known once its parent has taken note (then the pidfd hangs
// up). Older kernels do not tell.
std::optional<int> exit_code_of_stranger(int pidfd) {
    struct {
        std::uint64_t mask;
        std::uint64_t rest[6];
        std::int32_t pad;
        std::int32_t exit_code;
    } told{};
    static_assert(sizeof told == 64);
    constexpr std::uint64_t exit_known = 1U << 3;
    constexpr unsigned long get_info = _IOWR(0xFF, 11, decltype(told));
    pollfd waits{pidfd, 0, 0};
    poll(&waits, 1, 5);
    told.mask = exit_known;
    if (ioctl(pidfd, get_info, &told) != 0 || (told.mask & exit_known) == 0) return std::nullopt;
    return told.exit_code;
}

}  // namespace

Exit bury(const Child& child) {
    // While it is a zombie its number cannot be used again, so this hits nobody else.
    kill(-child.identity.pid, SIGKILL);
    Exit exit;
    siginfo_t how{};
    const auto pidfd = static_cast<id_t>(child.exit.get());
    if (waitid(P_PIDFD, pidfd, &how, WEXITED | WNOHANG) == 0 && how.si_pid != 0) {
        if (how.si_code == CLD_EXITED) exit.status = how.si_status;
        else exit.signal = how.si_status;
    } else if (const auto code = exit_code_of_stranger(child.exit.get())) {
        if (WIFEXITED(*code)) exit.status = WEXITSTATUS(*code);
        else exit.signal = WTERMSIG(*code);
    }
    return exit;
}

void signal_group(const Identity& identity, int signal) {
    if (identity.pid > 1) kill(-identity.pid, signal);
}

void signal_one(const Child& child, int signal) {
    syscall(SYS_pidfd_send_signal, child.exit.get(), signal, nullptr, 0);
}

std::string boot_id() {
    const auto text = read_file("/proc/sys/kernel/random/boot_id");
    return text ? text->substr(0, text->find('\n')) : std::string();
}

std::uint64_t out_of_memory_kills() {
    static const std::string path = [] {
        const auto own = read_file("/proc/self/cgroup");
        const auto at = own ? own->find("0::") : std::string::npos;
        if (at == std::string::npos) return std::string();
        const auto folder = own->substr(at + 3, own->find('\n', at) - at - 3);
        return "/sys/fs/cgroup" + folder + "/memory.events";
    }();
    const auto text = read_file(path);
    if (!text) return 0;
    const auto at = text->find("oom_kill ");
    std::uint64_t count = 0;
    if (at != std::string::npos)
        std::from_chars(text->data() + at + 9, text->data() + text->size(), count);
    return count;
}

}  // namespace sg::platform::local
