// Status codes and their reason phrases (IANA's registry, RFC 9110 §15).
#pragma once

#include <string_view>

namespace sg::http {

// `Not Found`; of a code that has no name, that of its class: `Client Error`.
std::string_view reason_of(int status);

}  // namespace sg::http
