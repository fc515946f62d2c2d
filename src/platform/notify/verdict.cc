#include "platform/notify/verdict.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace sg::platform::notify {

namespace {

constexpr std::size_t detail_max = 300;

bool may_pass(Errc code) {
    return code != Errc::invalid_argument && code != Errc::unsupported &&
           code != Errc::tls_untrusted && code != Errc::config_invalid;
}

}  // namespace

ports::Delivery judge(std::string_view system, const Answer& answer) {
    using enum ports::Delivery::Outcome;
    if (!answer) {
        const auto& error = answer.error();
        return {may_pass(error.code) ? retry : permanent,
                fmt::format("{}: {}", system, error.message()), 0s};
    }
    const int status = answer->status;
    if (status >= 200 && status < 300) return {delivered, described(system, *answer), 0s};
    const bool later = status == 408 || status == 429 || status >= 500;
    return {later ? retry : permanent, described(system, *answer), retry_after(*answer)};
}

std::string described(std::string_view system, const ports::http::Response& response) {
    const auto body = trim(response.body);
    if (body.empty()) return fmt::format("{} answered {}", system, response.status);
    return fmt::format("{} answered {}: {}", system, response.status, clipped(body, detail_max));
}

Duration retry_after(const ports::http::Response& response) {
    const std::string text = response.header("retry-after");
    std::int64_t seconds = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || stop != text.data() + text.size() || seconds < 0) return 0s;
    return std::min<Duration>(std::chrono::seconds(std::min<std::int64_t>(seconds, 3600)), 1h);
}

std::string clipped(std::string_view text, std::size_t bytes_max) {
    constexpr std::string_view more = "…";
    if (text.size() <= bytes_max) return std::string(text);
    std::size_t end = bytes_max > more.size() ? bytes_max - more.size() : 0;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + std::string(more);
}

std::string presentable(std::string_view text, std::span<const std::string> secrets) {
    std::string out(text);
    for (const auto& secret : secrets) {
        if (secret.empty()) continue;
        for (auto at = out.find(secret); at != std::string::npos; at = out.find(secret, at))
            out.replace(at, secret.size(), "***");
    }
    for (char& c : out)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return clipped(out, detail_max);
}

}  // namespace sg::platform::notify
