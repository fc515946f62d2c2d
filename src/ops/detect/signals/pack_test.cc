// What is packed comes back; what is damaged is noticed.
#include "ops/detect/signals/pack.h"

#include <gtest/gtest.h>

#include "ops/detect/signals/tally.h"

namespace sg::signals {
namespace {

TEST(Pack, numbers_of_any_size_and_sign) {
    for (const std::int64_t n :
         {INT64_MIN, INT64_MIN + 1, -129L, -1L, 0L, 1L, 63L, 64L, INT64_MAX}) {
        Packer out;
        out.number(n);
        const auto bytes = out.take();
        Unpacker in(bytes);
        EXPECT_EQ(in.number(), n);
        EXPECT_TRUE(in.at_end());
    }
    Packer small;
    small.number(-60);
    EXPECT_EQ(small.take().size(), 1U);
}

TEST(Pack, histograms_with_gaps) {
    telemetry::ExponentialHistogram h;
    h.record(1);
    h.record(1'000'000'000);
    h.record(1'000'000'001);
    h.record(0);
    h.counts.push_back(0);
    for (const int scale : {4, 2, -3}) {
        h.downscale(scale);
        Packer out;
        out.histogram(h);
        const auto bytes = out.take();
        EXPECT_LT(bytes.size(), 32U);
        Unpacker in(bytes);
        EXPECT_EQ(in.histogram(), h);
        EXPECT_TRUE(in.at_end());
    }
}

TEST(Pack, nonsense_is_noticed) {
    for (const auto* bytes : {"", "\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
        Unpacker in(bytes);
        EXPECT_EQ(in.number(), 0);
        EXPECT_FALSE(in.ok());
    }
    Packer out;
    out.number(1000);  // A text longer than what follows.
    const auto bytes = out.take() + "abc";
    Unpacker in(bytes);
    EXPECT_EQ(in.text(), "");
    EXPECT_FALSE(in.ok());
}

TEST(Block, comes_back_and_damage_is_an_error) {
    Tally tally{.sums = {1, 2, 3, 4, 5, 6, 7, 8, -9}};
    tally.duration.record(123'456);
    const Block block{{29'666'666, pack(tally)}, {29'666'668, pack(Tally{})}};
    const auto text = pack(block);
    const auto read = unpack_block(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, block);
    EXPECT_EQ(*unpack_tally(read->begin()->second), tally);
    EXPECT_FALSE(unpack_block(text.substr(0, text.size() / 2)));
    EXPECT_FALSE(unpack_block("*"));
    EXPECT_FALSE(unpack_tally("\x01"));
}

TEST(Tally, takes_off_what_was_added_even_at_another_scale) {
    Tally coarse, fine, both;
    coarse.duration.record(5'000'000);
    coarse.duration.downscale(1);
    fine.duration.record(7'000'000);
    fine.sums[0] = 3;
    both += coarse;
    both += fine;
    both -= fine;
    EXPECT_EQ(both.sums[0], 0);
    EXPECT_EQ(both.duration.count(), 1U);
    EXPECT_EQ(both.duration.quantile(1), coarse.duration.quantile(1));
}

}  // namespace
}  // namespace sg::signals
