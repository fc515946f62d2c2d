#include "bench/load/cpu.h"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace sg::load {

namespace {

std::int64_t on_cpu_ns(pid_t process) {
    std::int64_t sum = 0;
    std::error_code gone;
    const auto tasks =
        std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), gone);
    for (const auto& task : tasks) {
        std::ifstream file(task.path() / "schedstat");
        std::int64_t ns = 0;
        if (file >> ns) sum += ns;
    }
    return sum;
}

// Fields 14 and 15 of /proc/PID/stat; the second field, the name, may hold spaces and brackets.
void add_ticks(pid_t process, CpuTime& sum) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string text;
    if (!std::getline(file, text)) return;
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) rest >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    if (rest >> user >> system) {
        sum.user_ticks += user;
        sum.system_ticks += system;
    }
}

}  // namespace

CpuTime cpu_time_of(std::span<const pid_t> processes) {
    CpuTime sum;
    for (const auto process : processes) {
        sum.total_ns += on_cpu_ns(process);
        add_ticks(process, sum);
    }
    return sum;
}

std::int64_t own_cpu_ns() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace sg::load
