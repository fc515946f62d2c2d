// The file behind the access log: appended to in whole lines, rotated by size, opened again when it
// was moved away, and never more than a nuisance when the disk is full. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "base/units.h"

namespace sg::gateway {

class LogFile {
  public:
    struct Options {
        std::string path;  // `-`: standard output; `off`: nothing is written.
        Bytes rotate_at = 64_MiB;
        std::uint32_t keep = 10;  // path.1 (the newest) to path.<keep>
    };

    explicit LogFile(Options options) : options_(std::move(options)) {}
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
    ~LogFile();

    Result<void> open();  // Makes folders as needed; mends a last line that a crash left torn.

    // `first` and `second` together are whole lines. On failure a part of them may be in the file;
    // its torn end is closed before anything else is written. Nothing is ever cut off: during an
    // upgrade two processes append to one file. A file that could not be opened, or was moved away
    // by somebody else, is opened again at most once a second.
    Result<void> append(std::string_view first, std::string_view second, Tick now);

    // On failure the file goes on growing, and it is tried again an eighth of its size later.
    Result<void> rotate_if_due();

    std::uint64_t rotations() const { return rotations_; }

  private:
    void close();
    Result<void> rotate();
    bool moved_away() const;

    Options options_;
    int fd_ = -1;
    bool regular_ = false;         // Not a pipe, a terminal, a device.
    std::uint64_t size_ = 0;       // At least: another process may have added to it.
    std::uint64_t rotate_at_ = 0;  // Later than configured after a rotation that failed.
    std::uint64_t rotations_ = 0;
    bool torn_ = false;  // The file ends within a line.
    Tick looked_at_{INT64_MIN / 2};
};

}  // namespace sg::gateway
