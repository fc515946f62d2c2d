// The pages, the feed and the API, byte by byte: SG_WRITE_GOLDEN=1 writes them anew.
#include "ops/respond/statuspage/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace sg::statuspage {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr Instant noon{1'795'435'200'000'000'000};  // 2026-11-23T12:00:00Z

View sample() {
    View view{.title = "Example <status>", .url = "https://status.example.com/", .now = noon};
    const std::vector<DayShown> days = {{"2026-11-20", 0, 0},
                                        {"2026-11-21", 1440, 0},
                                        {"2026-11-22", 1440, 30},
                                        {"2026-11-23", 720, 4}};
    view.components = {
        {{.name = "API", .condition = Condition::operational, .since = noon - 48h}, days},
        {{.name = "Playback",
          .condition = Condition::major_outage,
          .since = noon - 12min,
          .why = "incident 987654 is SEV-1"},
         days}};
    Notice open{.id = 17,
                .incident = 987654,
                .title = "Playback: outage",
                .stage = Stage::identified,
                .impact = Impact::critical,
                .components = {"Playback"},
                .promised = 15min};
    open.began_at = noon - 13min;
    open.opened_at = open.published_at = noon - 12min;
    open.changed_at = noon - 2min;
    open.updates = {{1, "investigating", "We are investigating.", noon - 12min, "system"},
                    {2, "identified", "A disk <b>is</b> full & \"slow\".\x01", noon - 2min, "ana"}};
    Notice over{.id = 16,
                .incident = 200,
                .title = "API: partial outage",
                .stage = Stage::resolved,
                .impact = Impact::major,
                .components = {"API"}};
    over.opened_at = over.published_at = noon - 49h;
    over.changed_at = over.resolved_at = noon - 48h;
    over.updates = {{1, "investigating", "We are investigating.", noon - 49h, "system"},
                    {2, "resolved", "It is resolved.", noon - 48h, "bo"}};
    view.notices = {open, over};
    Maintenance work{.id = 3, .title = "New database", .components = {"API"}};
    work.from = noon + 24h;
    work.until = noon + 25h;
    work.made_at = work.changed_at = noon - 1h;
    work.updates = {{1, "scheduled", "Reads go on.", noon - 1h, "ana"}};
    view.maintenances = {work};
    return view;
}

std::string golden(const std::string& name, const std::string& now) {
    const std::filesystem::path path =
        std::filesystem::path(SG_SOURCE_DIR "/tests/golden/statuspage") / name;
    if (std::getenv("SG_WRITE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << now;
    }
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Render, IsByteByByteWhatWasLookedAt) {
    const Files files = render(sample());
    for (const auto& [name, text] : files) EXPECT_EQ(text, golden(name, text)) << name;
    EXPECT_EQ(files.size(), 14U);
}

TEST(Render, WhatPeopleWroteIsTextEverywhere) {
    for (const auto& [name, text] : render(sample())) {
        EXPECT_THAT(text, Not(HasSubstr("\x01"))) << name;
        if (name.ends_with(".json")) continue;
        EXPECT_THAT(text, Not(HasSubstr("<b>is</b>"))) << name;
        EXPECT_THAT(text, Not(HasSubstr("Example <status>"))) << name;
    }
}

TEST(Render, WhatIsOnlyForUsIsNowhere) {
    for (const auto& [name, text] : render(sample())) {
        EXPECT_THAT(text, Not(HasSubstr("SEV-1"))) << name;
        EXPECT_THAT(text, Not(HasSubstr("987654"))) << name;
    }
}

TEST(Render, NothingIsLoadedFromElsewhere) {
    for (const auto& [name, text] : render(sample())) {
        if (!name.ends_with(".html")) continue;
        for (const char* loads : {"src=", "@import", "url(", "<iframe", "<base"})
            EXPECT_THAT(text, Not(HasSubstr(loads))) << name;
        EXPECT_THAT(text, HasSubstr("default-src 'none'")) << name;
    }
}

TEST(Render, TheApiHasTheFormOfStatuspage) {
    auto files = render(sample());
    const auto summary = json::parse(files["api/v2/summary.json"]);
    EXPECT_EQ(summary["status"]["indicator"], "critical");
    EXPECT_EQ(summary["components"][1]["status"], "major_outage");
    ASSERT_EQ(summary["incidents"].size(), 1U);  // Unresolved ones only.
    EXPECT_EQ(summary["incidents"][0]["impact"], "critical");
    EXPECT_EQ(summary["incidents"][0]["incident_updates"][0]["status"], "identified");
    EXPECT_EQ(summary["incidents"][0]["components"][0]["name"], "Playback");
    EXPECT_EQ(summary["scheduled_maintenances"][0]["impact"], "maintenance");
    EXPECT_EQ(json::parse(files["api/v2/incidents.json"])["incidents"].size(), 2U);
}

TEST(Render, HealthyMeansEmptyLists) {
    View view{.title = "Status", .now = noon};
    auto files = render(view);
    const auto summary = json::parse(files["api/v2/summary.json"]);
    EXPECT_EQ(summary["status"]["indicator"], "none");
    EXPECT_EQ(summary["incidents"], json::array());
    EXPECT_EQ(summary["scheduled_maintenances"], json::array());
    EXPECT_THAT(files["index.html"], HasSubstr("All systems operational"));
}

// An entry keeps its identity when it goes on, and when the page moves to another address.
TEST(Render, TheIdentitiesOfTheFeedNeverChange) {
    View view = sample();
    const auto id = "<id>urn:streamgate:statuspage:incident:17</id>";
    EXPECT_THAT(atom(view), HasSubstr(id));
    view.url = "https://elsewhere.example/";
    view.notices[0].title = "Another";
    view.notices[0].updates.push_back({3, "resolved", "Over.", noon, "ana"});
    EXPECT_THAT(atom(view), HasSubstr(id));
}

TEST(Render, UptimeIsNeverRoundedUp) {
    EXPECT_EQ(percent(1), "100");
    EXPECT_EQ(percent(0.99999), "99.99");
    EXPECT_EQ(percent(0.9999), "99.99");
    EXPECT_EQ(percent(0.5), "50.00");
    EXPECT_FALSE(uptime({}));
}

TEST(Render, TextKeepsItsLettersAndLosesWhatXmlCannotHold) {
    EXPECT_EQ(escaped("a<b>&\"'\n"), "a&lt;b&gt;&amp;&quot;&#39;\n");
    EXPECT_EQ(escaped("Grüße \xe2\x82\xac"), "Grüße \xe2\x82\xac");
    EXPECT_EQ(escaped("\x01\xff\x7f"), "???");
}

}  // namespace
}  // namespace sg::statuspage
