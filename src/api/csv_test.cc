#include "api/csv.h"

#include <gtest/gtest.h>

namespace sg::api {
namespace {

TEST(Csv, PlainTextStaysAsItIs) {
    EXPECT_EQ(csv_field("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(csv_field("2001:db8::/64"), "2001:db8::/64");
    EXPECT_EQ(csv_field(""), "");
}

TEST(Csv, WhatSeparatesIsQuoted) {
    EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_field("say \"no\""), "\"say \"\"no\"\"\"");
    EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
}

TEST(Csv, NoFormulaIsLeft) {
    EXPECT_EQ(csv_field("=1+1"), "\"'=1+1\"");
    EXPECT_EQ(csv_field("=HYPERLINK(\"http://x\",\"y\")"),
              "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    for (const char* text : {"+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"})
        EXPECT_EQ(csv_field(text), "\"'" + std::string(text) + "\"");
    EXPECT_EQ(csv_field("a=b"), "a=b");
}

TEST(Csv, LinesEndAsTheStandardSays) {
    EXPECT_EQ(csv_line({"a", "", "c,d"}), "a,,\"c,d\"\r\n");
    EXPECT_EQ(csv_line({"", "b"}), ",b\r\n");
}

}  // namespace
}  // namespace sg::api
