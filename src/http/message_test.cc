// Names of fields and methods.
#include "http/message.h"

#include <gtest/gtest.h>

#include <string>

#include "http/field_names.h"

namespace sg::http {
namespace {

TEST(FieldId, EveryNameInAnyCase) {
    for (std::size_t i = 1; i < field_names_count; ++i) {
        std::string name(field_names[i]);
        const auto id = static_cast<FieldId>(i);
        EXPECT_EQ(field_id(name), id);
        EXPECT_EQ(name_of(id), name);
        for (char& c : name) c = static_cast<char>(std::toupper(c));
        EXPECT_EQ(field_id(name), id) << name;
    }
}

// Nothing near a known name is taken for it.
TEST(FieldId, NoOtherName) {
    for (std::size_t i = 1; i < field_names_count; ++i)
        for (std::size_t at = 0; at < field_names[i].size(); ++at)
            for (int byte = 0; byte < 256; ++byte) {
                std::string name(field_names[i]);
                name[at] = static_cast<char>(byte);
                if (std::tolower(byte) == field_names[i][at]) continue;
                const FieldId id = field_id(name);
                EXPECT_TRUE(id == FieldId::other || name_of(id) == name) << name;
            }
    EXPECT_EQ(field_id(""), FieldId::other);
    EXPECT_EQ(field_id("x"), FieldId::other);
    EXPECT_EQ(field_id("hosts"), FieldId::other);
    EXPECT_EQ(field_id("x-forwarded-for-x-forwarded-for"), FieldId::other);
}

TEST(Method, Names) {
    EXPECT_EQ(name_of(Method::delete_), "DELETE");
    EXPECT_EQ(name_of(Method::other), "_OTHER");
}

TEST(Fields, Bound) {
    Fields fields;
    for (std::size_t i = 0; i < Fields::capacity; ++i) EXPECT_TRUE(fields.add({"A", "b"}));
    EXPECT_FALSE(fields.add({"A", "b"}));
    fields.clear();
    EXPECT_EQ(fields.size(), 0U);
}

}  // namespace
}  // namespace sg::http
