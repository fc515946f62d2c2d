// The access log on real files: rotation, sampling, a full disk, a file that was moved away.
#include "gateway/telemetry/access_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/telemetry/sample_account.h"
#include "gateway/telemetry/trace.h"

namespace sg::gateway {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

struct AccessLogTest : testing::Test {
    fs::path folder = fs::path(testing::TempDir()) /
                      ("access_log_" + std::to_string(::getpid()) + "_" +
                       testing::UnitTest::GetInstance()->current_test_info()->name());
    std::string path = folder / "deep" / "access.log";
    Registry registry;
    SampleNames names = add_sample_names(registry);
    Account a = sample_account(names);

    void TearDown() override { fs::remove_all(folder); }
    std::unique_ptr<AccessLog> start(Share sample = {1.0}, Bytes rotate_at = 64_MiB,
                                     std::uint32_t keep = 3) {
        auto log = AccessLog::start(
            {.file = {.path = path, .rotate_at = rotate_at, .keep = keep}, .sample = sample},
            registry);
        EXPECT_TRUE(log) << log.error().message();
        return std::move(*log);
    }
};

TEST_F(AccessLogTest, WritesALinePerRequest) {
    const auto log = start();
    auto& lane = log->add_lane();
    auto& other = log->add_lane();
    lane.write(a);
    lane.write(a);
    other.write(a);
    log->flush();
    EXPECT_EQ(lines_of(path).size(), 3U);
    EXPECT_EQ(log->counts().written, 3U);
}

TEST_F(AccessLogTest, StoppingWritesWhatIsWaiting) {
    auto log = start();
    log->add_lane().write(a);
    log.reset();
    EXPECT_EQ(lines_of(path).size(), 1U);
}

TEST_F(AccessLogTest, RotatesBySizeAndKeepsSoMany) {
    const auto log = start({1.0}, 2_KiB, 3);
    auto& lane = log->add_lane();
    for (int i = 0; i < 40; ++i) {
        a.bytes_in = static_cast<std::uint64_t>(i);
        lane.write(a);
        log->flush();
    }
    EXPECT_TRUE(fs::exists(path + ".3"));
    EXPECT_FALSE(fs::exists(path + ".4"));
    EXPECT_GT(log->counts().rotations, 3U);
    // No line is torn or twice, and newer files hold newer lines.
    std::uint64_t expected = 40;
    for (const char* suffix : {"", ".1", ".2", ".3"}) {
        const auto lines = lines_of(path + suffix);
        for (auto line = lines.rbegin(); line != lines.rend(); ++line)
            EXPECT_EQ(nlohmann::json::parse(*line)["bytes_in"], --expected);
    }
}

TEST_F(AccessLogTest, SamplesWhatWentWellOnly) {
    const auto log = start({0.25});
    auto& lane = log->add_lane();
    IdGenerator ids(5);
    for (int i = 0; i < 2'000; ++i) {
        a.request_id = ids.id();
        a.ending = i % 10 == 0 ? Ending::upstream_refused : Ending::ok;
        lane.write(a);
    }
    log->flush();
    const auto counts = log->counts();
    EXPECT_EQ(counts.written + counts.sampled_out, 2'000U);
    EXPECT_NEAR(static_cast<double>(counts.written), 200 + 1'800 * 0.25, 80);
    std::size_t failures = 0;
    for (const auto& line : lines_of(path))
        failures += line.find("upstream_refused\",\"error") != std::string::npos ? 1 : 0;
    EXPECT_EQ(failures, 200U);
}

TEST_F(AccessLogTest, SamplingIsDecidedByTheRequestId) {
    const auto threshold = AccessLog::threshold_of({0.5});
    IdGenerator ids(9);
    int chosen = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto id = ids.id();
        EXPECT_EQ(AccessLog::is_sampled(id, threshold), AccessLog::is_sampled(id, threshold));
        chosen += AccessLog::is_sampled(id, threshold) ? 1 : 0;
    }
    EXPECT_NEAR(chosen, 500, 70);
    EXPECT_TRUE(AccessLog::is_sampled({1, 2}, AccessLog::threshold_of({1.0})));
    EXPECT_FALSE(AccessLog::is_sampled({1, 2}, AccessLog::threshold_of({0.0})));
}

TEST_F(AccessLogTest, AFileThatWasMovedAwayIsOpenedAgain) {
    const auto log = start();
    auto& lane = log->add_lane();
    lane.write(a);
    log->flush();
    fs::rename(path, path + ".away");
    auto elsewhere = AccessLog::Options{.file = {.path = path}};
    ASSERT_TRUE(log->configure(elsewhere));  // As a reload does.
    lane.write(a);
    log->flush();
    EXPECT_EQ(lines_of(path).size(), 1U);
    EXPECT_EQ(lines_of(path + ".away").size(), 1U);
}

TEST_F(AccessLogTest, AFullDiskIsSurvivedAndCounted) {
    const auto log = start();
    auto& lane = log->add_lane();
    ASSERT_TRUE(log->configure({.file = {.path = "/dev/full"}}));
    lane.write(a);
    lane.write(a);
    log->flush();
    EXPECT_EQ(log->counts().lost, 2U);
    ASSERT_TRUE(log->configure({.file = {.path = path}}));
    lane.write(a);
    log->flush();
    EXPECT_EQ(lines_of(path).size(), 1U);
    EXPECT_EQ(log->counts().written, 1U);
}

TEST_F(AccessLogTest, AWriterThatIsBehindCostsLinesNotTime) {
    LogRing ring(1 << 10);
    const std::string line(100, 'x');
    int taken = 0;
    while (ring.push(line)) ++taken;
    EXPECT_EQ(taken, 10);
    const auto [first, second] = ring.peek();
    EXPECT_EQ(first.size() + second.size(), 1'000U);
    ring.release(first.size() + second.size());
    EXPECT_TRUE(ring.push(line));  // Goes round the end.
    EXPECT_EQ(ring.peek()[0].size(), 24U);
    EXPECT_EQ(ring.peek()[1].size(), 76U);
}

TEST_F(AccessLogTest, ATornLastLineIsEndedBeforeTheNext) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << "{\"torn\":";
    const auto log = start();
    log->add_lane().write(a);
    log->flush();
    const auto lines = lines_of(path);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_TRUE(nlohmann::json::accept(lines[1]));
}

TEST_F(AccessLogTest, OffWritesNothing) {
    const auto log = AccessLog::start({.file = {.path = "off"}}, registry);
    ASSERT_TRUE(log);
    (*log)->add_lane().write(a);
    (*log)->flush();
    EXPECT_EQ((*log)->counts(), telemetry::LogRow{});
}

TEST_F(AccessLogTest, AFolderThatCannotBeMadeIsSaidAtTheStart) {
    const auto log = AccessLog::start({.file = {.path = "/proc/none/access.log"}}, registry);
    ASSERT_FALSE(log);
    EXPECT_NE(log.error().what.find("/proc/none/access.log"), std::string::npos);
}

struct LogFileTest : AccessLogTest {};

TEST_F(LogFileTest, LooksForItsFileOnceASecond) {
    LogFile file({.path = path});
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.append("1\n", "", Tick{0}));
    fs::remove(path);
    ASSERT_TRUE(file.append("2\n", "", Tick{500'000'000}));
    EXPECT_FALSE(fs::exists(path));
    ASSERT_TRUE(file.append("3\n", "4\n", Tick{1'500'000'000}));
    EXPECT_EQ(lines_of(path), (std::vector<std::string>{"3", "4"}));
}

TEST_F(LogFileTest, WhenAnotherProcessRotatedItFollows) {
    LogFile ours({.path = path, .rotate_at = {4}});
    LogFile theirs({.path = path, .rotate_at = {4}});
    ASSERT_TRUE(ours.open());
    ASSERT_TRUE(theirs.open());
    ASSERT_TRUE(ours.append("11\n22\n", "", Tick{0}));
    ASSERT_TRUE(theirs.append("33\n44\n", "", Tick{0}));
    ASSERT_TRUE(ours.rotate_if_due());
    ASSERT_TRUE(theirs.rotate_if_due());  // Must not rotate the new file away.
    ASSERT_TRUE(theirs.append("5\n", "", Tick{0}));
    EXPECT_EQ(lines_of(path), (std::vector<std::string>{"5"}));
    EXPECT_EQ(lines_of(path + ".1").size(), 4U);
    EXPECT_FALSE(fs::exists(path + ".2"));
}

// The size that a file may have is limited for this process: a disk that is full in the middle of a
// line.
TEST_F(LogFileTest, ATornWriteIsClosedBeforeTheNext) {
    LogFile file({.path = path});
    ASSERT_TRUE(file.open());
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{8, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    EXPECT_FALSE(file.append("12345\n", "67890\n", Tick{0}));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    ASSERT_TRUE(file.append("next\n", "", Tick{0}));
    EXPECT_EQ(lines_of(path), (std::vector<std::string>{"12345", "67", "next"}));
}

}  // namespace
}  // namespace sg::gateway
