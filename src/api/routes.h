// The API's routes, one table: method, path, permission, handler. Handlers parse, command or ask,
// and reply; no rules.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/presence.h"
#include "api/repeats.h"
#include "base/json.h"
#include "ops/writer.h"
#include "ports/inspector.h"
#include "store/session.h"
#include "web/server.h"

namespace sg::signals {
class History;
}
namespace sg::slo {
struct Report;
}

namespace sg::api {

// What a request is answered from. `read` is the API thread's own session: readers never wait for
// the writer.
struct Site {
    Commands writer;
    store::Session& read;
    const signals::History& history;
    std::function<std::vector<slo::Report>()> objectives;
    std::function<config::Snapshot()> config;
    const ports::Inspector& inspector;
    Presence presence = {};
    // What a handler leaves to be done where it may wait: its reply stands for the handler's own.
    std::function<web::Reply()> rest = {};
};

struct Call {
    const web::Request& request;
    std::vector<std::string> captured;  // What stood for {…} in the path, in order.
    ops::Actor actor;
    Instant now;

    std::int64_t number(std::size_t at) const;  // Of `captured`; -1: it is none.
    // Of the query, at most `most`; `otherwise` when it is absent or no number.
    std::int64_t count(std::string_view name, std::int64_t otherwise, std::int64_t most) const;
};

struct Answer {
    int status = 200;
    std::string body;
    std::string type = "application/json";
    web::Headers headers = {};
};

using Handler = Result<Answer> (*)(Site&, const Call&);

// Who may: with people and roles these are what a role grants; on the Unix socket everything is.
enum class Permission : std::uint8_t { read, respond, administer };

struct Route {
    std::string_view method;
    std::string_view path;  // `/api/v1/incidents/{id}/acknowledge`
    Permission permission;
    Handler handler;
    std::string_view what;  // One line, for the document and for people.
};

std::span<const Route> routes();

// The answer to a request, errors as problem details (RFC 9457).
web::Reply answer(Site& site, const web::Request& request, Instant now);
web::Reply problem(const Error& error);
// What only HTTP knows: no method, no token, too many.
web::Reply problem(int status, const std::string& detail);

// --- for handlers --------------------------------------------------------------------------------

// The body as a described struct; an empty body is its defaults.
template <class T>
Result<T> body_of(const Call& call) {
    if (call.request.body.empty()) return T{};
    return from_json<T>(call.request.body);
}

// {"<name>": [ … ]}; each element by to_json.
template <class T>
std::string list_json(std::string_view name, const std::vector<T>& list) {
    std::string out = "{\"" + std::string(name) + "\":[";
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) out += ',';
        out += to_json(list[i]);
    }
    return out + "]}";
}

}  // namespace sg::api
