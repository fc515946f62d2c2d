// Output of processes, kept in files that they write themselves, so that nobody who dies can stop
// the others.
//
// A file is rotated without the writer's help and without losing a line: its older part is copied
// away and then cut out of the file at the front, while the writer goes on appending at the end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "platform/local/fd.h"

namespace sg::platform::local {

struct Keep {
    Bytes rotate_at = 16_MiB;
    unsigned files = 5;  // Rotated ones: name.1 is the newest.
};

Result<Fd> open_log(const std::string& path);  // To append.

Result<bool> rotate_if_large(const std::string& path, const Keep& keep);  // Whether it was.

// The last `lines` lines; older files are taken in as far as needed.
std::string tail(const std::string& path, std::size_t lines);

// Reads what was appended since the last call, across rotations.
class Follow {
  public:
    explicit Follow(std::string path);  // From the present end.
    std::string more();

  private:
    std::string path_;
    std::uint64_t position_ = 0;
};

}  // namespace sg::platform::local
