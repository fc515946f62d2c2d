// Key figures over the API.
#include <nlohmann/json.hpp>

#include "api/handlers.h"
#include "base/units.h"
#include "ops/detect/slo/show.h"
#include "ops/learn/kpis/ask.h"
#include "ops/learn/kpis/show.h"

namespace sg::api {

namespace {

// `30d` back from now, or a moment.
Result<Instant> since(const std::string& text, Duration otherwise, Instant now) {
    if (text.empty()) return now - otherwise;
    if (const auto moment = parse_rfc3339(text)) return *moment;
    const auto span = parse_duration(text);
    if (!span || *span <= 0s || *span >= 20 * 366 * 24h)
        return fail(Errc::invalid_argument, "`since` is neither a time nor a span: " + text,
                    "30d, or 2026-11-01T00:00:00Z");
    return now - *span;
}

}  // namespace

Result<Answer> show_kpis(Site& site, const Call& call) {
    const auto config = site.config();
    TRY(const auto from, since(std::string(call.request.parameter("since")),
                               config->operations.kpis.over, call.now));
    const kpis::Period period{.span = {from, call.now},
                              .service = std::string(call.request.parameter("service")),
                              .team = std::string(call.request.parameter("team"))};
    TRY(const auto report, kpis::report_of({.session = site.read,
                                            .history = site.history,
                                            .objectives = site.objectives(),
                                            .config = *config},
                                           period));
    auto json = nlohmann::ordered_json::parse(to_json(report));
    json["table"] = kpis::table(report);
    return Answer{200, json.dump()};
}

}  // namespace sg::api
