// The machine that we run on, read from /proc, /sys and the file systems; as text, unparsed.
#pragma once

#include <string>
#include <vector>

#include "ports/machine.h"

namespace sg::platform::host {

class Machine final : public ports::Machine {
  public:
    // `written`: paths below which we write; a path that is not there yet counts for its folder.
    explicit Machine(std::vector<std::string> written);
    ports::MachineText look() override;

  private:
    std::vector<std::string> written_;
    std::string group_;  // Folder of our control group; empty: none of version 2.
};

// What the system says of the disk below a path. A sentence each; empty: it says nothing bad.
struct DiskTrouble {
    std::string read_only;
    std::string fails;  // Errors that were found in its file system.
};
DiskTrouble look_at_disk(const std::string& path, const std::string& sys = "/sys");

}  // namespace sg::platform::host
