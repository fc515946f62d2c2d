// Advice by ending, and the manual page that is made from it.
#include "gateway/telemetry/advice.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace sg::gateway {
namespace {

TEST(Advice, IsFoundByName) {
    EXPECT_EQ(ending_named("upstream_refused"), Ending::upstream_refused);
    EXPECT_FALSE(ending_named("upstream"));
    EXPECT_NE(advice_of(Ending::upstream_refused).find("listens"), std::string_view::npos);
}

TEST(Manual, IsWhatTheTablesSay) {
    const std::string path = std::string(SG_SOURCE_DIR) + "/docs/endings.md";
    if (std::getenv("SG_WRITE_DOCS") != nullptr) std::ofstream(path) << endings_manual();
    std::stringstream written;
    written << std::ifstream(path).rdbuf();
    EXPECT_EQ(written.str(), endings_manual()) << "write it anew: SG_WRITE_DOCS=1 sg_gateway_test";
}

}  // namespace
}  // namespace sg::gateway
