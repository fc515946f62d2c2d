// From a request to its route, and from an error to a problem.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/routes.h"
#include "base/text.h"
#include "http/status.h"

namespace sg::api {

namespace {

// What stood for the {…} of a pattern; nothing: it does not fit.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    const auto wanted = split(pattern, '/');
    const auto given = split(path, '/');
    if (wanted.size() != given.size()) return std::nullopt;
    std::vector<std::string> captured;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            if (given[i].empty()) return std::nullopt;
            captured.push_back(web::percent_decoded(given[i]));
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return captured;
}

// On the Unix socket, whose mode guards it, whoever asks says who they are.
ops::Actor actor_of(const web::Request& request) {
    const auto who = request.header("streamgate-actor");
    return {who.empty() ? std::string("operator") : std::string(who), "api"};
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

}  // namespace

std::int64_t Call::number(std::size_t at) const { return number_of(captured.at(at)).value_or(-1); }

std::int64_t Call::count(std::string_view name, std::int64_t otherwise, std::int64_t most) const {
    const auto number = number_of(request.parameter(name));
    return number && *number > 0 ? std::min(*number, most) : otherwise;
}

web::Reply problem(const Error& error) {
    const ErrorRow& row = row_of(error.code);
    std::string body = fmt::format(R"({{"type":"urn:streamgate:error:{}","status":{},"title":")",
                                   row.name, row.status);
    append_json_escaped(body, row.sentence);
    body += R"(","detail":")";
    append_json_escaped(body, error.what.empty() ? std::string(row.sentence) : error.what);
    if (!error.hint.empty()) {
        body += R"(","hint":")";
        append_json_escaped(body, error.hint);
    }
    body += "\"}\n";
    return {row.status, "application/problem+json", std::move(body)};
}

web::Reply problem(int status, const std::string& detail) {
    auto body = fmt::format(R"({{"type":"about:blank","status":{},"title":"{}","detail":")", status,
                            http::reason_of(status));
    append_json_escaped(body, detail);
    return {status, "application/problem+json", body + "\"}\n"};
}

web::Reply answer(Site& site, const web::Request& request, Instant now) {
    std::string allowed;
    for (const Route& route : routes()) {
        auto captured = match(route.path, request.path);
        if (!captured) continue;
        if (route.method != request.method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        const Call call{request, std::move(*captured), actor_of(request), now};
        const bool writes = route.permission != Permission::read;
        if (writes && !request.header("idempotency-key").empty())
            return answer_once(site, call, route);
        const auto done = route.handler(site, call);
        if (!done) return problem(done.error());
        const bool is_json = done->type == "application/json";
        return {done->status, done->type, done->body + (is_json ? "\n" : ""), done->headers};
    }
    if (allowed.empty())
        return problem({Errc::not_found, fmt::format("{} is nothing here", request.path),
                        "GET /api/v1 lists what there is"});
    auto reply = problem(405, fmt::format("{} is for {}", request.path, allowed));
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

}  // namespace sg::api
