// The book of directives with virtual time: restarts, expiries, torn files, full disks.
#include "directive/book.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "directive/json.h"

namespace sg::directive {
namespace {

namespace fs = std::filesystem;

constexpr Instant start{1'795'414'951'042'000'000};

Directive weights(std::string id, std::uint32_t v1, Instant at) {
    return {.id = std::move(id),
            .origin = "ana",
            .reason = "test",
            .issued_at = at,
            .expires_at = Instant::never(),
            .what = SetWeights{"api", {{"v1", v1}}}};
}

Directive fault(std::string id, Instant at, Duration lasts) {
    InjectFault what;
    what.service = "api";
    what.abort = 503;
    return {.id = std::move(id),
            .origin = "ana",
            .reason = "drill",
            .issued_at = at,
            .expires_at = at + lasts,
            .what = what};
}

struct BookTest : testing::Test {
    fs::path folder = fs::path(testing::TempDir()) /
                      ("book_" + std::to_string(::getpid()) + "_" +
                       testing::UnitTest::GetInstance()->current_test_info()->name());
    std::string path = folder / "state" / "directives.json";

    void TearDown() override { fs::remove_all(folder); }

    std::vector<std::string> after_restart(Instant now) {
        DirectiveBook book(path);
        const auto report = book.load(now);
        EXPECT_TRUE(report.problems.empty()) << report.problems.front();
        std::vector<std::string> texts;
        for (const auto& directive : *book.in_force()) texts.push_back(write(directive));
        return texts;
    }
    std::string file() const {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
};

TEST_F(BookTest, WhatWasSaidOutlivesARestart) {
    DirectiveBook book(path);
    EXPECT_TRUE(book.load(start).problems.empty());
    ASSERT_TRUE(book.add(weights("w", 10, start), start));
    ASSERT_TRUE(book.add(fault("f", start, 10min), start));
    ASSERT_EQ(book.in_force()->size(), 2U);
    std::vector<std::string> texts;
    for (const auto& directive : *book.in_force()) texts.push_back(write(directive));
    EXPECT_EQ(after_restart(start + 1min), texts);
}

TEST_F(BookTest, ASecondOneWithTheSameIdReplacesTheFirstAndComesLast) {
    DirectiveBook book(path);
    ASSERT_TRUE(book.add(weights("a", 10, start), start));
    ASSERT_TRUE(book.add(weights("b", 20, start), start));
    ASSERT_TRUE(book.add(weights("a", 30, start), start));
    const auto list = book.in_force();
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ((*list)[0].id, "b");
    EXPECT_EQ(std::get<SetWeights>((*list)[1].what).weights.at("v1"), 30U);
}

TEST_F(BookTest, LiftingEndsItAtOnceAndForGood) {
    DirectiveBook book(path);
    ASSERT_TRUE(book.add(weights("a", 10, start), start));
    ASSERT_TRUE(book.lift("a", start));
    EXPECT_TRUE(book.in_force()->empty());
    EXPECT_TRUE(after_restart(start).empty());
    EXPECT_EQ(book.lift("a", start).error().code, Errc::not_found);
}

TEST_F(BookTest, AFaultEndsAtItsTime) {
    DirectiveBook book(path);
    ASSERT_TRUE(book.add(weights("w", 10, start), start));
    ASSERT_TRUE(book.add(fault("f", start, 10min), start));
    EXPECT_EQ(book.next_expiry(), start + 10min);
    EXPECT_FALSE(book.expire(start + 10min - 1ns));
    const auto before = book.revision();
    EXPECT_TRUE(book.expire(start + 10min));
    EXPECT_GT(book.revision(), before);
    EXPECT_EQ(book.in_force()->size(), 1U);
    EXPECT_EQ(book.next_expiry(), Instant::never());
    EXPECT_EQ(after_restart(start + 11min).size(), 1U);
}

TEST_F(BookTest, WhatEndedWhileDownIsGone) {
    {
        DirectiveBook book(path);
        ASSERT_TRUE(book.add(fault("f", start, 10min), start));
    }
    DirectiveBook book(path);
    const auto report = book.load(start + 1h);
    EXPECT_EQ(report.expired, 1U);
    EXPECT_TRUE(report.problems.empty());
    EXPECT_TRUE(book.in_force()->empty());
    EXPECT_EQ(file().find("inject_fault"), std::string::npos);
}

TEST_F(BookTest, WhatIsNotValidChangesNothing) {
    DirectiveBook book(path);
    ASSERT_TRUE(book.add(weights("a", 10, start), start));
    const auto before = file();
    EXPECT_FALSE(book.add(fault("f", start, 25h), start));
    auto forever = fault("f", start, 1h);
    forever.expires_at = Instant::never();
    EXPECT_FALSE(book.add(forever, start));
    EXPECT_EQ(book.in_force()->size(), 1U);
    EXPECT_EQ(file(), before);
}

TEST_F(BookTest, ADiskThatRefusesChangesNothing) {
    fs::create_directories(folder);
    std::ofstream(folder / "state") << "a file where a folder should be";
    DirectiveBook book(path);
    const auto added = book.add(weights("a", 10, start), start);
    ASSERT_FALSE(added);
    EXPECT_NE(added.error().what.find("directives.json"), std::string::npos);
    EXPECT_TRUE(book.in_force()->empty());
    EXPECT_EQ(book.revision(), 0U);
}

TEST_F(BookTest, ATornFileIsReportedAndSetAside) {
    {
        DirectiveBook book(path);
        ASSERT_TRUE(book.add(weights("a", 10, start), start));
    }
    const auto whole = file();
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7) {
        std::ofstream(path) << whole.substr(0, size);
        DirectiveBook book(path);
        const auto report = book.load(start);
        ASSERT_EQ(report.problems.size(), 1U) << size;
        EXPECT_TRUE(book.in_force()->empty());
        EXPECT_TRUE(fs::exists(report.set_aside));
        EXPECT_TRUE(book.add(weights("b", 1, start), start));  // It is usable.
        fs::remove(report.set_aside);
    }
}

TEST_F(BookTest, OfADamagedListTheGoodOnesAreKept) {
    {
        DirectiveBook book(path);
        ASSERT_TRUE(book.add(weights("a", 10, start), start));
        ASSERT_TRUE(book.add(weights("b", 20, start), start));
    }
    auto text = file();
    text.replace(text.find("set_weights"), 11, "from_future");
    std::ofstream(path) << text;
    DirectiveBook book(path);
    const auto report = book.load(start);
    EXPECT_EQ(report.taken, 1U);
    EXPECT_EQ(report.problems.size(), 1U);
    EXPECT_EQ((*book.in_force())[0].id, "b");
    EXPECT_TRUE(fs::exists(report.set_aside));
    EXPECT_EQ(after_restart(start).size(), 1U);
}

TEST_F(BookTest, AnotherVersionIsNotGuessedAt) {
    fs::create_directories(folder / "state");
    std::ofstream(path) << R"({"streamgate_directives":2,"directives":[]})";
    DirectiveBook book(path);
    const auto report = book.load(start);
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_NE(report.problems[0].find("version 1"), std::string::npos);
}

TEST_F(BookTest, IsBounded) {
    DirectiveBook book("");
    for (std::size_t i = 0; i < DirectiveBook::directives_max; ++i)
        ASSERT_TRUE(book.add(weights(std::to_string(i), 1, start), start));
    const auto one_more = book.add(weights("one more", 1, start), start);
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().code, Errc::exhausted);
    EXPECT_TRUE(book.add(weights("5", 2, start), start));  // Replacing needs no room.
}

TEST_F(BookTest, WhatWasHandedOutDoesNotChange) {
    DirectiveBook book("");
    ASSERT_TRUE(book.add(weights("a", 1, start), start));
    const auto held = book.in_force();
    ASSERT_TRUE(book.lift("a", start));
    EXPECT_EQ(held->size(), 1U);
}

}  // namespace
}  // namespace sg::directive
