// What is looked at sixteen bytes at a time is what would be seen byte by byte.
#include "http/h1/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace sg::http::h1 {
namespace {

// Of mostly plain text, in a memory of its own so that a sanitizer sees every byte too many.
std::vector<char> random_text(std::mt19937& random, std::size_t size) {
    static constexpr std::string_view odd("\r\n\t\0\x1f\x7f\x80\xff :%?#_/", 15);
    std::vector<char> text(size);
    for (char& c : text) {
        const auto dice = random();
        if (dice % 16 == 0) c = odd[dice / 16 % odd.size()];
        else if (dice % 16 == 1) c = static_cast<char>(dice / 16 & 255);
        else c = static_cast<char>('a' + dice / 16 % 26);
    }
    return text;
}

template <std::uint8_t wanted>
void expect_same_as_plain(const char* at, const char* end, Received received) {
    const char* const plain = std::find_if(at, end, [](char c) { return !is(c, wanted); });
    ASSERT_EQ(find_not<wanted>(at, end, received) - at, plain - at);
}

TEST(Scan, FindsWhatALoopWouldFind) {
    std::mt19937 random(1);
    for (std::size_t size = 0; size < 80; ++size) {
        for (int turn = 0; turn < 40; ++turn) {
            const auto text = random_text(random, size);
            const char* const begin = text.data();
            const char* const end = begin + size;
            for (const char* at = begin; at != end; ++at) {
                for (const char* known : {begin, at}) {
                    expect_same_as_plain<char_token>(at, end, {known});
                    expect_same_as_plain<char_path>(at, end, {known});
                    expect_same_as_plain<char_query>(at, end, {known});
                    expect_same_as_plain<char_host>(at, end, {known});
                    ASSERT_EQ(find_cr(at, end, {known}), std::find(at, end, '\r'));
                    ASSERT_EQ(find_control(at, end, {known}),
                              std::find_if(at, end, [](char c) { return is(c, char_control); }));
                }
            }
        }
    }
}

TEST(Scan, EveryByteIsInTheClassThatTheTableSays) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string text(16, static_cast<char>(byte));
        const char* const begin = text.data();
        expect_same_as_plain<char_token>(begin, begin + 16, {begin});
        expect_same_as_plain<char_path>(begin, begin + 16, {begin});
        expect_same_as_plain<char_query>(begin, begin + 16, {begin});
        expect_same_as_plain<char_host>(begin, begin + 16, {begin});
    }
}

HeadVerdict scan_in_steps(std::string_view bytes, std::size_t step, const HeadLimits& limits,
                          EmptyLine before) {
    HeadScan scan;
    HeadVerdict verdict;
    for (std::size_t size = step; verdict.progress == Progress::more; size += step) {
        verdict = scan_head(bytes.substr(0, size), limits, before, scan);
        if (size >= bytes.size()) break;
    }
    return verdict;
}

// A head in one piece takes the short way, one in pieces never does.
TEST(Scan, AHeadInOnePieceEndsWhereItWouldByteByByte) {
    static constexpr std::string_view pieces[] = {
        "\r\n",       "\r\n", "\r\n\r\n", "a",  "name: value", "sixteen bytes ok",   "\t",
        "\r\r\n\r\n", "\n",   "\r",       "\0", "\x7f",        "GET / HTTP/1.1\r\n", "\r\nb",
        "0123456789"};
    std::mt19937 random(2);
    int whole = 0;
    for (int turn = 0; turn < 200'000; ++turn) {
        // Few of the last ones: most heads should be in order.
        std::string text = turn % 2 == 0 ? "GET / HTTP/1.1\r\n" : "";
        const auto count = random() % 12;
        for (unsigned i = 0; i < count; ++i) {
            const auto likely = random() % 8 != 0 ? 6 : std::size(pieces);
            text += pieces[random() % likely];
        }
        std::vector<char> exact(text.begin(), text.end());
        const std::string_view bytes(exact.data(), exact.size());
        const HeadLimits limits{.head_bytes = 16 + random() % 96, .target_bytes = random() % 32};
        for (const auto before : {EmptyLine::skipped, EmptyLine::refused}) {
            const auto at_once =
                scan_in_steps(bytes, std::max<std::size_t>(bytes.size(), 1), limits, before);
            const auto stepwise = scan_in_steps(bytes, 1, limits, before);
            ASSERT_EQ(at_once.progress, stepwise.progress) << testing::PrintToString(text);
            ASSERT_EQ(at_once.defect, stepwise.defect) << testing::PrintToString(text);
            ASSERT_EQ(at_once.bytes, stepwise.bytes) << testing::PrintToString(text);
            whole += at_once.progress == Progress::done ? 1 : 0;
        }
    }
    EXPECT_GT(whole, 10'000);
}

}  // namespace
}  // namespace sg::http::h1
