// CPU time of other processes, to the nanosecond where the kernel counts it so.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace sg::load {

struct CpuTime {
    std::int64_t total_ns = 0;    // /proc/PID/task/*/schedstat: time on a CPU.
    std::int64_t user_ticks = 0;  // /proc/PID/stat utime; 1/100 s.
    std::int64_t system_ticks = 0;
};

// The sum over these processes. A process that is gone counts nothing: name those that live on.
CpuTime cpu_time_of(std::span<const pid_t> processes);
std::int64_t own_cpu_ns();

}  // namespace sg::load
