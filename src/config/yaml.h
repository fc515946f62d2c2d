// YAML text → Node, and back. Strict where YAML is lax (a key twice, a tag, a second document is a
// mistake) and bounded, because a file may be hostile: size, depth and the number of nodes after
// aliases are limited.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe_read.h"

namespace sg::config {

struct Yaml {
    Node root;  // Kind::none when nothing could be read.
    std::vector<Problem> problems;
};

inline constexpr std::size_t yaml_bytes_max = 4 << 20;
inline constexpr std::size_t yaml_nodes_max = 200'000;
inline constexpr std::size_t yaml_depth_max = 50;

// Places are lines and columns from 1; columns count bytes.
Yaml parse_yaml(std::string_view text);

// What a person should read instead of the parser's message. `line` and `column` from 1, where it
// stopped.
Problem explain_syntax_error(std::string_view text, std::string_view message, Place at);

// The lines of a text without their ends; the n-th line is [n - 1].
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace sg::config
