// Exchange: one request and its response, from the first byte of the one to the last of the other.
//
// Reused from request to request by its worker: its tables are large and need no clearing.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/rc.h"
#include "gateway/client.h"
#include "gateway/endings.h"
#include "gateway/guards/faults.h"
#include "gateway/plan.h"
#include "gateway/proxy/body.h"
#include "gateway/proxy/forwarded.h"
#include "gateway/router/template.h"
#include "gateway/telemetry/account.h"
#include "http/h1/parse.h"
#include "http/message.h"
#include "runtime/task.h"

namespace sg::gateway {

class Worker;

// Why a wait for the endpoint was cut short.
enum class Interruption : std::uint8_t { none, client_gone, abandoned, upload_failed, shutdown };

// Sending the rest of a request body while the response may already be coming.
enum class Upload : std::uint8_t { none, running, stopping, done, failed };

struct Exchange : runtime::Timer {
    explicit Exchange(Worker& w);
    void begin(Client& client, Tick now);
    void finish();  // Lets go of everything that belongs to the request.

    Worker& worker;
    Client* client = nullptr;
    Rc<Plan> plan;

    // The request. Its views lie in the client's input, which holds the head until the end.
    http::RequestHead request;
    std::size_t head_bytes = 0;
    std::string head_kept;  // After let_go_of_head().
    std::string_view path;  // Normalised.
    std::string path_scratch;
    router::Match match;
    const RouteState* route = nullptr;
    ServiceState* service = nullptr;  // Held by the plan's route.
    proxy::Caller caller;
    proxy::Origin origin;  // Who asked, behind trusted proxies.
    router::Variables variables;
    Account account;
    std::string detail;  // What the account's view refers to.
    Tick began;
    Tick seen;        // The last look at the clock; looking costs as much as a system call's entry.
    Tick give_up_at;  // Total time-out.

    // Its body. `early` is what came with the head; while `replayable`, all of it is there and
    // untouched.
    BodyReader body;
    runtime::Buffer body_buffer;
    std::string_view whole_body;       // All of it, in body_buffer; or empty.
    std::size_t whole_body_bytes = 0;  // What it takes up there.
    bool replayable = true;
    bool said_continue = false;
    Upload upload = Upload::none;
    Ending upload_ending = Ending::ok;
    runtime::Gate uploads;

    // The attempt under way.
    upstream::Choice attempt;
    upstream::Choice next;  // Chosen already, because this one is slow.
    upstream::ConnectionPtr connection;
    std::array<upstream::EndpointState*, Account::attempts_max> tried{};
    std::uint8_t tried_count = 0;
    runtime::Watcher* waiting_on = nullptr;  // To be cancelled by interrupt().
    std::size_t place_among_waiting = 0;     // At the endpoint, while waiting for its first byte.
    Interruption interruption = Interruption::none;

    // The response.
    bool response_begun = false;  // A byte of the final response has gone to the client.
    bool close_client = false;    // No further request on this connection.
    bool unfinished = false;      // The client must see that the response is incomplete.
    bool in_service = false;      // Counted among the service's requests in flight.
    bool in_gateway = false;
    std::uint32_t retry_after_s = 1;  // What a client that is told 503 should wait.
    std::optional<guards::Fault> fault;

    // Keeps of the request's head what the account needs; the client's input then holds only what
    // follows it. For exchanges that last: a buffer for each would add up.
    void let_go_of_head();

    Tick look() { return seen = steady_now(); }
    std::int64_t so_far_ns() const { return (seen - began).count(); }

    AttemptRecord& record() { return account.attempt[account.attempts - 1]; }
    void interrupt(Interruption why);

    // From now on a client that leaves interrupts the wait for the endpoint. One that has only
    // closed its side for writing may still read: it is given this long whenever there is nothing
    // to send to it.
    static constexpr Duration half_closed_patience = 1s;
    void watch_client();
    bool may_keep_client() const;
};

}  // namespace sg::gateway
