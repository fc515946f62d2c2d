// The system that the test runs on says something of itself.
#include "platform/host/machine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>

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

TEST(Disk, says_what_the_kernel_found_in_it) {
    namespace fs = std::filesystem;
    const std::string sys = ::testing::TempDir() + "sys_of_a_disk";
    fs::remove_all(sys);
    fs::create_directories(sys + "/dev/block");
    fs::create_directories(sys + "/fs/ext4/sdz9");
    struct stat here{};
    ASSERT_EQ(::stat(::testing::TempDir().c_str(), &here), 0);
    EXPECT_EQ(look_at_disk(::testing::TempDir(), sys).fails, "");  // It is on no device.
    fs::create_symlink(
        "../../devices/sdz/sdz9",
        fmt::format("{}/dev/block/{}:{}", sys, major(here.st_dev), minor(here.st_dev)));
    std::ofstream(sys + "/fs/ext4/sdz9/errors_count") << "0\n";
    EXPECT_EQ(look_at_disk(::testing::TempDir(), sys).fails, "");
    std::ofstream(sys + "/fs/ext4/sdz9/errors_count") << "3\n";
    EXPECT_EQ(look_at_disk(::testing::TempDir(), sys).fails,
              "3 errors were found in the file system on sdz9");
    EXPECT_EQ(look_at_disk(::testing::TempDir(), sys).read_only, "");
    EXPECT_EQ(look_at_disk("/not/there").read_only, "");
}

}  // namespace
}  // namespace sg::platform::host
