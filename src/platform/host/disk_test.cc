// The disk below a folder: its use, and the folder that fills it.
#include "platform/host/disk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sg::platform::host {
namespace {

TEST(Disk, SaysHowFullAndWhatFillsIt) {
    const inspect::Order order{.what = {"host.disk"},
                               .target = {},
                               .extent = {},
                               .deadline = steady_now() + 5s,
                               .now = wall_now()};
    const auto findings = inspect_disks({"/", "/"}, order);
    ASSERT_EQ(findings.size(), 1U);  // One file system, once.
    EXPECT_EQ(findings[0].key, "used");
    EXPECT_GT(findings[0].value.value_or(0), 0);
    EXPECT_LE(findings[0].value.value_or(2), 1);
    EXPECT_FALSE(findings[0].evidence.rows.empty());
    EXPECT_LE(findings[0].evidence.rows.size(), order.extent.rows);
}

TEST(Disk, AWalkEndsInTime) {
    const inspect::Order late{.what = {"host.disk"},
                              .target = {},
                              .extent = {},
                              .deadline = steady_now(),
                              .now = wall_now()};
    const auto findings = inspect_disks({"/usr"}, late);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].title.find("only a part was walked"), std::string::npos)
        << findings[0].title;
}

}  // namespace
}  // namespace sg::platform::host
