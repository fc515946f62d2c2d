// Links that confirm, and links that end it; and what of the outside's text is an address. Pure.
//
// A link is signed with the subscription's own secret, which is forgotten with it. It names a
// random id and never an address, since addresses in URLs end up in logs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sg::subscribers {

enum class Purpose : std::uint8_t { confirm, unsubscribe };

struct Link {
    Purpose purpose = Purpose::confirm;
    std::string subscriber;
    Instant asked_at;  // Of what it confirms; to the second. Ends: not used.
    bool operator==(const Link&) const = default;
};

inline constexpr std::size_t token_max = 128;  // Bound: of characters.

std::string token_of(const Link& link, std::string_view secret);

// What it claims to be; nothing is believed yet.
struct Claim {
    Link link;
    std::string mac;
};
Result<Claim> claim_of(Purpose purpose, std::string_view token);
bool is_signed(const Claim& claim, std::string_view secret);

// In lower case, without what surrounds it. Error: `invalid_argument`, and never what was said.
// Source: RFC 5321 §4.1.2, without quoted local parts and address literals; §4.5.3.1.
Result<std::string> address_of(std::string_view text);

// `a…@example.com`: enough for whoever knows it.
std::string masked(std::string_view address);

}  // namespace sg::subscribers
