// Processes: started in sessions of their own so that they outlive us, known by pid and start time
// so that a number that the kernel used again is never taken for one of ours.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform/local/fd.h"
#include "platform/local/model.h"

namespace sg::platform::local {

struct Identity {
    int pid = 0;
    std::uint64_t started = 0;  // Clock ticks since boot: field 22 of /proc/PID/stat.
    bool operator==(const Identity&) const = default;
};

struct Launch {
    std::vector<std::string> command;
    std::map<std::string, std::string> environment;  // Added to, or in place of, our own.
    std::string directory;                           // Empty: ours.
    int output = -1;                                 // Becomes its standard output and error.
    std::vector<int> listen_fds;                     // Become its fds from 3, as LISTEN_FDS says.
};

struct Child {
    Identity identity;
    Fd exit;  // A pidfd: readable when the process has ended.
};

Result<Child> launch(const Launch& launch);

// Runs `work` in a process of its own, a copy of this one. Requires: a single thread.
Result<Child> fork_apart(const std::function<void()>& work);

// The process with this identity if it still runs. It need not be our child.
Result<Child> adopt(const Identity& identity);

// Empty when there is no such process, or only a zombie.
Result<Identity> identity_of(int pid);

// Kills what is left of the group, then takes the exit status if the process was our child.
// Requires: `child.exit` is readable.
Exit bury(const Child& child);

void signal_group(const Identity& identity, int signal);
void signal_one(const Child& child, int signal);  // Only the process itself.

std::string boot_id();                // Another one after each boot: pids mean nothing across it.
std::uint64_t out_of_memory_kills();  // In our control group, since it exists; 0 if not known.

}  // namespace sg::platform::local
