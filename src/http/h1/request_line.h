// The request line: method, target in one of its four forms, version. Source: RFC 9112 §3.
#pragma once

#include "http/h1/parse.h"

namespace sg::http::h1 {

// Requires: `line` without CRLF, free of controls. Sets all but `authority` of origin and asterisk
// forms.
Defect parse_request_line(std::string_view line, std::size_t target_max, RequestHead& head);

// `host[:port]`: a name, an IPv4 address or a bracketed IPv6 address; nothing that could be read as
// a path, user information or a list.
bool is_authority(std::string_view text);

}  // namespace sg::http::h1
