#include "bench/origin/session.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "base/text.h"

namespace sg::origin {

namespace {

constexpr std::size_t one_send_max = 64 << 10;  // Up to here head and body are one string.
std::array<char, 32 << 10> scratch;

std::string& filler() {
    static std::string text(1 << 20, 'b');
    return text;
}

std::uint64_t number(std::string_view text, std::uint64_t otherwise) {
    std::uint64_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? value : otherwise;
}

}  // namespace

Session::Outcome Session::read(const Menu& menu) {
    if (owes() || waiting_for_delay) return Outcome::waiting;  // No pipelining: one at a time.
    if (!unread_.empty() && take_request(menu)) return Outcome::asked;
    for (;;) {  // Bound: what the peer has sent of one request.
        const auto got = recv(fd_, scratch.data(), scratch.size(), 0);
        if (got < 0 && errno == EAGAIN) return Outcome::waiting;
        if (got <= 0) return Outcome::gone;
        std::string_view bytes(scratch.data(), static_cast<std::size_t>(got));
        const auto skipped = std::min<std::uint64_t>(upload_left_, bytes.size());
        upload_left_ -= skipped;
        bytes.remove_prefix(static_cast<std::size_t>(skipped));
        unread_.append(bytes);
        if (take_request(menu)) return Outcome::asked;
        if (closing_) return Outcome::gone;
    }
}

// A request counts as asked when its body has come too, so that uploads are really carried.
bool Session::take_request(const Menu& menu) {
    const auto end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
        const std::string_view head(unread_.data(), end + 2);
        const auto target_at = head.find(' ');
        const auto target_end = head.find(' ', target_at + 1);
        if (target_end == std::string_view::npos) {
            closing_ = true;
            return false;
        }
        const auto target = head.substr(target_at + 1, target_end - target_at - 1);
        std::uint64_t upload = 0;
        bool close = head.find(" HTTP/1.0\r\n") != std::string_view::npos;
        for (const auto line : split(head, '\n')) {
            const auto colon = line.find(':');
            if (colon == std::string_view::npos) continue;
            const auto name = line.substr(0, colon);
            const auto value = trim(line.substr(colon + 1, line.size() - colon - 2));
            if (equal_ignoring_case(name, "content-length")) upload = number(value, 0);
            if (equal_ignoring_case(name, "connection"))
                close = equal_ignoring_case(value, "close");
        }
        answer(target, close, menu);
        const auto rest = unread_.size() - end - 4;
        const auto here = std::min<std::uint64_t>(upload, rest);
        upload_left_ = upload - here;
        unread_.erase(0, end + 4 + static_cast<std::size_t>(here));
    }
    return owes();
}

void Session::answer(std::string_view target, bool close, const Menu& menu) {
    constexpr std::string_view sized = "/bytes/";
    owed_body_ =
        target.starts_with(sized) ? number(target.substr(sized.size()), menu.body) : menu.body;
    closing_ = close;
    owed_head_ = fmt::format(
        "HTTP/1.1 200 OK\r\nServer: sgorigin\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: {}\r\n{}\r\n",
        owed_body_, close ? "Connection: close\r\n" : "");
    if (owed_body_ > one_send_max) return;
    owed_head_.append(static_cast<std::size_t>(owed_body_), 'b');
    owed_body_ = 0;
}

bool Session::write() {
    while (owes()) {  // Bound: one response.
        const auto part = std::min<std::uint64_t>(owed_body_, filler().size());
        std::array<iovec, 2> parts{{{owed_head_.data(), owed_head_.size()},
                                    {filler().data(), static_cast<std::size_t>(part)}}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const auto sent = sendmsg(fd_, &message, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        auto count = static_cast<std::size_t>(sent);
        const auto of_head = std::min(count, owed_head_.size());
        owed_head_.erase(0, of_head);
        owed_body_ -= count - of_head;
    }
    return !closing_;
}

}  // namespace sg::origin
