// The file → a snapshot, or every mistake in it at once. Nothing is applied here, and a file with a
// mistake gives no snapshot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "config/problem.h"

namespace sg::config {

struct LoadOptions {
    // Whether files and environment variables that the text names are looked at. Off where a text
    // comes from strangers (fuzzing): secrets then stay as they are written, and certificates are
    // not checked.
    bool look_outside = true;
};

struct Loaded {
    Snapshot config;                // Null if there is any problem.
    std::vector<Problem> problems;  // In the order of the file.
    std::string rendered;           // The same, for people; empty if there is none.
};

// `file_name` is shown in messages; its folder is what relative paths start from.
Loaded load_text(std::string_view text, std::string file_name, const LoadOptions& options = {});

// Fails only if the file cannot be read.
Result<Loaded> read_file(const std::string& path);

// The error holds the rendered problems.
Result<Snapshot> load_file(const std::string& path);

}  // namespace sg::config
