// Finds a request in the access log and its rotated files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::gateway {

struct LogHit {
    std::string file;
    std::string line;  // Without the line feed.
};

// A file that was looked at, for saying where a request was not found.
struct SearchedFile {
    std::string path;
    std::uint64_t bytes = 0;
    std::string first_time;  // Of its first line; empty if it has none.
};

struct LogSearch {
    static constexpr std::size_t hits_max = 100;

    std::vector<LogHit> hits;  // Newest first.
    std::vector<SearchedFile> searched;
    bool more = false;  // There are hits beyond hits_max.
};

// What a person typed as the beginning of a request id: lower case, without dashes; an error if it
// cannot be one.
Result<std::string> id_prefix(std::string_view typed);

// Looks through `path`, `path.1`, `path.2`…, newest first; goes on to older files only until
// something is found.
LogSearch search_log(const std::string& path, std::string_view prefix);

}  // namespace sg::gateway
