// How the command line talks to the supervisor: one JSON object a line, each way, over
// <state>/run/supervisor.sock.
//
// A request has a `verb`; a reply has `ok`, and `error` {code, what, hint} when that is false.
#pragma once

#include <functional>
#include <list>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "platform/local/files.h"
#include "platform/local/loop.h"

namespace sg::platform::local {

using Json = nlohmann::json;

Json to_json(const Error& error);
Error error_from(const Json& json);
std::string to_line(const Json& json);  // With its newline; invalid UTF-8 replaced.

// The supervisor's end.
class Desk {
  public:
    using Reply = std::function<void(Json)>;
    using OnRequest = std::function<void(const Json& request, Reply reply)>;

    static Result<std::unique_ptr<Desk>> open(Loop& loop, const std::string& path,
                                              OnRequest callback);
    ~Desk();

  private:
    static constexpr std::size_t visitors_most = 64;
    static constexpr std::size_t line_most = 64U << 10;
    struct Visitor {
        Fd socket;
        Loop::Id watch = 0;
        std::string in;
        std::string out;
    };
    Desk(Loop& loop, Fd socket, OnRequest callback);
    void accept_all();
    void ready(std::uint64_t id, std::uint32_t events);
    void take_lines(std::uint64_t id);
    void send(std::uint64_t id, const Json& reply);
    void flush(std::uint64_t id);

    Loop& loop_;
    Fd socket_;
    Loop::Id watch_ = 0;
    OnRequest callback_;
    std::map<std::uint64_t, Visitor> visitors_;
    std::uint64_t next_ = 1;
};

// The command line's end: asks and waits.
class Caller {
  public:
    static Result<Caller> reach(const Layout& layout);
    Result<Json> ask(const Json& request, Duration timeout = 60s);  // The reply; its error as ours.

  private:
    explicit Caller(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
    std::string received_;
};

}  // namespace sg::platform::local
