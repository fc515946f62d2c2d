// Problem documents: who gets which form, and that nothing gets in unescaped. Dates and reasons
// too.
#include "http/problem.h"

#include <gtest/gtest.h>

#include <string>

#include "http/date.h"
#include "http/h1/write.h"
#include "http/status.h"

namespace sg::http {
namespace {

TEST(Problem, FormByAccept) {
    struct Want {
        const char* accept;
        ProblemForm form;
    };
    const Want wants[] = {
        {"", ProblemForm::json},
        {"*/*", ProblemForm::json},
        {"application/json", ProblemForm::json},
        {"application/*;q=0.1", ProblemForm::json},
        {"application/problem+json, text/html", ProblemForm::json},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ProblemForm::html},
        {"text/html;q=0.5, application/json;q=0.4", ProblemForm::html},
        {"text/html;q=0.5, application/json;q=0.6", ProblemForm::json},
        {"TEXT/HTML", ProblemForm::html},
        {"text/plain", ProblemForm::text},
        {"text/*", ProblemForm::text},
        {"image/webp", ProblemForm::text},
        {"*/*, application/json;q=0, text/html;q=0", ProblemForm::text},
        {"application/json;q=0", ProblemForm::text},
        {";;,,q=,text/html;q=", ProblemForm::html},
    };
    for (const auto& want : wants) EXPECT_EQ(problem_form(want.accept), want.form) << want.accept;
}

std::string written(const Problem& problem, ProblemForm form) {
    char memory[2048];
    Out out(memory, sizeof memory);
    write_problem(problem, form, out);
    EXPECT_FALSE(out.overflow());
    return std::string(out.text());
}

TEST(Problem, Json) {
    EXPECT_EQ(written({.status = 404, .type = "", .title = "", .detail = "", .instance = ""},
                      ProblemForm::json),
              "{\"status\":404,\"type\":\"about:blank\",\"title\":\"Not Found\"}\n");
    EXPECT_EQ(
        written(
            {.status = 400, .type = "urn:x", .title = "t", .detail = "a\"b\\\n", .instance = "id"},
            ProblemForm::json),
        "{\"status\":400,\"type\":\"urn:x\",\"title\":\"t\",\"detail\":\"a\\\"b\\\\\\u000a\","
        "\"instance\":\"id\"}\n");
}

TEST(Problem, HtmlAndTextEscape) {
    const Problem problem{
        .status = 400, .type = "", .title = "", .detail = "<script>'&\"\xff\n", .instance = "id"};
    const std::string html = written(problem, ProblemForm::html);
    EXPECT_NE(html.find("<p>&lt;script&gt;&#39;&amp;&quot;?\?</p>"), html.npos) << html;
    EXPECT_EQ(written(problem, ProblemForm::text),
              "400 Bad Request\n<script>'&\"?\?\nrequest id\n");
}

TEST(Problem, TooSmallABufferIsNoticed) {
    char memory[16];
    Out out(memory, sizeof memory);
    write_problem({.status = 400, .type = "", .title = "", .detail = "", .instance = ""},
                  ProblemForm::html, out);
    EXPECT_TRUE(out.overflow());
}

TEST(Date, IsCachedPerSecond) {
    DateCache cache;
    const Instant second{1795414951'000'000'000};
    EXPECT_EQ(cache.at(second), "Mon, 23 Nov 2026 06:22:31 GMT");
    EXPECT_EQ(cache.at({second.ns + 999'999'999}), "Mon, 23 Nov 2026 06:22:31 GMT");
    EXPECT_EQ(cache.at({second.ns + 1'000'000'000}), "Mon, 23 Nov 2026 06:22:32 GMT");
    EXPECT_EQ(cache.at({784111777'000'000'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(cache.at({-1}), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(Status, Reasons) {
    EXPECT_EQ(reason_of(200), "OK");
    EXPECT_EQ(reason_of(431), "Request Header Fields Too Large");
    EXPECT_EQ(reason_of(499), "Client Closed Request");
    EXPECT_EQ(reason_of(477), "Client Error");
}

TEST(Write, Lines) {
    char memory[128];
    Out out(memory, sizeof memory);
    h1::put_status_line(out, 200);
    h1::put_status_line(out, 502);
    h1::put_request_line(out, "GET", "/x");
    EXPECT_EQ(out.text(), "HTTP/1.1 200 OK\r\nHTTP/1.1 502 Bad Gateway\r\nGET /x HTTP/1.1\r\n");
    EXPECT_EQ(h1::ChunkLine(1).text(), "1\r\n");
    EXPECT_EQ(h1::ChunkLine(0x400).text(), "400\r\n");
    EXPECT_EQ(h1::ChunkLine(UINT64_MAX).text(), "ffffffffffffffff\r\n");
}

}  // namespace
}  // namespace sg::http
