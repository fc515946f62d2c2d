// The system that the test runs on says something of itself.
#include "platform/host/machine.h"

#include <gtest/gtest.h>

namespace sg::platform::host {
namespace {

TEST(Machine, reads_what_the_kernel_says) {
    Machine machine({::testing::TempDir() + "not/there/yet", "/proc"});
    const auto text = machine.look();
    EXPECT_TRUE(text.stat.starts_with("cpu "));
    EXPECT_NE(text.meminfo.find("MemAvailable:"), std::string::npos);
    EXPECT_NE(text.net_dev.find("lo:"), std::string::npos);
    EXPECT_GT(text.file_systems.at(::testing::TempDir() + "not/there/yet").used_bytes, 0U);
    EXPECT_GT(text.at.ns, 0);
}

}  // namespace
}  // namespace sg::platform::host
