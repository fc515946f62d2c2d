// Comma-separated values (RFC 4180) that a spreadsheet may open: a text that it would take for a
// formula is made a plain text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sg::api {

std::string csv_field(std::string_view text);
std::string csv_line(std::initializer_list<std::string_view> fields);  // With its end of line.

}  // namespace sg::api
