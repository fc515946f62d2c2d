// Chunked bodies: what comes out, what is refused, and that it does not matter how the bytes
// arrive.
#include <gtest/gtest.h>

#include "http/h1/feed.h"

namespace sg::http::h1 {
namespace {

using namespace std::string_literals;

TEST(ChunkedRefused, EveryStep) {
    struct Case {
        std::string bytes;
        Defect defect;
    };
    const std::string last = "0\r\n";
    const Case cases[] = {
        {"0x5\r\nhello\r\n", Defect::chunk_size},
        {"5_\r\n", Defect::chunk_size},
        {"+5\r\n", Defect::chunk_size},
        {"-5\r\n", Defect::chunk_size},
        {" 5\r\n", Defect::chunk_size},
        {"5 \r\n", Defect::chunk_size},
        {"5 ;a\r\n", Defect::chunk_size},
        {"5\t\r\n", Defect::chunk_size},
        {"\r\n", Defect::chunk_size},
        {";a\r\n", Defect::chunk_size},
        {"g\r\n", Defect::chunk_size},
        {"8000000000000000\r\n", Defect::chunk_size_too_large},
        {"10000000000000005\r\n", Defect::chunk_size_too_large},
        {"fffffffffffffffff\r\n", Defect::chunk_size_too_large},
        {"5\nhello\r\n", Defect::chunk_line},
        {"5\rhello\r\n", Defect::chunk_line},
        {"5\r\rhello", Defect::chunk_line},
        {"5;a\nhello", Defect::chunk_line},
        {"5;a\rb\r\nhello", Defect::chunk_line},
        {"5;a\0b\r\nhello"s, Defect::chunk_line},
        {"5;\x01\r\nhello", Defect::chunk_line},
        {"5\r\nhello!\r\n", Defect::chunk_data_end},
        {"5\r\nhello\n0\r\n", Defect::chunk_data_end},
        {"5\r\nhello\r0\r\n", Defect::chunk_data_end},
        {"5\r\nhello0\r\n\r\n", Defect::chunk_data_end},
        {"5;" + std::string(300, 'x'), Defect::chunk_line_too_long},
        {std::string(300, '0'), Defect::chunk_line_too_long},
        {last + "X\r\n\r\n", Defect::trailer},
        {last + "X : y\r\n\r\n", Defect::trailer},
        {last + " X: y\r\n\r\n", Defect::trailer},
        {last + "X: y\n\r\n", Defect::trailer},
        {last + "X: y\rZ\r\n\r\n", Defect::trailer},
        {last + "X: \0\r\n\r\n"s, Defect::trailer},
        {last + "\n", Defect::trailer},
        {last + "\rX", Defect::trailer},
        {last + "X: " + std::string(9000, 'x'), Defect::trailers_too_large},
        {last + "X: " + std::string(9000, 'x') + "\r\n\r\n", Defect::trailers_too_large},
    };
    for (const auto& [bytes, defect] : cases)
        for (const std::size_t step : {bytes.size(), 1UL, 3UL}) {
            const auto result = chunked_in_steps(bytes, step);
            EXPECT_EQ(result.progress, Progress::bad) << bytes;
            EXPECT_EQ(name_of(result.defect), name_of(defect)) << bytes << " by " << step;
        }
}

TEST(ChunkedRefused, ManyExtensionsAndTrailers) {
    std::string extensions;
    for (int i = 0; i < 100; ++i) extensions += "1;" + std::string(200, 'x') + "\r\na\r\n";
    EXPECT_EQ(chunked_in_steps(extensions, 7).defect, Defect::chunk_extensions_too_large);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 1000; ++i) trailers += "X: 1234567890\r\n";
    EXPECT_EQ(chunked_in_steps(trailers, 99999).defect, Defect::trailers_too_large);
    EXPECT_EQ(chunked_in_steps(trailers, 1).defect, Defect::trailers_too_large);
}

TEST(ChunkedAccepted, EveryStep) {
    struct Want {
        std::string bytes;
        std::string data;
        std::string trailers;
    };
    const Want wants[] = {
        {"0\r\n\r\n", "", ""},
        {"000\r\n\r\n", "", ""},
        {"5\r\nhello\r\n0\r\n\r\n", "hello", ""},
        {"0005\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!", ""},
        {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""},
        {"a\r\n\r\n0\r\n\r\n5\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n5\r\n", ""},
        {"5;a=b;c=\"d e\";f\r\nhello\r\n0;g\r\n\r\n", "hello", ""},
        {"0\r\nX-Sum: 1\r\nY:\r\n\r\n", "", "X-Sum: 1\nY: \n"},
        {"1\r\na\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nHost: h\r\nAuthorization: "
         "a\r\n"
         "Content-Type: t\r\nContent_Length: 4\r\nSet-Cookie: s\r\nCache-Control: c\r\nTrailer: "
         "t\r\n"
         "X-Forwarded-For: f\r\nKept: yes\r\n\r\n",
         "a", "Kept: yes\n"},
    };
    for (const auto& want : wants)
        for (std::size_t step = 1; step <= want.bytes.size(); ++step) {
            const auto result = chunked_in_steps(want.bytes + "GET /next", step);
            EXPECT_EQ(result.progress, Progress::done) << want.bytes << sentence_of(result.defect);
            EXPECT_EQ(result.consumed, want.bytes.size()) << want.bytes;
            EXPECT_EQ(result.data, want.data) << want.bytes;
            EXPECT_EQ(result.trailers, want.trailers) << want.bytes;
        }
}

TEST(ChunkedAccepted, DataIsHandedOutBeforeADefectBehindIt) {
    ChunkedReader reader;
    const auto first = reader.step("5\r\nhelloX");
    EXPECT_EQ(first.progress, Progress::more);
    EXPECT_EQ(first.data, "hello");
    EXPECT_EQ(reader.step("X").defect, Defect::chunk_data_end);
}

TEST(ChunkedAccepted, ALargeChunkInPieces) {
    ChunkedReader reader;
    auto step = reader.step("7fffffffffffffff\r\nabc");
    EXPECT_EQ(step.data, "abc");
    step = reader.step("defg");
    EXPECT_EQ(step.data, "defg");
    EXPECT_EQ(step.consumed, 4U);
}

}  // namespace
}  // namespace sg::http::h1
