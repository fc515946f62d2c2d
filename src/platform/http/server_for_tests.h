// A server of a few lines: says to each connection in turn what its script says.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>

namespace sg::platform {

class ServerForTests {
  public:
    // What to do with a connection; it is closed afterwards.
    using Script = std::function<void(int connection)>;

    explicit ServerForTests(Script script) : script_(std::move(script)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listen_on(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address);
        socklen_t length = sizeof address;
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
    }
    ServerForTests(const std::string& path, Script script) : script_(std::move(script)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ::unlink(path.c_str());
        listen_on(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    ~ServerForTests() {
        stopping_[1] = (::close(stopping_[1]), -1);
        thread_.join();
        ::close(listener_);
        ::close(stopping_[0]);
    }
    ServerForTests(const ServerForTests&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url(const std::string& path) const { return "http://" + address() + path; }

    // Until the peer has sent `end`, or no longer sends.
    static std::string read_until(int connection, const std::string& end) {
        std::string text;
        char byte = 0;
        while (!text.ends_with(end) && ::recv(connection, &byte, 1, 0) == 1) text += byte;
        return text;
    }
    static void send(int connection, const std::string& text) {
        (void)!::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    }
    static Script answer(const std::string& response) {
        return [response](int connection) {
            read_until(connection, "\r\n\r\n");
            send(connection, response);
        };
    }
    // Keeps the connection, says nothing, until the peer has had enough.
    static void stay_silent(int connection) { read_until(connection, "never"); }

  private:
    void listen_on(int family, const sockaddr* address, socklen_t length) {
        listener_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(listener_, address, length) != 0 || ::listen(listener_, 16) != 0) std::abort();
        if (::pipe(stopping_) != 0) std::abort();
        thread_ = std::thread([this] { serve(); });
    }
    void serve() {
        for (;;) {
            pollfd waited[] = {{listener_, POLLIN, 0}, {stopping_[0], POLLIN, 0}};
            ::poll(waited, 2, -1);
            if (waited[1].revents != 0) return;
            const int connection = ::accept(listener_, nullptr, nullptr);
            if (connection < 0) continue;
            script_(connection);
            ::close(connection);
        }
    }

    Script script_;
    int listener_ = -1;
    int stopping_[2] = {-1, -1};
    int port_ = 0;
    std::thread thread_;
};

}  // namespace sg::platform
