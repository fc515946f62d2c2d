// Source: redis.io, "RESP specification". hiredis reads the replies.
#include "platform/redis/session.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include "platform/inspect/text.h"
#include "platform/redis/address.h"

namespace sg::platform::redis {

namespace {

constexpr std::size_t message_most = 300;

Reply reply_of(const redisReply& said) {
    Reply reply;
    switch (said.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_ERROR:
            reply.kind = said.type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::text;
            reply.text.assign(said.str, static_cast<std::size_t>(said.len));
            break;
        case REDIS_REPLY_INTEGER:
            reply.kind = Reply::Kind::number;
            reply.number = said.integer;
            break;
        case REDIS_REPLY_ARRAY:
            reply.kind = Reply::Kind::list;
            for (std::size_t n = 0; n < said.elements; ++n)  // Bound: hiredis nests 7 deep.
                reply.items.push_back(reply_of(*said.element[n]));
            break;
        default: break;
    }
    return reply;
}

std::string wire(const Command& command) {
    auto text = fmt::format("*{}\r\n", command.size());
    for (const auto& word : command) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return text;
}

Error refused(const Reply& reply) {
    return {Errc::unavailable, inspect::shown(reply.text, message_most), {}};
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    Address address;
    address.is_secure = text.starts_with("rediss://");
    if (const auto at = text.find("://"); at != std::string_view::npos) text.remove_prefix(at + 3);
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        const auto who = text.substr(0, at);
        const auto colon = who.find(':');
        address.user = who.substr(0, colon);
        if (colon != std::string_view::npos) address.password = who.substr(colon + 1);
        text.remove_prefix(at + 1);
    }
    const auto slash = text.find('/');
    TRY(address.host, parse_host_port(text.substr(0, slash), 6379));
    if (slash != std::string_view::npos) {
        address.database = text.substr(slash + 1, text.find('?') - slash - 1);
    }
    return address;
}

void Session::End::operator()(redisReader* reader) const { redisReaderFree(reader); }

Session::Session(probe::Line line, Tick deadline)
    : line_(std::move(line)), deadline_(deadline), reader_(redisReaderCreate()) {}

Result<Session> Session::open(const std::string& target, const std::string& ca, Tick deadline) {
    const Tick began = steady_now();
    TRY(const auto address, parse_address(target));
    TRY(auto line, probe::Line::dial(address.host, deadline));
    if (address.is_secure) TRY_VOID(line.secure(address.host.host, ca));
    Session session(std::move(line), deadline);
    if (!session.reader_) return fail(Errc::exhausted, "no memory");
    Command login{"AUTH"};
    if (!address.user.empty()) login.push_back(address.user);
    login.push_back(address.password);
    if (!address.password.empty()) TRY_VOID(session.ask(login));
    if (!address.database.empty() && address.database != "0")
        TRY_VOID(session.ask({"SELECT", address.database}));
    session.connected_in_ = steady_now() - began;
    return Result<Session>(std::move(session));
}

Result<Reply> Session::receive() {
    std::size_t received = 0;
    for (;;) {
        void* said = nullptr;
        if (redisReaderGetReply(reader_.get(), &said) != REDIS_OK)
            return fail(Errc::protocol_violation, "the answer is not that of Redis");
        if (said != nullptr) {
            auto reply = reply_of(*static_cast<redisReply*>(said));
            freeReplyObject(said);
            return reply;
        }
        TRY(const auto bytes, line_.receive_some());
        received += bytes.size();
        if (received > reply_most) return fail(Errc::too_large, "the answer is too long");
        redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
    }
}

Result<Reply> Session::ask(const Command& command) {
    TRY_VOID(line_.send(wire(command)));
    TRY(auto reply, receive());
    if (reply.kind == Reply::Kind::error) return std::unexpected(refused(reply));
    return reply;
}

Result<std::vector<Reply>> Session::ask_all(const std::vector<Command>& commands) {
    std::vector<Reply> replies;
    std::string text;
    for (const auto& command : commands) text += wire(command);
    TRY_VOID(line_.send(text));
    while (replies.size() < commands.size()) {
        TRY(auto reply, receive());
        replies.push_back(std::move(reply));
    }
    return replies;
}

}  // namespace sg::platform::redis
