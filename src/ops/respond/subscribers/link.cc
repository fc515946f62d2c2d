#include "ops/respond/subscribers/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/hmac.h"
#include "base/text.h"

namespace sg::subscribers {

namespace {

constexpr std::size_t mac_bytes = 16;  // 128 bits are beyond guessing.
constexpr std::size_t id_length = 16;

std::string payload_of(const Link& link) {
    return fmt::format("{}.{}", link.subscriber, link.asked_at.ns / 1'000'000'000);
}

std::string mac_of(const Link& link, std::string_view secret) {
    const auto what = link.purpose == Purpose::confirm ? "confirm" : "unsubscribe";
    const Mac mac = hmac_sha256(secret, fmt::format("streamgate {} 1\n{}", what, payload_of(link)));
    return {reinterpret_cast<const char*>(mac.data()), mac_bytes};
}

std::unexpected<Error> not_ours() {
    return fail(Errc::permission_denied, "this link does not work, or no longer",
                "open the whole link of the latest mail, or subscribe anew");
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_of_local_part(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return letter || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c);
}

bool is_label(std::string_view label) {
    const bool right = std::ranges::all_of(
        label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return right && !label.empty() && label.size() <= 63 && !label.starts_with('-') &&
           !label.ends_with('-');
}

}  // namespace

std::string token_of(const Link& link, std::string_view secret) {
    return payload_of(link) + '.' + base64url(mac_of(link, secret));
}

Result<Claim> claim_of(Purpose purpose, std::string_view token) {
    if (token.size() > token_max) return not_ours();
    const auto parts = split(token, '.');
    if (parts.size() != 3 || parts[0].size() != id_length) return not_ours();
    if (!std::ranges::all_of(parts[0], is_hex)) return not_ours();
    std::int64_t seconds = 0;
    const auto digits = parts[1];
    const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), seconds);
    constexpr std::int64_t seconds_max = 9'000'000'000;  // Of an Instant.
    if (error != std::errc{} || stop != digits.end() || seconds < 0 || seconds > seconds_max)
        return not_ours();
    auto mac = from_base64url(parts[2]);
    if (!mac || mac->size() != mac_bytes) return not_ours();
    return Claim{{purpose, std::string(parts[0]), Instant{seconds * 1'000'000'000}},
                 std::move(*mac)};
}

bool is_signed(const Claim& claim, std::string_view secret) {
    return !secret.empty() && equal_in_constant_time(claim.mac, mac_of(claim.link, secret));
}

Result<std::string> address_of(std::string_view text) {
    const auto address = to_lower(trim(text));
    const auto wrong = [] {
        return fail(Errc::invalid_argument, "this is not a mail address",
                    "write it as in ana@example.com");
    };
    constexpr std::size_t address_max = 254, local_max = 64;
    const auto at = address.rfind('@');
    if (at == address.npos || address.size() > address_max) return wrong();
    const auto local = std::string_view(address).substr(0, at);
    const auto domain = std::string_view(address).substr(at + 1);
    if (local.empty() || local.size() > local_max || local.starts_with('.') ||
        local.ends_with('.') || local.contains(".."))
        return wrong();
    if (!std::ranges::all_of(local, is_of_local_part)) return wrong();
    const auto labels = split(domain, '.');
    if (labels.size() < 2 || !std::ranges::all_of(labels, is_label)) return wrong();
    return address;
}

std::string masked(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == address.npos || at == 0) return "…";
    return fmt::format("{}…{}", address.substr(0, 1), address.substr(at));
}

}  // namespace sg::subscribers
