#include "ops/respond/notify/throttle.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace sg::notify {

namespace {

constexpr std::array mail = {Limit{1, 1min}};
constexpr std::array text_message = {Limit{1, 1min}, Limit{5, 15min}, Limit{11, 1h}, Limit{21, 3h}};
constexpr std::array call = {Limit{1, 1min}, Limit{3, 15min}, Limit{7, 1h}, Limit{15, 3h}};
constexpr std::array chat = {Limit{1, 1s}};  // Slack: about one a second for each webhook.
constexpr std::array status_mail = {Limit{1, 3min}, Limit{3, 20min}, Limit{8, 2h}};

}  // namespace

std::span<const Limit> limits_of(Disturbance disturbance) {
    switch (disturbance) {
        case Disturbance::mail: return mail;
        case Disturbance::text_message: return text_message;
        case Disturbance::call: return call;
        case Disturbance::chat: return chat;
        case Disturbance::status_mail: return status_mail;
        case Disturbance::free: return {};
    }
    return {};
}

Instant opens_at(std::span<const Limit> limits, std::span<const Instant> sent, Instant now) {
    CHECK(std::ranges::is_sorted(sent));
    Instant at = now;
    if (!sent.empty()) at = std::max(at, sent.back());
    // `at` is not before any of them, so those that fill the window that ends with it are the last
    // ones, and waiting for the limit that opens last satisfies all.
    for (const auto& limit : limits) {
        if (sent.size() < limit.count) continue;
        at = std::max(at, sent[sent.size() - limit.count] + limit.per);
    }
    return at;
}

}  // namespace sg::notify
