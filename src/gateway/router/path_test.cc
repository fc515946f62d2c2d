// The table of docs/routing.md, row by row.
#include "gateway/router/path.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sg::gateway::router {
namespace {

struct Row {
    std::string_view input;
    std::string_view result;  // Empty: refused.
};

constexpr Row rows[] = {
    {"/", "/"},
    {"", "/"},
    {"*", "*"},
    {"/v1/users/42", "/v1/users/42"},
    {"/a;v=1/b", "/a;v=1/b"},
    {"/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="},
    // Escapes.
    {"/%61%7E%2D", "/a~-"},
    {"/a%2fb", "/a%2Fb"},
    {"/a%2Fb", "/a%2Fb"},
    {"/a%5cb", "/a%5Cb"},
    {"/a%20b", "/a%20b"},
    {"/%3b%3f%23%25", "/%3B%3F%23%25"},
    {"/%252e%252e/", "/%252e%252e/"},
    {"/%", ""},
    {"/%4", ""},
    {"/%zz", ""},
    {"/%u002e", ""},
    // Characters that may not stand there plainly, but do in practice.
    {"/a|b[c]{d}\"<>^`", "/a%7Cb%5Bc%5D%7Bd%7D%22%3C%3E%5E%60"},
    {"/caf\xC3\xA9", "/caf%C3%A9"},
    {"/caf%c3%a9", "/caf%C3%A9"},
    {"/stra%DFe", "/stra%DFe"},
    {"/%C0", "/%C0"},
    // Dot segments.
    {"/a/./b", "/a/b"},
    {"/a/../b", "/b"},
    {"/a/b/..", "/a/"},
    {"/a/.", "/a/"},
    {"/.", "/"},
    {"/..", "/"},
    {"/../../a", "/a"},
    {"/a/%2e%2E/b", "/b"},
    {"/a/.%2e/b", "/b"},
    {"/.well-known/x", "/.well-known/x"},
    {"/a/...", "/a/..."},
    {"/a/..b/c..", "/a/..b/c.."},
    {"/..%2f", ""},
    {"/a/..%2Fb", ""},
    {"/a/%2e%2e%2fb", ""},
    {"/a%2f..", ""},
    {"/a%2f../b", ""},
    {"/a%5c..%5cb", ""},
    {"/.%2f", ""},
    {"/..;/admin", ""},
    {"/..;x=1/admin", ""},
    {"/%2e%2e%3b/admin", ""},
    {"/.;/a", ""},
    {"/a%2f", "/a%2F"},
    {"/%2f%2f", "/%2F%2F"},
    // Slashes.
    {"//", "/"},
    {"//evil.example/x", "/evil.example/x"},
    {"/a//b///c", "/a/b/c"},
    {"/a//", "/a/"},
    {"/a//../b", "/b"},
    {"/\\evil.example", ""},
    {"/a\\..\\b", ""},
    // Control characters, and what hides them.
    {"/%00", ""},
    {"/a%0d%0aSet-Cookie:x", ""},
    {"/a%09", ""},
    {"/%7f", ""},
    {"/\x01", ""},
    {"/a b", ""},
    {"/a#b", ""},
    {"/a?b", ""},
    {"/%c0%af", ""},
    {"/%c0%ae%c0%ae/", ""},
    {"/%c1%9c", ""},
    {"/%e0%80%af", ""},
    {"/%f0%80%80%af", ""},
    {"/\xC0%AF", ""},
    {"/\xC0\xAF", ""},
    // Not a path.
    {"a", ""},
    {"example.com:443", ""},
    {"**", ""},
};

TEST(Path, TableOfTheManual) {
    for (const Row& row : rows) {
        std::string scratch;
        const auto result = normalize_path(row.input, scratch);
        EXPECT_EQ(result.ok, !row.result.empty()) << row.input << ": " << result.reason;
        EXPECT_EQ(result.ok, result.reason.empty()) << row.input;
        if (!result.ok) continue;
        EXPECT_EQ(result.path, row.result) << row.input;
        std::string again;
        EXPECT_EQ(normalize_path(result.path, again).path, result.path) << row.input;
        EXPECT_TRUE(again.empty()) << "a normal path was copied: " << row.input;
    }
}

TEST(Path, UnchangedIsTheSameView) {
    for (const std::string_view path : {"/v1/users", "/a%20b", "/.well-known/x", "/a;b"}) {
        std::string scratch;
        EXPECT_EQ(normalize_path(path, scratch).path.data(), path.data());
        EXPECT_EQ(scratch.capacity(), std::string{}.capacity());
    }
}

TEST(Path, NulInTheMiddleIsRefused) {
    std::string scratch;
    EXPECT_FALSE(normalize_path(std::string_view("/a\0b", 4), scratch).ok);
}

}  // namespace
}  // namespace sg::gateway::router
