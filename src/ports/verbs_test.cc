#include "ports/verbs.h"

#include <gtest/gtest.h>

#include <set>

namespace sg::ports {
namespace {

TEST(Verbs, HaveASentenceThatNamesEveryParameter) {
    std::set<std::string_view> names;
    for (const auto& verb : verbs()) {
        EXPECT_TRUE(names.insert(verb.name).second) << verb.name;
        for (const auto& parameter : verb.parameters)
            EXPECT_NE(verb.sentence.find("{" + std::string(parameter.name) + "}"),
                      std::string_view::npos)
                << verb.name << " " << parameter.name;
    }
}

TEST(Verbs, AreCheckedParameterByParameter) {
    const struct {
        Act act;
        std::string_view what;  // Empty: it is right.
    } cases[] = {
        {{"scale", {{"service", "a"}, {"version", "v1"}, {"replicas", "3"}}}, ""},
        {{"scale", {{"service", "a"}, {"version", "v1"}}}, "scale needs `replicas`"},
        {{"scale", {{"service", "a"}, {"version", "v1"}, {"replicas", "0"}}},
         "`0` is no value for replicas"},
        {{"scale", {{"service", "a"}, {"version", "v1"}, {"replicas", "3; rm"}}},
         "`3; rm` is no value for replicas"},
        {{"scale", {{"service", "$(x)"}, {"version", "v1"}, {"replicas", "3"}}},
         "`$(x)` is no value for service"},
        {{"scael", {}}, "`scael` is no verb"},
        {{"shift", {{"service", "a"}, {"version", "v2"}, {"share", "0%"}}}, ""},
        {{"shift", {{"service", "a"}, {"version", "v2"}, {"share", "120%"}}},
         "`120%` is no value for share"},
        {{"drain", {{"service", "a"}, {"endpoint", "10.0.0.1:9000"}}}, ""},
        {{"drain", {{"service", "a"}, {"endpoint", "[::1]:9000"}}}, ""},
        {{"drain", {{"service", "a"}, {"endpoint", "10.0.0.1"}}},
         "`10.0.0.1` is no value for endpoint"},
        {{"drain", {{"service", "a"}, {"endpoint", "h:1"}, {"why", "x"}}}, "drain has no `why`"},
        {{"block_client", {{"client", "192.0.2.7"}}}, ""},
        {{"block_client", {{"client", "all"}}}, "`all` is no value for client"},
        {{"clear_cache", {{"need", "sessions"}}}, ""},
        {{"clear_cache", {{"need", "sessions"}, {"prefix", "*"}}}, "`*` is no value for prefix"},
        {{"grow_cache", {{"need", "sessions"}, {"size", "64MiB"}}}, ""},
        {{"cancel_query", {{"need", "db"}, {"query", "-1"}}}, "`-1` is no value for query"},
    };
    for (const auto& [act, what] : cases) {
        const auto checked = check(act);
        EXPECT_EQ(checked ? "" : checked.error().what, what) << act.verb;
    }
}

TEST(Verbs, ReadAsSentences) {
    EXPECT_EQ(sentence_of({"shift", {{"service", "a"}, {"version", "v2"}, {"share", "0%"}}}),
              "give a v2 0% of the traffic");
    EXPECT_EQ(sentence_of({"restart", {{"service", "a"}, {"version", "v2"}}}), "restart a v2");
    EXPECT_EQ(sentence_of({"clear_cache", {{"need", "sessions"}, {"prefix", "user:"}}}),
              "clear sessions user:");
}

}  // namespace
}  // namespace sg::ports
