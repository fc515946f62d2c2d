// sg_sim story FILE...            plays stories
// sg_sim log FILE                 plays one and shows all that happened
// sg_sim torture FILE...          each again, with one thing going wrong at a time
// sg_sim month SEED [DAYS]        random troubles, random people
// Options before: --store postgres://…, --sample N (of torture: so many per story), --seed N
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <span>

#include "base/units.h"
#include "month.h"
#include "torture.h"

namespace sg::sim {
namespace {

struct Options {
    std::string what;
    std::vector<std::string> rest;
    std::string store = "sqlite";
    std::int64_t sample = 0;
    std::uint64_t seed = 1;
};

Options read_options(std::span<char*> words) {
    Options options;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        const auto value = [&] { return std::string(i + 1 < words.size() ? words[++i] : ""); };
        if (word == "--store") options.store = value();
        else if (word == "--sample") options.sample = std::atoll(value().c_str());
        else if (word == "--seed") options.seed = std::strtoull(value().c_str(), nullptr, 10);
        else if (options.what.empty()) options.what = word;
        else options.rest.push_back(word);
    }
    return options;
}

struct Count {
    int passed = 0;
    int failed = 0;
};

int conclude(const Count& count) {
    fmt::print("{} passed, {} failed\n", count.passed, count.failed);
    return count.failed == 0 && count.passed > 0 ? 0 : 1;
}

std::string seconds(Duration time) {
    return to_text(Duration{time.count() / 1'000'000'000 * 1'000'000'000});
}

int play_stories(const Options& options) {
    Count count;
    fmt::print("{:<34} {:>12} {:>7} {:>6}\n", "story", "virtual time", "events", "pages");
    for (const auto& file : options.rest) {
        const auto story = read_story(file);
        if (!story) {
            fmt::print("{}\n", story.error().what);
            ++count.failed;
            continue;
        }
        const auto outcome = play(*story, {.store = options.store});
        fmt::print("{:<34} {:>12} {:>7} {:>6}  {}\n", story->name, seconds(outcome.virtual_time),
                   outcome.events, outcome.pages, outcome.ok() ? "ok" : "FAILED");
        if (!outcome.ok()) fmt::print("{}\n", outcome.failure);
        ++(outcome.ok() ? count.passed : count.failed);
    }
    return conclude(count);
}

int show_log(const Options& options) {
    for (const auto& file : options.rest) {
        const auto story = read_story(file);
        if (!story) {
            fmt::print("{}\n", story.error().what);
            return 1;
        }
        const auto outcome = play(*story, {.store = options.store});
        for (const auto& happening : outcome.log) fmt::print("{}\n", shown(happening));
        fmt::print("{} statements, {} sends\n{}\n", outcome.statements, outcome.sends,
                   outcome.failure);
    }
    return 0;
}

int torture_stories(const Options& options) {
    Count count;
    fmt::print("{:<34} {:>7} {:>7} {:>8} {:>10}\n", "story", "points", "failed", "crashes",
               "duplicates");
    for (const auto& file : options.rest) {
        const auto story = read_story(file);
        if (!story) {
            fmt::print("{}\n", story.error().what);
            ++count.failed;
            continue;
        }
        const auto came = torture(
            *story, {.store = options.store, .sample = options.sample, .seed = options.seed});
        fmt::print("{:<34} {:>7} {:>7} {:>8} {:>10}\n", story->name, came.points,
                   came.failures.size(), came.crashes, came.duplicates);
        for (const auto& failure : came.failures) fmt::print("{}\n", failure);
        std::fflush(stdout);
        count.failed += static_cast<int>(came.failures.size());
        count.passed += static_cast<int>(came.points) - static_cast<int>(came.failures.size());
    }
    return conclude(count);
}

int live_a_month(const Options& options) {
    const std::uint64_t seed =
        options.rest.empty() ? 1 : std::strtoull(options.rest[0].c_str(), nullptr, 10);
    const int days = options.rest.size() < 2 ? 30 : std::atoi(options.rest[1].c_str());
    const auto began = std::chrono::steady_clock::now();
    const auto month = live({.seed = seed, .days = days, .store = options.store});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    fmt::print(
        "seed {}: {} days in {:.1f} s: {} troubles, {} incidents, {} pages, {} unanswered, "
        "{} events\n",
        seed, days, took.count(), month.troubles, month.incidents, month.pages, month.unanswered,
        month.events);
    for (const auto& wrong : month.wrong) fmt::print("FAILED (seed {}): {}\n", seed, wrong);
    return conclude({month.wrong.empty() ? 1 : 0, static_cast<int>(month.wrong.size())});
}

int run(std::span<char*> words) {
    const auto options = read_options(words);
    if (options.what == "story") return play_stories(options);
    if (options.what == "log") return show_log(options);
    if (options.what == "torture") return torture_stories(options);
    if (options.what == "month") return live_a_month(options);
    fmt::print(stderr, "sg_sim [--store URL] story|log|torture FILE... | month SEED [DAYS]\n");
    return 2;
}

}  // namespace
}  // namespace sg::sim

int main(int count, char** words) { return sg::sim::run({words, static_cast<std::size_t>(count)}); }
