#include "looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/json.h"
#include "ops/respond/runs/decide.h"

namespace sg::app {

namespace {

using ports::Finding;

constexpr std::size_t targets_max = 4;  // Bound: of one check, each with a thread of its own.

// `{rows: 20, window: 1m}` as a runbook says it. Values are texts there, numbers or times.
Result<ports::Extent> extent_of(const std::map<std::string, std::string>& with) {
    nlohmann::json json = nlohmann::json::object();
    for (const auto& [name, value] : with) {
        const bool is_count =
            !value.empty() && value.size() < 10 &&
            std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        if (is_count) json[name] = std::stoll(value);
        else json[name] = value;
    }
    return from_json<ports::Extent>(json.dump());
}

// What a target was asked but refused is a finding of it.
std::vector<Finding> look_at(const ports::Inspector& inspector, const ports::Question& question,
                             Instant now) {
    auto found = inspector.look(question, now);
    if (found) return std::move(*found);
    return {{.what = question.what.front(), .key = "unseen", .title = found.error().message()}};
}

}  // namespace

ops::Performed look(const store::Job& job, const ports::Inspector& inspector) {
    using How = ops::Performed::How;
    const auto order = from_json<runs::LookOrder>(job.body);
    if (!order) return {How::failed, order.error().message(), {}};
    const Instant now = wall_now();
    // Begun twice and never ended: what crashes us is not tried for ever.
    if (job.attempts > runs::tries_max) return {How::failed, "it was begun and never ended", {}};
    const auto extent = extent_of(order->with);
    if (!extent) return {How::failed, extent.error().message(), {}};
    const auto count = std::min(order->targets.size(), targets_max);
    std::vector<std::vector<Finding>> found(count);
    std::vector<std::thread> threads;
    for (std::size_t at = 0; at < count; ++at)
        threads.emplace_back([&, at] {
            found[at] = look_at(inspector,
                                {.what = {order->inspect},
                                 .target = order->targets[at],
                                 .extent = *extent,
                                 .deadline = order->deadline},
                                now);
        });
    for (auto& thread : threads) thread.join();
    std::vector<std::pair<std::string, Finding>> all;
    for (std::size_t at = 0; at < count; ++at)
        for (auto& finding : found[at]) all.emplace_back(order->targets[at], std::move(finding));
    return {
        How::done, to_json(runs::look_of(*order, all, all.empty() ? "nothing was seen" : "")), {}};
}

}  // namespace sg::app
