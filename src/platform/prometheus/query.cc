#include "platform/prometheus/query.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "platform/http/client.h"

namespace sg::platform::prometheus {

namespace {

using Json = nlohmann::json;
using ports::PromqlSample;

constexpr std::size_t answer_max = 4U << 20;
constexpr std::size_t samples_max = 1000;  // Bound: a query with more is not a signal.

std::unexpected<Error> odd_answer() {
    return fail(Errc::protocol_violation, "the answer is not that of a Prometheus server");
}

const Json* member(const Json& json, const char* key) {
    if (!json.is_object()) return nullptr;
    const auto at = json.find(key);
    return at == json.end() ? nullptr : &*at;
}

std::string text(const Json* json) {
    return json != nullptr && json->is_string() ? json->get<std::string>() : std::string();
}

// [time, "number"]
bool read_value(const Json* json, double& value) {
    if (json == nullptr || !json->is_array() || json->size() != 2 || !(*json)[1].is_string())
        return false;
    const auto digits = (*json)[1].get<std::string>();
    char* end = nullptr;
    value = std::strtod(digits.c_str(), &end);
    return end != digits.c_str() && *end == '\0' && !std::isnan(value);
}

Result<std::vector<PromqlSample>> read_vector(const Json& result) {
    std::vector<PromqlSample> samples;
    if (!result.is_array()) return odd_answer();
    if (result.size() > samples_max)
        return fail(Errc::too_large, fmt::format("the query gives {} series", result.size()),
                    "aggregate it: sum by (…) (…)");
    for (const auto& element : result) {
        PromqlSample sample;
        if (!read_value(member(element, "value"), sample.value)) continue;
        if (const auto* labels = member(element, "metric");
            labels != nullptr && labels->is_object())
            for (const auto& [name, value] : labels->items())
                if (value.is_string()) sample.labels[name] = value.get<std::string>();
        samples.push_back(std::move(sample));
    }
    return samples;
}

}  // namespace

Result<std::vector<PromqlSample>> read_answer(std::string_view json) {
    const auto answer = Json::parse(json, nullptr, false);
    const auto status = text(member(answer, "status"));
    if (status == "error")
        return fail(Errc::invalid_argument,
                    "the Prometheus server refuses the query: " + text(member(answer, "error")));
    const auto* data = member(answer, "data");
    const auto* result = data == nullptr ? nullptr : member(*data, "result");
    if (status != "success" || result == nullptr) return odd_answer();
    const auto type = text(member(*data, "resultType"));
    if (type == "vector") return read_vector(*result);
    if (type != "scalar")
        return fail(Errc::unsupported, fmt::format("the query gives a {}", type),
                    "a signal is an instant vector or a scalar");
    double value = 0;
    if (!read_value(result, value)) return std::vector<PromqlSample>{};
    return std::vector<PromqlSample>{{{}, value}};
}

Result<std::vector<PromqlSample>> Server::ask(const std::string& server,
                                              const std::string& expression,
                                              Duration timeout) const {
    std::string base = server;
    while (base.ends_with('/')) base.pop_back();
    const http::Request request{.method = "POST",  // An expression may be longer than a URL.
                                .url = base + "/api/v1/query",
                                .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                .body = "query=" + http::percent_encoded(expression),
                                .timeout = timeout,
                                .connect_timeout = timeout,
                                .body_max = answer_max};
    TRY(const auto response, http::perform(request));
    // 400 and 422 carry the server's own words.
    if (response.status != 200 && response.status != 400 && response.status != 422)
        return fail(Errc::unavailable, fmt::format("{} answered {}", base, response.status));
    return read_answer(response.body);
}

}  // namespace sg::platform::prometheus
