// A recorded reply of the supervisor.
#include "platform/local/service_use.h"

#include <gtest/gtest.h>

namespace sg::platform::local {
namespace {

TEST(ServiceUse, takes_the_instances_that_run) {
    const auto reply = Json::parse(R"({"ok":true,"steady_ns":5000000000,
        "gateway":{"processes":[{"pid":7,"usage":{"cpu_ns":9,"memory_bytes":1}}]},
        "services":[{"name":"catalog","versions":[{"version":"v1","instances":[
          {"pid":11,"usage":{"cpu_ns":1500000000,"memory_bytes":4096,"threads":2}},
          {"pid":0}]}]},{"name":"idle","versions":[]},{"name":"odd","versions":7}]})");
    const auto use = service_use_of(reply);
    EXPECT_EQ(use.at.ns, 5'000'000'000);
    ASSERT_EQ(use.processes.size(), 1U);
    EXPECT_EQ(use.processes[0].service, "catalog");
    EXPECT_EQ(use.processes[0].id, 11);
    EXPECT_EQ(use.processes[0].cpu, 1500ms);
    EXPECT_EQ(use.processes[0].memory_bytes, 4096U);
    EXPECT_TRUE(service_use_of(Json::array()).processes.empty());
}

TEST(ServiceUse, without_a_supervisor_there_is_none) {
    const auto layout = layout_of(::testing::TempDir() + "nobody");
    ASSERT_TRUE(layout);
    EXPECT_FALSE(ServiceUse(*layout).look());
}

}  // namespace
}  // namespace sg::platform::local
