// What a run is to do, and what came of it. Plain values.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/connection.h"
#include "bench/load/cpu.h"
#include "bench/load/histogram.h"

namespace sg::load {

enum class Mode : std::uint8_t {
    closed,      // Each connection asks again as soon as it is answered.
    rate,        // Requests begin when they are due, whatever became of those before.
    handshakes,  // A connection for each request.
    idle,        // One request on each connection, then silence.
};

struct Plan {
    Mode mode = Mode::closed;
    Endpoint endpoint;
    std::uint32_t connections = 64;
    double per_second = 1000;  // Of Mode::rate.
    std::int64_t warmup_ns = 0;
    std::int64_t window_ns = 0;  // What is counted begins after the warm-up and is this long.
    std::string request;         // All bytes of it.
    int status = 200;
    std::int64_t body = -1;    // Length that each response must have; -1: any.
    std::vector<pid_t> watch;  // Processes whose CPU time is taken over the window.
};

struct Report {
    std::uint64_t requests = 0;    // Complete, with the right status and length.
    std::uint64_t errors = 0;      // Lost connections, and connections that could not be made.
    std::uint64_t wrong = 0;       // Answered with another status or length.
    std::uint64_t unfinished = 0;  // Due in the window but not answered at its end (Mode::rate).
    std::uint64_t bytes = 0;       // Of bodies.
    double seconds = 0;
    Histogram latency;
    CpuTime watched;
    std::int64_t own_cpu_ns = 0;

    std::string json() const;
};

}  // namespace sg::load
