// Files that are whole or not there: a crash in the middle of writing leaves the old one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::directive {

// Writes beside it, fsyncs, renames, fsyncs the folder. Makes the folder.
Result<void> write_atomically(const std::string& path, std::string_view text);

// Errc::not_found if there is none. Bound: `size_max`.
Result<std::string> read_whole(const std::string& path, std::size_t size_max);

}  // namespace sg::directive
