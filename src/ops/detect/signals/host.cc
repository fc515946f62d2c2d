#include "ops/detect/signals/host.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace sg::signals {

namespace {

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < line.size();) {
        const auto begin = line.find_first_not_of(" \t\r\n", at);
        if (begin == std::string_view::npos) break;
        at = std::min(line.find_first_of(" \t\r\n", begin), line.size());
        words.push_back(line.substr(begin, at - begin));
    }
    return words;
}

std::uint64_t number(std::string_view word) {  // 0 where there is none.
    std::uint64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

double real(std::uint64_t value) { return static_cast<double>(value); }

// The second word of the line that begins with `name`.
std::uint64_t named(std::string_view text, std::string_view name) {
    for (const auto line : split(text, '\n')) {
        const auto words = words_of(line);
        if (words.size() > 1 && words[0] == name) return number(words[1]);
    }
    return 0;
}

double share(double part, double whole) { return std::clamp(part / whole, 0.0, 1.0); }

}  // namespace

std::optional<CpuTimes> parse_stat(std::string_view text) {
    constexpr std::size_t idle = 4, waiting = 5, guest = 9;  // Guests are counted in user, too.
    CpuTimes times;
    for (const auto line : split(text, '\n')) {
        const auto words = words_of(line);
        if (words.size() <= idle || !words[0].starts_with("cpu")) continue;
        if (words[0] != "cpu") {
            ++times.cores;
            continue;
        }
        for (std::size_t i = 1; i < std::min(words.size(), guest); ++i) {
            times.all += number(words[i]);
            if (i != idle && i != waiting) times.busy += number(words[i]);
        }
    }
    if (times.all == 0 || times.cores == 0) return std::nullopt;
    return times;
}

std::optional<Memory> parse_meminfo(std::string_view text) {
    const Memory memory{named(text, "MemTotal:") * 1024, named(text, "MemAvailable:") * 1024};
    if (memory.total_bytes == 0) return std::nullopt;
    return memory;
}

std::map<std::string, Traffic> parse_net_dev(std::string_view text) {
    std::map<std::string, Traffic> interfaces;
    for (const auto line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto words = words_of(line.substr(colon + 1));
        if (words.size() < 9) continue;
        interfaces[std::string(trim(line.substr(0, colon)))] = {number(words[0]), number(words[8])};
    }
    return interfaces;
}

GroupLimits parse_group(const ports::MachineText& text) {
    GroupLimits limits;
    const auto cpu = words_of(text.cpu_max);  // `max 100000`, or microseconds of microseconds.
    if (cpu.size() == 2 && number(cpu[0]) > 0 && number(cpu[1]) > 0)
        limits.cores = real(number(cpu[0])) / real(number(cpu[1]));
    limits.cpu_used_us = named(text.cpu_stat, "usage_usec");
    limits.memory_bytes = number(text.memory_max);  // `max` is no number.
    const auto used = number(text.memory_current);
    limits.memory_used_bytes = used - std::min(used, named(text.memory_stat, "inactive_file"));
    return limits;
}

double HostMeter::cpu_share(const CpuTimes& now, const GroupLimits& group,
                            Duration since_last) const {
    const auto microseconds = static_cast<double>(since_last / 1us);
    if (group.cores > 0 && group.cores < now.cores && group.cpu_used_us >= last_group_.cpu_used_us)
        return share(real(group.cpu_used_us - last_group_.cpu_used_us), group.cores * microseconds);
    if (now.all <= last_cpu_.all || now.busy < last_cpu_.busy) return -1;
    return share(real(now.busy - last_cpu_.busy), real(now.all - last_cpu_.all));
}

// Of the busiest interface, in its busier direction.
double HostMeter::network_share(const ports::MachineText& text, Duration since_last) {
    auto now = parse_net_dev(text.net_dev);
    const auto before = std::exchange(last_traffic_, std::move(now));
    const auto seconds = std::chrono::duration<double>(since_last).count();
    double most = -1;
    for (const auto& [name, traffic] : last_traffic_) {
        const auto last = before.find(name);
        if (name == "lo" || last == before.end()) continue;
        const auto speed = text.speeds.find(name);  // In Mbit/s.
        double bits = link_bits_;
        if (bits <= 0 && speed != text.speeds.end()) bits = real(number(speed->second)) * 1e6;
        if (bits <= 0 || traffic.received_bytes < last->second.received_bytes ||
            traffic.sent_bytes < last->second.sent_bytes)
            continue;
        const auto bytes = std::max(traffic.received_bytes - last->second.received_bytes,
                                    traffic.sent_bytes - last->second.sent_bytes);
        most = std::max(most, share(real(bytes) * 8, bits * seconds));
    }
    return most;
}

Resources HostMeter::look(const ports::MachineText& text) {
    Resources level;
    const auto cpu = parse_stat(text.stat);
    const auto group = parse_group(text);
    const auto since_last = last_at_ == Tick{} ? Duration{0} : text.at - last_at_;
    const bool is_first = since_last <= 0s;
    if (cpu && !is_first) level.cpu = cpu_share(*cpu, group, since_last);
    const auto network = network_share(text, is_first ? Duration{1s} : since_last);
    if (!is_first) level.network = network;

    if (const auto memory = parse_meminfo(text.meminfo)) {
        const bool is_limited = group.memory_bytes > 0 && group.memory_bytes < memory->total_bytes;
        memory_bytes_ = real(is_limited ? group.memory_bytes : memory->total_bytes);
        const auto free = std::min(memory->available_bytes, memory->total_bytes);
        const auto used = is_limited ? group.memory_used_bytes : memory->total_bytes - free;
        level.memory = share(real(used), memory_bytes_);
    }
    for (const auto& [path, system] : text.file_systems) {
        const auto size = real(system.used_bytes) + real(system.free_bytes);
        if (size <= 0 || real(system.used_bytes) / size <= level.disk) continue;
        level.disk = real(system.used_bytes) / size;
        level.disk_free_bytes = static_cast<std::int64_t>(system.free_bytes);
    }
    if (cpu) {
        cores_ = group.cores > 0 ? std::min<double>(group.cores, cpu->cores) : cpu->cores;
        last_cpu_ = *cpu;
    }
    last_group_ = group;
    last_at_ = text.at;
    return level;
}

std::map<std::string, Resources> HostMeter::services(const ports::ServiceUse& use) {
    struct Sum {
        double cpu_ns = 0;
        double memory = 0;
    };
    std::map<std::string, Sum> sums;
    std::map<std::int64_t, Duration> before;
    for (const auto& process : last_use_.processes) before[process.id] = process.cpu;
    const auto since_last = use.at - last_use_.at;
    for (const auto& process : use.processes) {
        auto& sum = sums[process.service];
        sum.memory += real(process.memory_bytes);
        const auto last = before.find(process.id);
        // One that began since has used all of it since.
        const auto used = last == before.end() ? process.cpu : process.cpu - last->second;
        sum.cpu_ns += static_cast<double>(std::max<Duration>(used, 0s).count());
    }
    std::map<std::string, Resources> levels;
    for (const auto& [service, sum] : sums) {
        auto& level = levels[service];
        if (last_use_.at != Tick{} && since_last > 0s && cores_ > 0)
            level.cpu = share(sum.cpu_ns, static_cast<double>(since_last.count()) * cores_);
        if (memory_bytes_ > 0) level.memory = share(sum.memory, memory_bytes_);
    }
    last_use_ = use;
    return levels;
}

}  // namespace sg::signals
