#include "platform/local/listen.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <random>

#include "base/text.h"
#include "platform/local/files.h"

namespace sg::platform::local {

namespace {

using namespace std::chrono_literals;

enum class Share : std::uint8_t { no, yes };

// A killed process holds its sockets for some milliseconds more, and can no longer be named.
constexpr auto dying_for = 1000ms;
constexpr auto dying_look = 20ms;

bool is_any_dual(const std::string& address) { return address.starts_with(':'); }

void set(int socket, int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);
}

// 0, or the error number.
int bind_one(Fd& socket, const SocketAddress& address, bool dual, Share share) {
    socket.reset(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return errno;
    if (address.family() != AF_UNIX) set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.family() == AF_INET6) set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, dual ? 0 : 1);
    if (share == Share::yes) set(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1);
    return bind(socket.get(), address.raw(), address.length) == 0 ? 0 : errno;
}

Error in_use(const SocketAddress& address) {
    const auto who = holder_of(address.port());
    return {
        Errc::conflict,
        fmt::format("cannot listen on {}: {}", address.text(),
                    who.empty() ? std::string("the address is in use") : "it is in use by " + who),
        "stop what listens there, or choose another port under `listen:`"};
}

// A socket file that nobody answers on was left behind by a crash.
Result<void> clear_stale(const SocketAddress& address) {
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(probe.get(), address.raw(), address.length) == 0)
        return std::unexpected(in_use(address));
    if (errno == ECONNREFUSED) unlink(address.text().substr(5).c_str());
    return {};
}

Error refused(const SocketAddress& address, int error) {
    if (error == EADDRINUSE) return in_use(address);
    const bool low = error == EACCES && address.family() != AF_UNIX;
    auto result = system_error("listen on " + address.text(), error);
    if (low)
        result.hint =
            "ports below 1024 need CAP_NET_BIND_SERVICE: run as the systemd service, or give "
            "the binary the capability with `setcap cap_net_bind_service=ep`";
    return result;
}

// Binds without SO_REUSEPORT, which alone notices that somebody else is there. Says what was bound:
// port 0 has become a number, and on a machine without IPv6 `:8080` has become 0.0.0.0:8080.
Result<SocketAddress> probe(SocketAddress address, bool dual) {
    Fd socket;
    int error = bind_one(socket, address, dual, Share::no);
    for (auto waited = 0ms; waited < dying_for && error == EADDRINUSE; waited += dying_look) {
        if (!holder_of(address.port()).empty()) break;
        poll(nullptr, 0, static_cast<int>(dying_look.count()));
        error = bind_one(socket, address, dual, Share::no);
    }
    if (dual && error == EAFNOSUPPORT) {
        TRY(address, parse_socket_address(fmt::format("0.0.0.0:{}", address.port())));
        error = bind_one(socket, address, false, Share::no);
    }
    if (error != 0) return std::unexpected(refused(address, error));
    return address_of(socket.get());
}

}  // namespace

Result<std::vector<Listening>> bind_group(const std::string& text, unsigned count) {
    TRY(SocketAddress address, parse_socket_address(text));
    const bool dual = is_any_dual(text);
    std::vector<Listening> group;
    if (address.family() == AF_UNIX) {
        TRY_VOID(clear_stale(address));
        count = 1;
    } else {
        TRY(address, probe(address, dual));
    }
    for (unsigned i = 0; i < count; ++i) {
        const auto share = address.family() == AF_UNIX ? Share::no : Share::yes;
        Fd socket;
        if (const int error = bind_one(socket, address, dual, share); error != 0)
            return std::unexpected(refused(address, error));
        if (listen(socket.get(), backlog) != 0) return std::unexpected(refused(address, errno));
        group.push_back({address, std::move(socket)});
    }
    return group;
}

std::vector<Listening> inherited() {
    std::vector<Listening> sockets;
    const char* pid = std::getenv("LISTEN_PID");
    const char* fds = std::getenv("LISTEN_FDS");
    const bool ours = pid != nullptr && fds != nullptr && std::atoi(pid) == getpid();
    for (int i = 0; ours && i < std::atoi(fds); ++i) {
        const int fd = 3 + i;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        int listening = 0;
        socklen_t size = sizeof listening;
        const bool known = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0;
        if (known && listening != 0) sockets.push_back({address_of(fd), Fd(fd)});
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return sockets;
}

bool matches(const SocketAddress& bound, const std::string& configured) {
    const auto address = parse_socket_address(configured);
    if (!address) return false;
    if (*address == bound) return true;
    const bool any_v4 = bound.family() == AF_INET && bound.text().starts_with("0.0.0.0:");
    return is_any_dual(configured) && any_v4 && bound.port() == address->port();
}

SocketAddress address_of(int socket) {
    SocketAddress address;
    address.length = sizeof address.storage;
    getsockname(socket, address.raw(), &address.length);
    return address;
}

std::uint64_t inode_of(int fd) {
    struct stat seen{};
    return fstat(fd, &seen) == 0 ? seen.st_ino : 0;
}

namespace {

// Inodes of listening TCP sockets on a port. Source: proc(5), /proc/net/tcp: local_address, st 0A =
// LISTEN, inode.
std::vector<std::string> listening_inodes(std::uint16_t port) {
    std::vector<std::string> inodes;
    const auto suffix = fmt::format(":{:04X}", port);
    for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto table = read_file(path);
        if (!table) continue;
        for (const auto line : split(*table, '\n')) {
            std::vector<std::string_view> fields;
            for (const auto field : split(line, ' '))
                if (!field.empty()) fields.push_back(field);
            if (fields.size() > 9 && fields[1].ends_with(suffix) && fields[3] == "0A")
                inodes.emplace_back(fields[9]);
        }
    }
    return inodes;
}

bool has_descriptor(const std::string& pid, const std::string& target) {
    const auto folder = "/proc/" + pid + "/fd";
    DIR* entries = opendir(folder.c_str());
    if (entries == nullptr) return false;
    bool found = false;
    while (const auto* entry = readdir(entries)) {
        char link[64];
        const auto length = readlink((folder + "/" + entry->d_name).c_str(), link, sizeof link);
        found |= length > 0 && std::string_view(link, static_cast<std::size_t>(length)) == target;
    }
    closedir(entries);
    return found;
}

}  // namespace

std::string holder_of(std::uint16_t port) {
    const auto inodes = listening_inodes(port);
    if (inodes.empty()) return {};
    const auto target = fmt::format("socket:[{}]", inodes.front());
    std::string who;
    DIR* processes = opendir("/proc");
    while (const auto* entry = processes != nullptr ? readdir(processes) : nullptr) {
        const std::string pid(entry->d_name);
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!has_descriptor(pid, target)) continue;
        const auto name = read_file("/proc/" + pid + "/comm");
        who = fmt::format("{} (pid {})", name ? trim(split(*name, '\n')[0]) : "a process", pid);
        break;
    }
    if (processes != nullptr) closedir(processes);
    return who;
}

Result<std::uint16_t> free_port() {
    constexpr unsigned from = 20000, to = 30000;
    static unsigned next = from + std::random_device{}() % (to - from);
    for (unsigned tried = 0; tried < to - from; ++tried) {
        const auto port = static_cast<std::uint16_t>(next);
        next = next + 1 < to ? next + 1 : from;
        const auto address = parse_socket_address(fmt::format("127.0.0.1:{}", port));
        const Fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!probe) return fail_system("make a socket");
        if (bind(probe.get(), address->raw(), address->length) == 0) return port;
    }
    return fail(Errc::exhausted, fmt::format("no free port from {} to {}", from, to - 1));
}

unsigned cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
}

}  // namespace sg::platform::local
