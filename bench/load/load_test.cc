// What the generator says must be true: quantiles, and which responses count as right.
#include <gtest/gtest.h>

#include "bench/load/histogram.h"
#include "bench/load/response.h"

namespace sg::load {

namespace {

using Step = ResponseReader::Step;

TEST(Histogram, QuantilesAreWithinAStep) {
    Histogram histogram;
    for (int us = 1; us <= 1000; ++us) histogram.add(us * 1000);
    EXPECT_EQ(histogram.count(), 1000U);
    EXPECT_EQ(histogram.max_ns(), 1'000'000);
    for (const double share : {0.01, 0.5, 0.9, 0.99}) {
        const auto exact = share * 1e6;
        const auto got = static_cast<double>(histogram.quantile_ns(share));
        EXPECT_GE(got, exact) << share;
        EXPECT_LE(got, exact * 1.016) << share;
    }
    EXPECT_NEAR(histogram.mean_ns(), 500'500, 1);
}

TEST(Histogram, SmallAndHugeValues) {
    Histogram histogram;
    EXPECT_EQ(histogram.quantile_ns(0.5), 0);
    histogram.add(0);
    histogram.add(63);
    histogram.add(64);
    EXPECT_EQ(histogram.quantile_ns(0.3), 0);
    EXPECT_EQ(histogram.quantile_ns(0.6), 63);
    EXPECT_EQ(histogram.quantile_ns(1), 64);
    histogram.add(INT64_MAX);
    EXPECT_EQ(histogram.max_ns(), INT64_MAX);
}

TEST(ResponseReader, InOnePieceAndByteByByte) {
    const std::string_view text = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX: y\r\n\r\nhello";
    ResponseReader reader;
    EXPECT_EQ(reader.feed(text), Step::done);
    reader.reset();
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        ASSERT_EQ(reader.feed(text.substr(i, 1)), Step::more);
    EXPECT_EQ(reader.feed(text.substr(text.size() - 1)), Step::done);
    EXPECT_EQ(reader.status(), 200);
    EXPECT_EQ(reader.body_length(), 5U);
    EXPECT_FALSE(reader.closes());
}

TEST(ResponseReader, SkippedBodyCounts) {
    ResponseReader reader;
    EXPECT_EQ(reader.body_left(), 0U);
    EXPECT_EQ(reader.feed("HTTP/1.1 206 X\r\nConnection: Close\r\nContent-Length: 10\r\n\r\nab"),
              Step::more);
    EXPECT_EQ(reader.body_left(), 8U);
    EXPECT_EQ(reader.skip(7), Step::more);
    EXPECT_EQ(reader.feed("z"), Step::done);
    EXPECT_EQ(reader.body_length(), 10U);
    EXPECT_TRUE(reader.closes());
}

TEST(ResponseReader, RefusesWhatItCannotJudge) {
    for (const std::string_view text : {
             "HTTP/1.1 200 OK\r\nX: y\r\n\r\n",  // No length.
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
             "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",  // Too much.
             "HTTP/1.1 2x0 OK\r\nContent-Length: 1\r\n\r\na",
             "SSH-2.0-x\r\nContent-Length: 0\r\n\r\n",
         }) {
        ResponseReader reader;
        EXPECT_EQ(reader.feed(text), Step::broken) << text;
    }
}

}  // namespace

}  // namespace sg::load
