// Directives as JSON: every kind goes round, every mistake has its sentence.
#include "directive/json.h"

#include <gtest/gtest.h>

namespace sg::directive {
namespace {

constexpr Instant now{1'795'414'951'042'000'000};  // 2026-11-23T06:22:31.042Z

std::string round(std::string_view text) {
    const auto directive = read(text, now);
    return directive ? write(*directive) : directive.error().message();
}

TEST(DirectiveJson, EveryKindComesBackAsItWas) {
    for (const char* text : {
             R"({"id":"a","origin":"ana","reason":"slow",)"
             R"("issued_at":"2026-11-23T06:22:31.042Z","set_weights":{"service":"api",)"
             R"("weights":{"v1":90,"v2":0}}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-24T00:00:00.000Z",)"
             R"("drain_endpoint":{"service":"api","endpoint":"[::1]:80"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("set_circuit":{"service":"api","requests_max":5,"queue_max":0}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-23T06:30:00.000Z",)"
             R"("inject_fault":{"service":"api","share":0.2,"delay":"250ms",)"
             R"("bytes_per_second":4096}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-23T06:30:00.000Z","inject_fault":{"route":"r",)"
             R"("share":1.0,"abort":503}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-23T06:30:00.000Z","inject_fault":{"route":"r",)"
             R"("share":1.0,"reset":true}})",
             R"({"id":"a","origin":"orchestrator",)"
             R"("issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("set_endpoints":{"service":"api","version":"v2",)"
             R"("endpoints":["127.0.0.1:9000","unix:/run/a"]}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("shed":{"service":"api","share":0.25,"retry_after":"30s"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("open_breaker":{"service":"api","endpoint":"10.0.0.1:80"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("block_client":{"client":"203.0.113.7"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("block_client":{"client":"2001:db8::/32","service":"api"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("switch_off":{"service":"api","need":"sessions"}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-23T06:30:00.000Z","show_expired":{}})",
             R"({"id":"a","origin":"ana","issued_at":"2026-11-23T06:22:31.042Z",)"
             R"("expires_at":"2026-11-23T06:30:00.000Z",)"
             R"("show_expired":{"listener":":8443"}})",
         })
        EXPECT_EQ(round(text), text);
}

TEST(DirectiveJson, ReadsWhatPeopleWrite) {
    const auto d = read(R"({"id":"drill-7","origin":"ana","expires_in":"10m",
        "inject_fault":{"service":"api","share":"20%","bytes_per_second":"64KiB"}})",
                        now);
    ASSERT_TRUE(d) << d.error().message();
    EXPECT_EQ(d->issued_at, now);
    EXPECT_EQ(d->expires_at, now + 10min);
    const auto& fault = std::get<InjectFault>(d->what);
    EXPECT_DOUBLE_EQ(fault.share.of_one, 0.2);
    EXPECT_EQ(fault.bytes_per_second, 64_KiB);
}

struct Bad {
    const char* rest;  // After id and origin.
    const char* says;
};
class BadDirective : public testing::TestWithParam<Bad> {};

TEST_P(BadDirective, IsRefusedWithAReason) {
    const auto text = std::string(R"({"id":"a","origin":"ana",)") + GetParam().rest + "}";
    const auto result = read(text, now);
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message().find(GetParam().says), std::string::npos)
        << result.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDirective,
    testing::Values(
        Bad{R"("reason":"x")", "says nothing to do"},
        Bad{R"("set_weight":{})", "did you mean `set_weights`?"},
        Bad{R"("set_weights":{"service":"api","weights":{"v1":1},"x":1})",
            "`set_weights.x` is not known"},
        Bad{R"("set_weights":{"service":"api","wieghts":{"v1":1}})", "did you mean `weights`?"},
        Bad{R"("set_weights":{"service":"api","weights":{"v1":-1}})", "`set_weights.weights.v1`"},
        Bad{R"("set_weights":{"service":"api","weights":{"v1":1.5}})", "whole number"},
        Bad{R"("set_weights":{"service":"api","weights":{"v1":2000000}})", "larger than"},
        Bad{R"("set_weights":{"service":"api","weights":[]})", "is not an object"},
        Bad{R"("set_weights":{"service":"api"})", "no weight is given"},
        Bad{R"("set_weights":{"weights":{"v1":1}})", "`service` is empty"},
        Bad{R"("set_weights":5)", "`set_weights` is not an object"},
        Bad{R"("set_weights":{},"set_circuit":{})", "stands beside `set_weights`"},
        Bad{R"("set_weights":{"service":"s","weights":{"v":1}},)"
            R"("set_circuit":{"service":"s","queue_max":1})",
            "stands beside"},
        Bad{R"("drain_endpoint":{"service":"api","endpoint":"nowhere"})", "is not an endpoint"},
        Bad{R"("drain_endpoint":{"service":7,"endpoint":"a:1"})", "is not a text"},
        Bad{R"("set_circuit":{"service":"api"})", "no limit is given"},
        Bad{R"("set_circuit":{"service":"api","requests_max":5000000000})", "whole number"},
        Bad{R"("inject_fault":{"service":"api","abort":503})", "never ends"},
        Bad{R"("expires_in":"25h","inject_fault":{"service":"api","abort":503})", "longer than 1d"},
        Bad{R"("expires_in":"off","inject_fault":{"service":"api","abort":503})",
            "not a time that comes"},
        Bad{R"("expires_at":"2026-11-23T06:22:31Z","inject_fault":{"service":"a","abort":503})",
            "expired already"},
        Bad{R"("issued_at":"2026-11-20T06:00:00Z",)"
            R"("expires_at":"2026-11-23T07:00:00Z","inject_fault":{"service":"a",)"
            R"("abort":503})",
            "longer than 1d"},
        Bad{R"("issued_at":"2026-11-30T06:00:00Z",)"
            R"("expires_at":"2026-11-30T07:00:00Z","inject_fault":{"service":"a",)"
            R"("abort":503})",
            "longer than 1d"},
        Bad{R"("expires_in":"1m","expires_at":"2026-11-23T07:00:00Z",)"
            R"("set_circuit":{"service":"a","queue_max":1})",
            "stands beside"},
        Bad{R"("expires_at":"tomorrow","set_circuit":{"service":"a","queue_max":1})",
            "is not a time"},
        Bad{R"("expires_in":5,"set_circuit":{"service":"a","queue_max":1})", "is not a text"},
        Bad{R"("expires_in":"1m","inject_fault":{"abort":503})", "no route and no service"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a"})", "does nothing"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","abort":99})", "no status"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","abort":503,"reset":true})",
            "not both"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","delay":"11m"})", "at most 10m"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","abort":503,"share":0})",
            "the share"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","abort":503,"share":"120%"})",
            "share"},
        Bad{R"("expires_in":"1m","inject_fault":{"service":"a","bytes_per_second":0})", "is 0"},
        Bad{R"("set_endpoints":{"service":"a","version":"v","endpoints":["a:1","a:1"]})", "twice"},
        Bad{R"("set_endpoints":{"service":"a","version":"v","endpoints":[5]})", "not a text"},
        Bad{R"("shed":{"service":"a"})", "the share is not above 0 %"},
        Bad{R"("shed":{"service":"a","share":"101%"})", "share"},
        Bad{R"("shed":{"share":"10%"})", "`service` is empty"},
        Bad{R"("shed":{"service":"a","share":"10%","retry_after":"2h"})", "from 1s to 1h"},
        Bad{R"("open_breaker":{"service":"a","endpoint":"nowhere"})", "is not an endpoint"},
        Bad{R"("block_client":{"client":"somebody"})", "is no client"},
        Bad{R"("block_client":{"client":"0.0.0.0/0"})", "too many clients"},
        Bad{R"("block_client":{"client":"10.0.0.0/7"})", "too many clients"},
        Bad{R"("block_client":{"client":"2000::/3"})", "too many clients"},
        Bad{R"("block_client":{})", "is no client"},
        Bad{R"("switch_off":{"service":"a","need":"x\r\ny"})", "is no name of a need"},
        Bad{R"("switch_off":{"service":"a"})", "`need` is empty"},
        Bad{R"("set_endpoints":{"service":"a","version":"v","endpoints":"a:1"})",
            "is not a list"}));

TEST(DirectiveJson, ThatIsNotJsonOrNamelessIsRefused) {
    EXPECT_NE(round("{").find("is not JSON"), std::string::npos);
    EXPECT_NE(round("[]").find("is not an object"), std::string::npos);
    EXPECT_NE(round(R"({"origin":"a","set_circuit":{"service":"a","queue_max":1}})").find("`id`"),
              std::string::npos);
    EXPECT_NE(round(R"({"id":"a","set_circuit":{"service":"a","queue_max":1}})").find("`origin`"),
              std::string::npos);
    EXPECT_NE(round(std::string(json_max + 1, ' ')).find("a directive of"), std::string::npos);
}

TEST(Rfc3339, IsReadStrictly) {
    EXPECT_EQ(parse_rfc3339("2026-11-23T06:22:31.042Z"), now);
    EXPECT_EQ(parse_rfc3339("2026-11-23T07:22:31.042+01:00"), now);
    EXPECT_EQ(parse_rfc3339("2026-11-22T23:22:31.042-07:00"), now);
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), Instant{0});
    EXPECT_EQ(to_rfc3339(*parse_rfc3339("2028-02-29T23:59:59Z")), "2028-02-29T23:59:59.000Z");
    for (const char* bad :
         {"", "2026-11-23", "2026-11-23T06:22:31", "2026-11-23T06:22:31.Z", "2026-13-23T06:22:31Z",
          "2027-02-29T06:22:31Z", "2026-11-23T24:22:31Z", "2026-11-23T06:22:60Z",
          "2026-11-23T06:22:31+1:00", "2026-11-23T06:22:31+24:00", "1969-12-31T23:59:59Z",
          "9999-01-01T00:00:00Z", "2026-11-23T06:22:31.0420000000Z", "2026-11-23X06:22:31Z"})
        EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

}  // namespace
}  // namespace sg::directive
