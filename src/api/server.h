// The API as a server: a thread with a loop of its own, so that a slow client delays nobody who
// writes. One door is the operator's Unix socket; the other, if configured, serves only what
// carries its own token.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "api/crew.h"
#include "api/routes.h"
#include "runtime/loop.h"

namespace sg::api {

inline constexpr std::string_view operator_door = "operator";
inline constexpr std::string_view public_door = "public";

class Server {
  public:
    struct Options {
        ops::Writer& writer;
        const signals::History& history;
        const Clock& clock;
        std::string store;   // For sessions of its own, which only read.
        std::string socket;  // Path of the operator's socket.
        std::function<std::vector<slo::Report>()> objectives;
        std::function<config::Snapshot()> config;
        const ports::Inspector& inspector;
        // What the public door serves: requests that carry their own token.
        std::function<web::Reply(Site&, const web::Request&, Instant)> open_door;
        std::string listen;  // Of the public door; empty: there is none.
        std::shared_ptr<const runtime::TlsServer> tls;
    };

    // Listens before it returns.
    static Result<std::unique_ptr<Server>> start(Options options);
    ~Server();

    // The public door as it is to be from now on; empty: there is none. Who is connected stays. An
    // error leaves it as it was. From any thread but its own; waits.
    Result<void> move_public_door(const std::string& listen,
                                  std::shared_ptr<const runtime::TlsServer> tls);

  private:
    explicit Server(Options options);
    Result<void> open();
    runtime::Task<web::Reply> reply(web::Request request);
    static runtime::Detached end(runtime::Gate& gate, Server& server);
    runtime::Task<web::Reply> reply_from_crew(std::function<web::Reply()> rest);
    runtime::Task<void> stream_events(runtime::Stream& stream, std::int64_t after);

    Options options_;
    std::unique_ptr<store::Session> read_;
    std::unique_ptr<Site> site_;
    std::unique_ptr<runtime::Loop> loop_;
    std::unique_ptr<web::Server> server_;
    runtime::Gate ending_;
    std::thread thread_;
    Crew crew_;  // Last: what it still does ends before anything is gone.
};

}  // namespace sg::api
