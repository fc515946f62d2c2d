// Seeded mistakes: tests/config/NNN-name.bad.yaml is refused exactly as in .want; after following
// the hint it is .good.yaml. With SG_GOLDEN=write in the environment the .want files are written
// instead: then read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "config/load.h"

namespace sg::config {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> mistakes() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(SG_SOURCE_DIR "/tests/config"))
        if (entry.path().string().ends_with(".bad.yaml")) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

fs::path beside(const fs::path& bad, const std::string& ending) {
    auto text = bad.string();
    return text.substr(0, text.size() - std::string(".bad.yaml").size()) + ending;
}

class Mistakes : public testing::Test {
  protected:
    void SetUp() override {  // So that messages name the file alone, wherever the tests are run.
        before_ = fs::current_path();
        fs::current_path(SG_SOURCE_DIR "/tests/config");
    }
    void TearDown() override { fs::current_path(before_); }
    fs::path before_;
};

TEST_F(Mistakes, are_refused_exactly_as_wanted) {
    const char* golden = std::getenv("SG_GOLDEN");
    for (const auto& path : mistakes()) {
        const auto loaded = read_file(path.filename());
        ASSERT_TRUE(loaded);
        EXPECT_EQ(loaded->config, nullptr) << path.filename() << " is taken";
        if (golden && std::string_view(golden) == "write")
            std::ofstream(beside(path, ".want")) << loaded->rendered;
        EXPECT_EQ(loaded->rendered, contents(beside(path, ".want"))) << path.filename();
    }
}

TEST_F(Mistakes, each_has_a_place_a_caret_and_a_hint) {
    std::set<std::string> kinds;
    for (const auto& path : mistakes()) {
        const auto want = contents(beside(path, ".want"));
        const std::regex form(R"(^[^\n]+\.bad\.yaml:\d+:\d+: error: [^\n]+\n)"
                              R"( +\d+ \| [^\n]*\n +\| +\^~*\nhint: [^\n]+\n)");
        EXPECT_TRUE(std::regex_search(want, form)) << path.filename() << "\n" << want;
        kinds.insert(want);
    }
    EXPECT_GE(mistakes().size(), 200U);
    EXPECT_EQ(kinds.size(), mistakes().size());
}

TEST_F(Mistakes, following_the_hint_mends_the_file) {
    std::size_t mended = 0;
    for (const auto& path : mistakes()) {
        const auto good = beside(path, ".good.yaml");
        if (!fs::exists(good)) continue;
        const auto loaded = read_file(good.filename());
        ASSERT_TRUE(loaded);
        EXPECT_EQ(loaded->rendered, "") << good.filename();
        ++mended;
    }
    EXPECT_GE(mended, 190U);
}

TEST_F(Mistakes, are_one_each_but_for_the_file_of_several) {
    for (const auto& path : mistakes()) {
        const auto loaded = read_file(path.filename());
        ASSERT_TRUE(loaded);
        const bool several = path.string().find("several") != std::string::npos;
        EXPECT_EQ(loaded->problems.size() > 1, several) << path.filename() << "\n"
                                                        << loaded->rendered;
    }
}

}  // namespace
}  // namespace sg::config
