#include "telemetry/prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include "telemetry/sample_snapshot.h"

namespace sg::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Prometheus, HttpMetricsHaveOpenTelemetryNamesAndLabels) {
    const auto text = to_prometheus(sample_snapshot());
    const std::string labels =
        R"({http_request_method="GET",url_scheme="https",http_response_status_code="200",)"
        R"(http_route="api.example.com/v1/")";
    // Two versions of one service are one series here.
    EXPECT_THAT(text, HasSubstr("http_server_request_duration_seconds_bucket" + labels +
                                ",le=\"0.005\"} 6\n"));
    EXPECT_THAT(text, HasSubstr("http_server_request_duration_seconds_bucket" + labels +
                                ",le=\"10\"} 10\n"));
    EXPECT_THAT(text, HasSubstr("http_server_request_duration_seconds_bucket" + labels +
                                ",le=\"+Inf\"} 12\n"));
    EXPECT_THAT(
        text, HasSubstr("http_server_request_duration_seconds_sum" + labels + "} 22.469135780\n"));
    EXPECT_THAT(text, HasSubstr("http_server_request_duration_seconds_count" + labels + "} 12\n"));
    EXPECT_THAT(text, HasSubstr("http_server_response_body_size_bytes_sum" + labels + "} 8192\n"));
    EXPECT_THAT(text, HasSubstr("http_server_active_requests{http_request_method=\"GET\","
                                "url_scheme=\"https\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("http_server_active_requests{http_request_method=\"_OTHER\","
                                "url_scheme=\"http\"} 0\n"));
    EXPECT_THAT(text, HasSubstr(R"(error_type="http_request_error",le="0.005"} 4)"));
}

TEST(Prometheus, AttemptsNameTheEndpoint) {
    const auto text = to_prometheus(sample_snapshot());
    EXPECT_THAT(text, HasSubstr(R"(http_client_request_duration_seconds_count{)"
                                R"(http_request_method="POST",server_address="127.0.0.1",)"
                                R"(server_port="9001",service="api",version="v1",)"
                                R"(error_type="connection_refused"} 8)"));
    EXPECT_THAT(text, HasSubstr(R"(server_address="/run/app.sock",service="api",version="v2")"));
    EXPECT_THAT(text, HasSubstr(R"(streamgate_upstream_attempts_total{service="api",version="v1",)"
                                R"(endpoint="127.0.0.1:9001",ending="upstream_refused"} 8)"));
    EXPECT_THAT(text, HasSubstr(R"(streamgate_upstream_healthy{service="api",version="v2",)"
                                R"(endpoint="[::1]:9002"} 1)"));
    EXPECT_THAT(text, Not(HasSubstr(R"(streamgate_upstream_healthy{service="api",version="v2",)"
                                    R"(endpoint="unix)")));
}

TEST(Prometheus, EndingsCarryTheirBlame) {
    EXPECT_THAT(to_prometheus(sample_snapshot()),
                HasSubstr(R"(streamgate_requests_ended_total{ending="request_malformed",)"
                          R"(error_type="http_request_error",blame="client"} 4)"));
}

TEST(Prometheus, LabelsAreEscapedAndAlwaysUtf8) {
    const auto labels = Labels{}.add("a", "q\"b\\n\n").add("b", "\xFFx\xC3\xA9").add("c", "");
    EXPECT_EQ(labels.text(), "a=\"q\\\"b\\\\n\\n\",b=\"?x\xC3\xA9\"");
}

TEST(Prometheus, EverySeriesIsThereOnce) {
    const auto text = to_prometheus(sample_snapshot());
    std::set<std::string> seen;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = text.find('\n', from);
        const auto line = text.substr(from, end - from);
        from = end + 1;
        if (line.starts_with('#')) continue;
        EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
    EXPECT_GT(seen.size(), 100U);
}

TEST(Prometheus, PromtoolHasNoComplaint) {
    ASSERT_EQ(std::system("command -v promtool >/dev/null"), 0) << "make setup installs it";
    const auto path = testing::TempDir() + "prometheus_test.txt";
    std::ofstream(path) << to_prometheus(sample_snapshot());
    FILE* pipe = popen(("promtool check metrics <" + path + " 2>&1").c_str(), "r");
    std::string complaint(4096, '\0');
    complaint.resize(fread(complaint.data(), 1, complaint.size(), pipe));
    EXPECT_EQ(pclose(pipe), 0);
    EXPECT_EQ(complaint, "");
}

}  // namespace
}  // namespace sg::telemetry
