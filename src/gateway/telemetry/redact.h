// Request targets without the secrets that people put into URLs: what is logged can be read by
// many.
#pragma once

#include <string>
#include <string_view>

namespace sg::gateway {

// Whether the value of a query parameter of this name is a secret: one of its words
// (`access_token`, `apiKey`, `X-Amz-Signature`) says so. Percent-encoded names count as what they
// stand for.
bool names_a_secret(std::string_view parameter);

inline constexpr std::string_view redacted = "redacted";

// Calls `piece(text)` for the target's pieces in order, secrets replaced. `;` separates parameters
// too, since some servers read it so. A user and password before the host of an absolute target are
// secrets.
template <class Piece>
void redact_target(std::string_view target, Piece&& piece) {
    if (const auto scheme = target.find("://"); scheme < target.find_first_of("/?")) {
        const auto end = target.find_first_of("/?", scheme + 3);
        const auto at = target.substr(0, end).rfind('@');
        if (at != std::string_view::npos && at > scheme) {
            piece(target.substr(0, scheme + 3));
            piece(redacted);
            target.remove_prefix(at);
        }
    }
    const auto question = target.find('?');
    if (question == std::string_view::npos) {
        piece(target);
        return;
    }
    std::size_t kept = 0;  // Everything before this has been passed on.
    for (std::size_t from = question + 1; from < target.size();) {
        const auto end = std::min(target.find_first_of("&;", from), target.size());
        const auto equals = target.find('=', from);
        if (equals < end && equals + 1 < end &&
            names_a_secret(target.substr(from, equals - from))) {
            piece(target.substr(kept, equals + 1 - kept));
            piece(redacted);
            kept = end;
        }
        from = end + 1;
    }
    piece(target.substr(kept));
}

}  // namespace sg::gateway
