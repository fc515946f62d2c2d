// How much of the machine, and of what services may use, is in use. Texts and differences in,
// shares out; no files are read here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ops/detect/signals/model.h"
#include "ports/machine.h"

namespace sg::signals {

// Source: proc(5).
struct CpuTimes {
    std::uint64_t busy = 0;  // Clock ticks of all cores; waiting for a disk is not busy.
    std::uint64_t all = 0;
    int cores = 0;
};
std::optional<CpuTimes> parse_stat(std::string_view text);

struct Memory {
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0;
};
std::optional<Memory> parse_meminfo(std::string_view text);

struct Traffic {
    std::uint64_t received_bytes = 0;
    std::uint64_t sent_bytes = 0;
};
std::map<std::string, Traffic> parse_net_dev(std::string_view text);  // By interface.

// Of our control group, where it has limits. Source: kernel, "Control Group v2".
struct GroupLimits {
    double cores = 0;                     // 0: no limit.
    std::uint64_t memory_bytes = 0;       // 0: no limit.
    std::uint64_t memory_used_bytes = 0;  // Without what the kernel gives back when it must.
    std::uint64_t cpu_used_us = 0;
};
GroupLimits parse_group(const ports::MachineText& text);

class HostMeter {
  public:
    // `link_bits`: bits per second of the network where the kernel does not know; 0: nor do we.
    explicit HostMeter(double link_bits = 0) : link_bits_(link_bits) {}
    void set_link(double bits) { link_bits_ = bits; }

    // A share that needs two looks is unknown at the first.
    Resources look(const ports::MachineText& text);

    // Of each service, as shares of the whole machine (or of the group's limits).
    std::map<std::string, Resources> services(const ports::ServiceUse& use);

  private:
    double cpu_share(const CpuTimes& now, const GroupLimits& group, Duration since_last) const;
    double network_share(const ports::MachineText& text, Duration since_last);

    double link_bits_;
    Tick last_at_;  // 0: never.
    CpuTimes last_cpu_;
    GroupLimits last_group_;
    std::map<std::string, Traffic> last_traffic_;
    double cores_ = 0;
    double memory_bytes_ = 0;
    ports::ServiceUse last_use_;
};

}  // namespace sg::signals
