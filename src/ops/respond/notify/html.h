// Text within HTML.
#pragma once

#include <string>
#include <string_view>

namespace sg::notify {

std::string escaped_html(std::string_view text);  // For content and for quoted attributes.

}  // namespace sg::notify
