// Base64 (RFC 4648): the plain alphabet with padding for mail, the one for URLs without.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sg {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);

// Nothing if a character is not of the alphabet or the last bits are not zero, so that one value
// has one text.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace sg
