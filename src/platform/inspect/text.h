// Texts of others (queries, log lines, keys, errors) made fit to be shown: short, in one line,
// without control characters, and without the secrets that people write into them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sg::platform::inspect {

// In one line of at most `most` bytes: white space is one space, control characters and what is not
// UTF-8 are written as \x1b, secrets as ***.
std::string shown(std::string_view text, std::size_t most);

// What follows a word that announces a secret (password, token, authorization…) and the password
// in a URL, as ***. It errs on the side of hiding.
std::string without_secrets(std::string_view text);

std::string show_count(double count);      // 1,930
std::string show_share(double of_one);     // 0.02 %, 62 %
std::string show_seconds(double seconds);  // 0.3 ms, 1.2 s, 31 s, 2.5 h
std::string show_size(double bytes);       // 3.4 MiB

double number_of(std::string_view text);  // 0: it is none.

}  // namespace sg::platform::inspect
