// A run folder in the middle of an upgrade.
#include "platform/local/gateway_sockets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sg::platform::local {
namespace {

TEST(GatewaySockets, are_those_that_the_newest_took_over_from) {
    const auto layout = layout_of(::testing::TempDir() + "gateway_sockets");
    ASSERT_TRUE(layout);
    std::filesystem::remove_all(layout->state);
    EXPECT_TRUE(sockets_of_leaving_gateways(*layout).empty());
    std::filesystem::create_directories(layout->run());
    for (const auto* name : {"gateway-10.sock", "gateway-11.sock", "gateway-11.fds", "notify.sock"})
        std::ofstream(layout->run() + "/" + name) << "";
    EXPECT_TRUE(sockets_of_leaving_gateways(*layout).empty());
    std::filesystem::create_symlink("gateway-11.sock", layout->gateway_socket());
    EXPECT_EQ(sockets_of_leaving_gateways(*layout),
              std::vector{layout->run() + "/gateway-10.sock"});
}

}  // namespace
}  // namespace sg::platform::local
