// The Proxy-Status field for every ending.
#include "gateway/telemetry/proxy_status.h"

#include <gtest/gtest.h>

namespace sg::gateway {
namespace {

std::string written(Ending ending, std::uint16_t received) {
    char space[proxy_status_size_max];
    http::Out out(space, sizeof space);
    write_proxy_status(out, ending, received);
    EXPECT_FALSE(out.overflow()) << row_of(ending).name;
    return std::string(out.text());
}

TEST(ProxyStatus, SaysTheTokenAndTheEnding) {
    EXPECT_EQ(written(Ending::upstream_refused, 0),
              R"(streamgate; error=connection_refused; details="upstream_refused")");
    EXPECT_EQ(written(Ending::upstream_status, 503),
              R"(streamgate; received-status=503; details="upstream_status")");
    EXPECT_EQ(written(Ending::ok, 200), "");
    EXPECT_EQ(written(Ending::redirected, 0), "");
}

TEST(ProxyStatus, EveryEndingFitsAndCarriesItsOwnWords) {
    for (std::size_t i = 0; i < ending_count; ++i) {
        const auto text = written(static_cast<Ending>(i), 599);
        if (endings[i].blame == BlameOf::none) continue;
        EXPECT_NE(text.find("\"" + std::string(endings[i].name) + "\""), std::string::npos);
        if (endings[i].token != "-") {
            EXPECT_NE(text.find("error=" + std::string(endings[i].token) + ";"), std::string::npos);
        }
    }
}

TEST(ProxyStatus, TakesTheReceivedStatusFromTheLastAttempt) {
    Account a;
    a.ending = Ending::upstream_status;
    a.attempts = 2;
    a.attempt[0].status = 500;
    a.attempt[1].status = 502;
    char space[proxy_status_size_max];
    http::Out out(space, sizeof space);
    write_proxy_status(out, a);
    EXPECT_EQ(out.text(), R"(streamgate; received-status=502; details="upstream_status")");
}

}  // namespace
}  // namespace sg::gateway
