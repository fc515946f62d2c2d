// Links that acknowledge: signed, for one page and one person, and for a while only. Mail scanners
// follow links and people press buttons, so GET shows a page with one button and only its POST
// acknowledges. Pure: the keys and the time are arguments.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::notify {

// Kept in the state folder, never in the database: who can read that cannot acknowledge.
struct Key {
    std::string id;      // Short; in the clear within the token.
    std::string secret;  // 32 random bytes.
    Instant made_at;
};

// The newest signs; all of them are believed, until what they signed has expired.
using Keys = std::vector<Key>;

inline constexpr Duration link_lasts = 24h;
inline constexpr Duration key_lasts = 30 * 24h;  // Then a new one signs.
inline constexpr std::size_t token_max = 512;    // Bound: of characters.

struct Grant {
    std::int64_t page = 0;
    std::string person;
    Instant expires_at;  // To the second.
    bool operator==(const Grant&) const = default;
};

// Requires: a key.
std::string token_of(const Grant& grant, const Keys& keys);

// Error: `permission_denied`, for what we never signed and for what has expired; only in the second
// case does the message say so.
Result<Grant> grant_of(std::string_view token, const Keys& keys, Instant now);

// Which keys there should be now: a new one made of `fresh` (32 random bytes, or their text) when
// the newest is older than key_lasts or there is none, and none whose links have all expired.
Keys renewed(Keys keys, std::string_view fresh, Instant now);

// The keys as a file that only its owner may read, and back. Error: `invalid_argument`.
std::string written(const Keys& keys);
Result<Keys> keys_of(std::string_view text);

// --- what the browser sees
// ------------------------------------------------------------------------

struct AckView {
    enum class State : std::uint8_t { asks, acknowledged, over, refused };
    State state = State::asks;
    std::string headline;  // `SEV-1 catalog: 62 % of requests fail (incident 204)`
    std::string person;
    std::string by;        // acknowledged: who did.
    std::string war_room;  // URL; empty: no link.
    std::string why;       // refused: in words.
};

// Whole, in itself: no script, nothing loaded from elsewhere. The form posts to its own address.
std::string ack_page(const AckView& view);

// Behind the link to the war room, for whoever follows it: what is known of an incident is shown to
// those who may see it, so here stands how they do. The same for every number, known or not.
std::string war_room_page(std::int64_t incident);

using HeaderField = std::pair<std::string_view, std::string>;
const std::vector<HeaderField>& ack_page_headers();  // Content-Security-Policy and its like.

}  // namespace sg::notify
