// Completion and manual pages, through the programs that read them: bash, fish, zsh and man.
#include "operate/completion.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "operate/manual_pages.h"

namespace sg::operate {
namespace {

Command tree() {
    return {
        .name = "streamgate",
        .about = "a gateway",
        .options = {{.names = {"--config", "-c"}, .argument = "FILE", .about = "the file"},
                    {.names = {"--json"}, .about = "prints JSON"}},
        .subcommands = {
            {.name = "incident",
             .about = "what is wrong, and who's at it",
             .subcommands = {{.name = "ack",
                              .about = "you are looking",
                              .options = {{.argument = "ID", .about = "its number"},
                                          {.names = {"--how"},
                                           .argument = "TEXT",
                                           .choices = {"link", "call"}}}},
                             {.name = "list", .about = "all of them"}}},
            {.name = "import", .about = ".in", .options = {{.argument = "FILE", .required = true}}},
            {.name = "status", .about = "is it well"}}};
}

std::string said_by(const std::string& command) {
    FILE* const pipe = popen(command.c_str(), "r");
    std::string said(1 << 16, '\0');
    said.resize(fread(said.data(), 1, said.size(), pipe));
    pclose(pipe);
    return said;
}

// What bash offers for the last of these words, sorted.
std::string offered(const std::string& words) {
    const auto script = testing::TempDir() + "completion.bash";
    std::ofstream(script) << completion_for("bash", tree()).value();
    const auto driver = testing::TempDir() + "complete.bash";
    std::ofstream(driver) << "source " << script << "\nCOMP_WORDS=(" << words
                          << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_streamgate\n"
                             "printf '%s\\n' \"${COMPREPLY[@]}\" | sort | paste -sd' ' -\n";
    return said_by("bash --norc --noprofile " + driver + " 2>&1");
}

std::string script_for(const std::string& shell) {
    auto path = testing::TempDir() + "completion." + shell;
    std::ofstream(path) << completion_for(shell, tree()).value();
    return path;
}

// What fish offers after this line, without what it says about each.
std::string offered_by_fish(const std::string& line) {
    return said_by("fish --no-config -c 'source " + script_for("fish") + "; complete -C \"" + line +
                   "\" | string split -f 1 \\t | sort | string join \" \"' 2>&1");
}

// What the function gives to zsh's completion system: its words, before they are matched.
std::string offered_by_zsh(const std::string& words) {
    const auto driver = testing::TempDir() + "complete.zsh";
    std::ofstream(driver) << "compdef() { : }\n"
                             "_files() { : }\n"
                             "_describe() { print -r -- ${(o)${(P)@[-1]}%%:*} }\n"
                             "source "
                          << script_for("zsh") << "\nwords=(" << words
                          << ")\nCURRENT=$#words\n_streamgate\n";
    return said_by("zsh -f " + driver + " 2>&1");
}

TEST(Completion, FishOffersWhatFits) {
    EXPECT_EQ(offered_by_fish("streamgate st"), "status\n");
    EXPECT_EQ(offered_by_fish("streamgate incident "), "ack list\n");
    EXPECT_EQ(offered_by_fish("streamgate --json incident a"), "ack\n");
    EXPECT_EQ(offered_by_fish("streamgate incident ack --h"), "--how\n");
    EXPECT_EQ(offered_by_fish("streamgate incident ack --how "), "call link\n");
    EXPECT_EQ(offered_by_fish("streamgate incident --j"), "--json\n");
}

TEST(Completion, ZshOffersWhatFits) {
    EXPECT_EQ(offered_by_zsh("streamgate ''"), "--config --json -c import incident status\n");
    EXPECT_EQ(offered_by_zsh("streamgate incident ''"), "ack list\n");
    EXPECT_EQ(offered_by_zsh("streamgate --json incident a"), "ack list\n");
    EXPECT_EQ(offered_by_zsh("streamgate incident ack --h"), "--how\n");
}

TEST(Completion, BashOffersWhatFits) {
    EXPECT_EQ(offered("streamgate ''"), "--config --json -c import incident status\n");
    EXPECT_EQ(offered("streamgate st"), "status\n");
    EXPECT_EQ(offered("streamgate incident ''"), "--config --json ack list\n");
    EXPECT_EQ(offered("streamgate --json incident a"), "ack\n");
    EXPECT_EQ(offered("streamgate incident ack --h"), "--how\n");
    EXPECT_EQ(offered("streamgate incident ack --how ''"), "call link\n");
    EXPECT_EQ(offered("streamgate -c /etc/os-rel"), "/etc/os-release\n");
    EXPECT_EQ(offered("streamgate incident --config /etc/os-rel"), "/etc/os-release\n");
    EXPECT_EQ(offered("streamgate import /etc/os-rel"), "/etc/os-release\n");
    EXPECT_EQ(offered("streamgate nonsense x"), "\n");
}

TEST(Completion, EveryShellOrAnError) {
    for (const auto* shell : {"zsh", "fish"}) {
        const auto script = completion_for(shell, tree());
        ASSERT_TRUE(script);
        EXPECT_NE(script->find("you are looking"), std::string::npos) << *script;
    }
    EXPECT_FALSE(completion_for("tcsh", tree()));
}

TEST(Manual, ManHasNoComplaint) {
    const std::vector<Setting> settings{{.path = "services.retry.budget",
                                         .type = "a share",
                                         .default_value = "20%",
                                         .why = "'quoted' first, a back\\slash, and .a point."}};
    const auto pages = manual_pages(tree(), settings, "1.2.3");
    ASSERT_EQ(pages.size(), 5U);
    EXPECT_EQ(pages[0].file, "streamgate.1");
    EXPECT_EQ(pages[1].file, "streamgate-incident.1");
    for (const auto& page : pages) {
        const auto path = testing::TempDir() + page.file;
        std::ofstream(path) << page.roff;
        EXPECT_EQ(said_by("LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l " + path + " 2>&1 >/dev/null"),
                  "")
            << page.roff;
    }
    const auto shown = said_by("LC_ALL=C.UTF-8 MANWIDTH=100 man -E UTF-8 -l " + testing::TempDir() +
                               "streamgate-incident.1 2>/dev/null | col -b");
    EXPECT_NE(shown.find("streamgate incident ack"), std::string::npos) << shown;
    EXPECT_NE(shown.find("one of link, call"), std::string::npos) << shown;
    const auto file = said_by("LC_ALL=C.UTF-8 man -E UTF-8 -l " + testing::TempDir() +
                              "streamgate.yaml.5 2>/dev/null | col -b");
    EXPECT_NE(file.find("'quoted' first, a back\\slash, and .a point."), std::string::npos) << file;
}

}  // namespace
}  // namespace sg::operate
