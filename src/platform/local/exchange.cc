#include "platform/local/exchange.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace sg::platform::local {

namespace {

constexpr std::size_t answer_most = 16U << 20;  // Bound of what is read.

// The answer if `received` holds all that was asked for; empty if more must come.
// The peers are our own gateway and services on loopback: of HTTP only what they need.
Result<bool> complete(std::string_view received, bool at_end, Until until, Answer& answer) {
    if (until == Until::closed) {
        answer.body = received;
        return at_end || received.ends_with('\n');
    }
    const auto line_end = received.find("\r\n");
    const auto end = fail(Errc::end_of_stream, "closed without a whole answer");
    if (line_end == std::string_view::npos) return at_end ? Result<bool>(end) : false;
    if (!received.starts_with("HTTP/1.") || line_end < 12)
        return fail(Errc::protocol_violation, "the answer is not HTTP/1.1");
    std::from_chars(received.data() + 9, received.data() + 12, answer.status);
    if (until == Until::status_line) return true;

    const auto head_end = received.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return at_end ? Result<bool>(end) : false;
    answer.body = received.substr(head_end + 4);
    for (const auto line : split(received.substr(0, head_end), '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        if (!equal_ignoring_case(line.substr(0, colon), "content-length")) continue;
        const auto text = trim(split(line.substr(colon + 1), '\r')[0]);
        std::size_t length = 0;
        std::from_chars(text.data(), text.data() + text.size(), length);
        if (answer.body.size() >= length) {
            answer.body.resize(length);
            return true;
        }
        return at_end ? Result<bool>(end) : false;
    }
    return at_end;
}

class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(Loop& loop, Ask ask, OnAnswer done)
        : loop_(loop), ask_(std::move(ask)), done_(std::move(done)) {}

    void start() {
        auto self = shared_from_this();
        timer_ = loop_.at(steady_now() + ask_.timeout, [self] {
            self->timer_ = 0;
            self->finish(
                fail(Errc::timed_out, fmt::format("no answer from {} in {} ms",
                                                  self->ask_.to.text(), self->ask_.timeout / 1ms)));
        });
        socket_.reset(::socket(ask_.to.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const bool refused =
            connect(socket_.get(), ask_.to.raw(), ask_.to.length) != 0 && errno != EINPROGRESS;
        if (refused) return finish_soon(system_error("connect to " + ask_.to.text(), errno));
        watch_ = loop_.watch(socket_.get(), EPOLLIN | EPOLLOUT,
                             [self](std::uint32_t events) { self->ready(events); });
    }

  private:
    void ready(std::uint32_t events) {
        if (!connected_ && !check_connected()) return;
        if (sent_ < ask_.send.size() && (events & EPOLLOUT) != 0) {
            const auto count = ::send(socket_.get(), ask_.send.data() + sent_,
                                      ask_.send.size() - sent_, MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN)
                return finish(fail_system("send to " + ask_.to.text()));
            sent_ += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        if (sent_ == ask_.send.size()) loop_.change(watch_, EPOLLIN);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive();
    }

    bool check_connected() {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            finish(std::unexpected(system_error("connect to " + ask_.to.text(), error)));
            return false;
        }
        connected_ = true;
        if (ask_.until != Until::connected) return true;
        finish(Answer{});
        return false;
    }

    void receive() {
        char buffer[16384];
        alignas(cmsghdr) char control[CMSG_SPACE(253 * sizeof(int))];  // SCM_MAX_FD
        iovec part{buffer, sizeof buffer};
        msghdr header{};
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        const auto count = recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count < 0) return finish(fail_system("read from " + ask_.to.text()));
        keep_descriptors(header);
        received_.append(buffer, static_cast<std::size_t>(count));
        const auto whole = complete(received_, count == 0, ask_.until, answer_);
        if (!whole) return finish(std::unexpected(whole.error()));
        if (*whole) return finish(std::move(answer_));
        if (received_.size() > answer_most) finish(fail(Errc::too_large, "too long an answer"));
    }

    void keep_descriptors(msghdr& header) {
        for (auto* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
            const auto count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
                answer_.descriptors.emplace_back(fd);
            }
        }
    }

    void finish_soon(Error error) {
        auto self = shared_from_this();
        loop_.at(steady_now(),
                 [self, error = std::move(error)] { self->finish(std::unexpected(error)); });
    }

    void finish(Result<Answer> result) {
        if (!done_) return;
        const auto self = shared_from_this();  // The watch below may hold the last reference.
        loop_.cancel(timer_);
        loop_.unwatch(watch_);
        socket_.reset();
        const auto done = std::exchange(done_, nullptr);
        done(std::move(result));
    }

    Loop& loop_;
    Ask ask_;
    OnAnswer done_;
    Fd socket_;
    Loop::Id watch_ = 0;
    Loop::Id timer_ = 0;
    bool connected_ = false;
    std::size_t sent_ = 0;
    std::string received_;
    Answer answer_;
};

}  // namespace

void exchange(Loop& loop, Ask ask, OnAnswer done) {
    std::make_shared<Exchange>(loop, std::move(ask), std::move(done))->start();
}

std::string http_request(std::string_view method, std::string_view path, std::string_view host,
                         std::string_view body) {
    std::string text = fmt::format(
        "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n"
        "User-Agent: streamgate\r\n",
        method, path, host);
    if (!body.empty())
        text +=
            fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    else if (method == "POST") text += "Content-Length: 0\r\n";
    return text + "\r\n" + std::string(body);
}

}  // namespace sg::platform::local
