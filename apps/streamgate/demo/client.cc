#include "demo/client.h"

#include <fmt/format.h>

namespace sg::demo {
namespace {

constexpr http::h1::HeadLimits limits;
constexpr std::size_t body_max = 16 << 20;  // Bound: of a body read as a whole.

}  // namespace

void Client::close() {
    fd_.reset();
    unread_.clear();
    ended_ = true;
}

Result<Response> Client::get(std::string_view path) {
    const bool was_open = static_cast<bool>(fd_);
    auto status = open(path, {});
    if (!status && was_open) {  // The usual race of a kept connection: it was closed as we sent.
        close();
        status = open(path, {});
    }
    if (!status) {
        close();
        return std::unexpected(status.error());
    }
    Response response{*status, {}};
    while (true) {
        auto data = part();
        if (!data) {
            close();
            return std::unexpected(data.error());
        }
        if (data->empty()) break;
        response.body += *data;
        if (response.body.size() > body_max) return fail(Errc::too_large, std::string(path));
    }
    if (!keep_alive_) close();
    return response;
}

Result<std::uint16_t> Client::open(std::string_view path, std::string_view fields) {
    if (!ended_) close();
    if (!fd_) {
        TRY(fd_, connect_to(to_, timeout_));
        unread_.clear();
    }
    TRY_VOID(send_all(fd_.get(), fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\n"
                                             "User-Agent: streamgate-demo\r\n{}\r\n",
                                             path, to_.host, to_.port, fields)));
    TRY_VOID(read_head());
    return status_;
}

Result<> Client::read_head() {
    while (true) {
        http::ResponseHead head;
        http::h1::HeadScan scan;
        const auto verdict =
            http::h1::parse_response(unread_, limits, scan, http::Method::get, head);
        if (verdict.progress == http::h1::Progress::bad)
            return fail(Errc::protocol_violation,
                        std::string(http::h1::sentence_of(verdict.defect)));
        if (verdict.progress == http::h1::Progress::more) {
            TRY(const bool open, receive(fd_.get(), unread_));
            if (!open) return fail(Errc::end_of_stream);
            continue;
        }
        status_ = head.status;
        framing_ = head.framing;
        left_ = head.content_length;
        keep_alive_ = head.keep_alive;
        chunks_ = {};
        ended_ = framing_ == http::Framing::none;
        const bool interim = head.status < 200 && head.status != 101;
        unread_.erase(0, verdict.bytes);
        if (!interim) return {};
    }
}

Result<std::string> Client::part() {
    while (!ended_) {
        std::string data;
        if (framing_ == http::Framing::chunked) {
            const auto step = chunks_.step(unread_);
            if (step.progress == http::h1::Progress::bad)
                return fail(Errc::protocol_violation,
                            std::string(http::h1::sentence_of(step.defect)));
            data = step.data;
            unread_.erase(0, step.consumed);
            ended_ = step.progress == http::h1::Progress::done;
            if (!data.empty() || ended_) return data;
            if (step.consumed > 0) continue;
        } else {
            const bool counted = framing_ == http::Framing::length;
            if (counted && left_ == 0) break;
            data = counted ? unread_.substr(0, left_) : unread_;
            unread_.erase(0, data.size());
            if (counted) left_ -= data.size();
            if (!data.empty()) return data;
        }
        TRY(const bool open, receive(fd_.get(), unread_));
        if (open) continue;
        if (framing_ != http::Framing::until_close) return fail(Errc::end_of_stream);
        keep_alive_ = false;
        break;
    }
    ended_ = true;
    return std::string();
}

}  // namespace sg::demo
