#include "platform/gateways/gateways.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "directive/json.h"
#include "directive/json_tree.h"
#include "platform/http/client.h"

namespace sg::platform::gateways {

namespace {

using Json = nlohmann::ordered_json;

struct Question {
    const char* method;
    std::string path;
    std::string body = {};
};

std::unexpected<Error> at(const Gateway& gateway, const Error& error) {
    return fail(error.code, fmt::format("gateway `{}`: {}", gateway.name, error.what), error.hint);
}

// What it says of a refusal, as an error of ours.
Error refused(const http::Response& response) {
    const auto said = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    const auto text = [&](const char* key) {
        return said.is_object() && said.contains(key) && said[key].is_string()
                   ? said[key].get<std::string>()
                   : std::string();
    };
    const bool ours = response.status >= 400 && response.status < 500;
    const auto code = response.status == 404 ? Errc::not_found
                      : ours                 ? Errc::invalid_argument
                                             : Errc::unavailable;
    auto what = text("error");
    if (what.empty()) what = fmt::format("it answers {}", response.status);
    return {code, std::move(what), text("hint")};
}

Result<std::string> ask(const Gateway& gateway, const Question& question, Tick deadline) {
    const auto left = std::clamp<Duration>(deadline - steady_now(), 1ms, patience);
    const bool here = !gateway.unix_socket.empty();
    auto response = http::perform(
        {.method = question.method,
         .url = (here ? "http://gateway" : "https://" + gateway.host_port) + question.path,
         .unix_socket = gateway.unix_socket,
         .headers = {{"Content-Type", "application/json"}},
         .body = question.body,
         .timeout = left,
         .connect_timeout = left,
         .ca = gateway.ca,
         .certificate = gateway.certificate,
         .key = gateway.key,
         .body_max = snapshot_most});
    if (!response) return std::unexpected(response.error());
    if (response->status >= 300) return std::unexpected(refused(*response));
    return std::move(response->body);
}

Result<std::vector<directive::Directive>> directives_at(const Gateway& gateway, Tick deadline) {
    TRY(const auto body, ask(gateway, {"GET", "/directives"}, deadline));
    const auto json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("directives") || !json["directives"].is_array())
        return fail(Errc::protocol_violation, "it does not list its directives");
    std::vector<directive::Directive> list;
    for (const auto& item : json["directives"]) {
        TRY(auto one, directive::read_tree(item, wall_now()));
        list.push_back(std::move(one));
    }
    return list;
}

Result<void> lift_at(const Gateway& gateway, const std::string& id, Tick deadline) {
    const auto lifted = ask(gateway, {"DELETE", "/directives/" + id}, deadline);
    if (lifted || lifted.error().code == Errc::not_found) return {};
    return std::unexpected(lifted.error());
}

}  // namespace

Result<std::vector<InForce>> in_force(std::span<const Gateway> all, Tick deadline) {
    std::vector<InForce> found;
    for (const auto& gateway : all) {
        auto directives = directives_at(gateway, deadline);
        if (!directives) return at(gateway, directives.error());
        found.push_back({gateway.name, std::move(*directives)});
    }
    return found;
}

Result<std::string> snapshot_of(const Gateway& gateway, Tick deadline) {
    auto body = ask(gateway, {"GET", "/snapshot"}, deadline);
    if (!body) return at(gateway, body.error());
    return body;
}

Result<void> say(std::span<const Gateway> all, const directive::Directive& what, Tick deadline) {
    if (all.empty())
        return fail(Errc::unsupported, "there is no gateway to tell",
                    "`ops.gateways` names those on other machines");
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto said = ask(all[i], {"POST", "/directives", directive::write(what)}, deadline);
        if (said) continue;
        // The one that failed, too: it may have heard and not been able to say so.
        std::string left_behind;
        for (const auto& one : all.first(i + 1))
            if (!lift_at(one, what.id, steady_now() + patience) && &one != &all[i])
                left_behind += (left_behind.empty() ? "" : ", ") + one.name;
        auto error = at(all[i], said.error());
        if (left_behind.empty()) return error;
        return fail(said.error().code,
                    fmt::format("{}; still in force at {}", error.error().what, left_behind),
                    fmt::format("lift `{}` there, or try again", what.id));
    }
    return {};
}

Result<void> lift(std::span<const Gateway> all, const std::string& id, Tick deadline) {
    Result<void> outcome;
    for (const auto& gateway : all)  // The others are freed even if one cannot be reached.
        if (const auto lifted = lift_at(gateway, id, deadline); !lifted && outcome)
            outcome = at(gateway, lifted.error());
    return outcome;
}

}  // namespace sg::platform::gateways
