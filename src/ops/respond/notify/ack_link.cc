#include "ops/respond/notify/ack_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/check.h"
#include "base/hmac.h"
#include "base/text.h"

namespace sg::notify {

namespace {

// 128 bits of the code are beyond guessing, and keep the link short enough for a text message.
constexpr std::size_t mac_bytes = 16;
constexpr char separator = '\n';  // In no name of a person: those are one line.

std::string mac_of(std::string_view payload, const Key& key) {
    const Mac mac = hmac_sha256(key.secret, "streamgate acknowledge 1\n" + std::string(payload));
    return {reinterpret_cast<const char*>(mac.data()), mac_bytes};
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

const Key* key_of(std::string_view id, const Keys& keys) {
    const auto found = std::ranges::find(keys, id, &Key::id);
    return found == keys.end() ? nullptr : &*found;
}

std::unexpected<Error> never_signed() {
    return fail(Errc::permission_denied, "this link is not one of ours, or it was cut",
                "open the whole link, or use: streamgate incident ack");
}

}  // namespace

std::string token_of(const Grant& grant, const Keys& keys) {
    CHECK(!keys.empty());
    const Key& key = *std::ranges::max_element(keys, {}, &Key::made_at);
    const std::string payload = fmt::format("{}\n{}\n{}\n{}", key.id, grant.page, grant.person,
                                            grant.expires_at.ns / 1'000'000'000);
    return base64url(payload) + '.' + base64url(mac_of(payload, key));
}

Result<Grant> grant_of(std::string_view token, const Keys& keys, Instant now) {
    const auto dot = token.find('.');
    if (token.size() > token_max || dot == token.npos) return never_signed();
    const auto payload = from_base64url(token.substr(0, dot));
    const auto mac = from_base64url(token.substr(dot + 1));
    if (!payload || !mac) return never_signed();
    const auto parts = split(*payload, separator);
    const Key* key = parts.size() == 4 ? key_of(parts[0], keys) : nullptr;
    if (key == nullptr || !equal_in_constant_time(*mac, mac_of(*payload, *key)))
        return never_signed();
    const auto page = number(parts[1]);
    const auto expires = number(parts[3]);
    if (!page || !expires) return never_signed();
    const Grant grant{*page, std::string(parts[2]), Instant{*expires * 1'000'000'000}};
    if (now >= grant.expires_at)
        return fail(Errc::permission_denied,
                    fmt::format("this link expired at {}", to_rfc3339(grant.expires_at)),
                    fmt::format("use: streamgate page ack {}", grant.page));
    return grant;
}

Keys renewed(Keys keys, std::string_view fresh, Instant now) {
    CHECK(fresh.size() >= 32);
    std::erase_if(keys, [&](const Key& key) { return now - key.made_at > key_lasts + link_lasts; });
    const bool has_fresh =
        std::ranges::any_of(keys, [&](const Key& key) { return now - key.made_at < key_lasts; });
    if (has_fresh) return keys;
    const Mac secret = hmac_sha256(fresh, "secret");
    keys.push_back({to_hex(hmac_sha256(fresh, "id")).substr(0, 8),
                    {reinterpret_cast<const char*>(secret.data()), secret.size()},
                    now});
    return keys;
}

std::string written(const Keys& keys) {
    std::string out = "# Keys that sign acknowledge links. Who has them can acknowledge pages.\n";
    for (const auto& key : keys)
        out += fmt::format("{} {} {}\n", key.id, to_rfc3339(key.made_at), base64url(key.secret));
    return out;
}

Result<Keys> keys_of(std::string_view text) {
    Keys keys;
    for (const auto line : split(text, '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto words = split(line, ' ');
        const auto made_at = words.size() == 3 ? parse_rfc3339(words[1]) : std::nullopt;
        const auto secret = words.size() == 3 ? from_base64url(words[2]) : std::nullopt;
        if (!made_at || !secret || secret->size() != 32)
            return fail(Errc::invalid_argument, "the keys of acknowledge links cannot be read",
                        "remove the file: links that were sent will no longer work");
        keys.push_back({std::string(words[0]), *secret, *made_at});
    }
    return keys;
}

}  // namespace sg::notify
