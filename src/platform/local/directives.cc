#include "platform/local/directives.h"

#include <fmt/format.h>

#include "base/address.h"
#include "directive/json.h"

namespace sg::platform::local {

namespace {

constexpr Duration retry_after = 50ms;

std::string post(std::string id, std::string reason, directive::What what) {
    const directive::Directive said{std::move(id), "orchestrator",   std::move(reason),
                                    wall_now(),    Instant::never(), std::move(what)};
    return http_request("POST", "/directives", "gateway", directive::write(said));
}

std::string lift(const std::string& id) {
    return http_request("DELETE", "/directives/" + id, "gateway");
}

}  // namespace

void Directives::say(const Publish& publish, std::function<void()> heard) {
    const auto id = fmt::format("orchestrator/{}/{}", publish.service, publish.version);
    const auto what = fmt::format("endpoints of {} {}", publish.service, publish.version);
    if (publish.forget) return push({lift(id), what, std::move(heard)});
    push({post(id, "the instances that pass their health check",
               directive::SetEndpoints{publish.service, publish.version, publish.endpoints}),
          what, std::move(heard)});
}

void Directives::say(const SetWeights& weights) {
    const auto id = fmt::format("orchestrator/{}", weights.service);
    const auto what = fmt::format("weights of {}", weights.service);
    if (weights.weights.empty()) return push({lift(id), what, [] {}});
    push({post(id, "rolled by command", directive::SetWeights{weights.service, weights.weights}),
          what, [] {}});
}

void Directives::gateway_serves() {
    queue_.clear();
    serving_ = true;
    busy_ = false;
    ++era_;
}

void Directives::gateway_gone() {
    serving_ = false;
    queue_.clear();
}

void Directives::push(Item item) {
    if (!serving_) return;
    queue_.push_back(std::move(item));
    pump();
}

void Directives::pump() {
    if (!serving_ || busy_ || queue_.empty()) return;
    busy_ = true;
    const auto to = parse_socket_address("unix:" + socket_);
    if (!to) return;
    exchange(loop_, {*to, queue_.front().request, Until::whole, 2s},
             [this, era = era_](const Result<Answer>& answer) {
                 if (era == era_) answered(answer);
             });
}

void Directives::answered(const Result<Answer>& answer) {
    busy_ = false;
    if (!serving_ || queue_.empty()) return;
    if (!answer || answer->status >= 500) {  // It is busy dying, or its successor is not there yet.
        loop_.at(steady_now() + retry_after, [this] { pump(); });
        return;
    }
    auto item = std::move(queue_.front());
    queue_.pop_front();
    const bool gone = answer->status == 404 && item.request.starts_with("DELETE");
    if (answer->status >= 400 && !gone)
        log_(fmt::format("the gateway refused the {}: {} {}", item.what, answer->status,
                         answer->body));
    if (item.heard) item.heard();
    pump();
}

}  // namespace sg::platform::local
