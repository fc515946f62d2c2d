// What the system says of the use of its resources: texts as the kernel writes them, to be read by
// code that needs no system.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sg::ports {

struct FileSystem {
    std::uint64_t used_bytes = 0;
    std::uint64_t free_bytes = 0;  // For those who are not root.
};

struct MachineText {
    Tick at;
    std::string stat;                           // /proc/stat
    std::string meminfo;                        // /proc/meminfo
    std::string net_dev;                        // /proc/net/dev
    std::map<std::string, std::string> speeds;  // By interface: /sys/class/net/NAME/speed
    // Of our own control group (version 2); empty where there is none.
    std::string cpu_max;
    std::string cpu_stat;
    std::string memory_max;
    std::string memory_current;
    std::string memory_stat;
    std::map<std::string, FileSystem> file_systems;  // By path.
};

class Machine {
  public:
    virtual ~Machine() = default;
    virtual MachineText look() = 0;
};

// One process (with its children) of a service.
struct ProcessUse {
    std::string service;
    std::int64_t id = 0;  // Tells processes apart over time.
    Duration cpu{0};      // Since it began.
    std::uint64_t memory_bytes = 0;
};

struct ServiceUse {
    Tick at;
    std::vector<ProcessUse> processes;
};

// Whoever runs the services.
class UseOfServices {
  public:
    virtual ~UseOfServices() = default;
    virtual Result<ServiceUse> look() = 0;  // Blocks, for a second at most.
};

}  // namespace sg::ports
