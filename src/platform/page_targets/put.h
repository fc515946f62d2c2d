// Files put where they can be read when this machine cannot be reached: a folder over SFTP, an
// object store in the manner of S3. Over libcurl. No reader ever sees a part of a file.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "config/status_page.h"

namespace sg::platform::page_targets {

using Files = std::map<std::string, std::string>;  // By path: `api/v2/summary.json`.

inline constexpr Duration deadline = 45s;  // For all of one call.

// Those of `files` that were taken are added to `taken`, also when it ends in an error. The index
// comes last, so that what it links to is there. Blocks, at most `deadline`.
Result<void> put(const config::PageTarget& target, const Files& files, Files& taken);

// --- its parts, for tests ------------------------------------------------------------------------

std::string_view content_type(std::string_view path);
// `/srv/status/` of `sftp://page@host:22/srv/status/`.
std::string folder_of(std::string_view url);

}  // namespace sg::platform::page_targets
