// Trace context: what is read, what is believed, what is passed on.
#include "gateway/telemetry/trace.h"

#include <gtest/gtest.h>

#include <set>

namespace sg::gateway {
namespace {

constexpr std::string_view good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

http::Fields with(std::initializer_list<std::string_view> values) {
    http::Fields fields;
    for (const auto value : values) fields.add({"traceparent", value, http::FieldId::traceparent});
    return fields;
}

TEST(TraceParent, IsReadStrictly) {
    const auto parent = parse_traceparent(good);
    ASSERT_TRUE(parent);
    EXPECT_EQ(parent->trace_id.high, 0x0af7651916cd43ddU);
    EXPECT_EQ(parent->trace_id.low, 0x8448eb211c80319cU);
    EXPECT_EQ(parent->parent_id, 0xb7ad6b7169203331U);
    EXPECT_TRUE(parent->sampled);
    EXPECT_FALSE(
        parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled);
    // A later version may go on after a dash; other flags are not ours to read.
    EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more"));
    EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"));
}

TEST(TraceParent, WhatBreaksTheFormIsRefused) {
    for (const std::string_view bad : {
             "",
             "00",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
             "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
             "00-00000000000000000000000000000000-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
             "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
             "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
         })
        EXPECT_FALSE(parse_traceparent(bad)) << bad;
}

TEST(Trace, GoesOnWithASpanOfOurOwn) {
    IdGenerator ids(1);
    const auto trace =
        begin_trace(with({good}), config::TraceTrust::from_trusted, Peer::trusted, ids);
    EXPECT_EQ(trace.trace_id.high, 0x0af7651916cd43ddU);
    EXPECT_EQ(trace.parent_id, 0xb7ad6b7169203331U);
    EXPECT_NE(trace.span_id, trace.parent_id);
    EXPECT_TRUE(trace.sampled);
    EXPECT_TRUE(continues(trace));

    char memory[traceparent_size];
    http::Out onwards(memory, sizeof memory);
    append_traceparent(onwards, trace);
    const auto read = parse_traceparent(onwards.text());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->parent_id, trace.span_id);
    EXPECT_EQ(read->trace_id.low, trace.trace_id.low);
    EXPECT_TRUE(read->sampled);
}

TEST(Trace, TrustDecidesWhatIsBelieved) {
    IdGenerator ids(1);
    const auto begin = [&](config::TraceTrust trust, Peer peer) {
        return begin_trace(with({good}), trust, peer, ids);
    };
    using config::TraceTrust;
    EXPECT_TRUE(continues(begin(TraceTrust::from_trusted, Peer::stranger)));
    EXPECT_FALSE(begin(TraceTrust::from_trusted, Peer::stranger).sampled);
    EXPECT_TRUE(begin(TraceTrust::from_everyone, Peer::stranger).sampled);
    EXPECT_FALSE(continues(begin(TraceTrust::never, Peer::trusted)));
}

TEST(Trace, BeginsAnewWhereNoneOrTwoWereGiven) {
    IdGenerator ids(1);
    for (const auto& fields : {with({}), with({"rubbish"}), with({good, good})}) {
        const auto trace =
            begin_trace(fields, config::TraceTrust::from_everyone, Peer::trusted, ids);
        EXPECT_FALSE(continues(trace));
        EXPECT_FALSE(trace.sampled);
        EXPECT_NE(trace.trace_id.low, 0U);
    }
}

TEST(Ids, AreReadAsTheyAreWritten) {
    IdGenerator ids;
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const auto hex = to_hex(ids.id());
        const std::string text(hex.data(), hex.size());
        EXPECT_TRUE(seen.insert(text).second);
        const auto id = parse_id(text);
        ASSERT_TRUE(id);
        EXPECT_EQ(to_hex(*id), hex);
    }
    EXPECT_FALSE(parse_id("0123"));
    EXPECT_FALSE(parse_id("0123456789ABCDEF0123456789ABCDEF"));
    EXPECT_FALSE(parse_id(std::string(32, '0')));
}

}  // namespace
}  // namespace sg::gateway
