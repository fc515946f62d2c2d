// SHA-256 as lower-case hex, and what is random on purpose.
#pragma once

#include <string>
#include <string_view>

namespace sg::store {

std::string sha256_hex(std::string_view bytes);
std::string random_hex(std::size_t bytes);

}  // namespace sg::store
