// Whatever stands in files of the kernel: shares between 0 and 1 or unknown, never a crash.
#include "base/check.h"
#include "base/text.h"
#include "ops/detect/signals/host.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    sg::signals::HostMeter meter;
    sg::ports::MachineText look{.stat = text,
                                .meminfo = text,
                                .net_dev = text,
                                .speeds = {{"eth0", text}},
                                .cpu_max = text,
                                .cpu_stat = text,
                                .memory_max = text,
                                .memory_current = text,
                                .memory_stat = text};
    for (int i = 1; i < 3; ++i) {
        look.at.ns = i;
        const auto level = meter.look(look);
        for (const auto share : {level.cpu, level.memory, level.disk, level.network})
            CHECK(share == -1 || (share >= 0 && share <= 1));
    }
    return 0;
}
