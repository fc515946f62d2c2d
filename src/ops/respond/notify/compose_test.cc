#include "ops/respond/notify/compose.h"

#include <gmock/gmock.h>

#include "ops/respond/notify/ask.h"
#include "ops/respond/notify/page_for_tests.h"

namespace sg::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Keys keys = {{"k1", std::string(32, 'a'), noon}};

Letter full() {
    auto it = letter(204, "catalog", 1);
    it.page = 17;
    it.briefing = {
        .since = noon - 38s,
        .impact = "1,930 people, 5,210 failed requests, 4.1 % of this month's budget",
        .likely = "catalog v2, at 20 % since 12:58:50 (change 33, bo)",
        .proposed = "roll back v2 to 0 % · takes 1 s · undo included",
        .runbook = "high-error-rate",
        .contacts = {contact_of("ana", "primary", team()), contact_of("bo", "secondary", team())},
        .next = "acknowledge",
        .next_at = noon + 4min + 22s};
    it.company = {{"ana", "bo"}, "cy", noon + 5min};
    return it;
}

Notification to_ana(Purpose purpose, std::vector<Letter> letters) {
    return {.id = "17.1/ana/mail",
            .person = "ana",
            .channel = "mail",
            .purpose = purpose,
            .letters = std::move(letters),
            .due = noon};
}

TEST(Compose, APageSaysWhatWakesSomeone) {
    const auto operations = team();
    const auto m = message_of(to_ana(Purpose::page, {full()}), {operations, keys});
    EXPECT_EQ(m.subject,
              "SEV-1 catalog: 62 % of requests fail since 12:59:22 UTC+01:00 (38 s)   INC-204");
    EXPECT_EQ(m.to, "ana@example.com");
    const auto token = token_of({17, "ana", noon + link_lasts}, keys);
    EXPECT_EQ(m.text,
              m.subject +
                  "\n"
                  "impact     1,930 people, 5,210 failed requests, 4.1 % of this month's budget\n"
                  "likely     catalog v2, at 20 % since 12:58:50 (change 33, bo)\n"
                  "proposed   roll back v2 to 0 % · takes 1 s · undo included\n"
                  "runbook    high-error-rate\n"
                  "contacts   ana (primary, +34600000000, ana@example.com) and bo (secondary, "
                  "bo@example.com)\n"
                  "paged      ana and bo; cy at 13:05 UTC+01:00 if nobody acknowledges\n"
                  "next       acknowledge by 13:04:22 UTC+01:00 (in 4 min)\n"
                  "acknowledge https://ops.example/a/" +
                  token +
                  "\n"
                  "war room   https://ops.example/i/204\n"
                  "graph      https://ops.example/i/204#graph\n");
    EXPECT_THAT(m.html, HasSubstr("href=\"https://ops.example/a/" + token + "\""));
}

TEST(Compose, TheServiceIsNamedOnce) {
    auto it = full();
    it.title = "catalog: 62 % of requests fail";
    EXPECT_EQ(headline(it, Purpose::acknowledged, "UTC", noon),
              "acknowledged: SEV-1 catalog: 62 % of requests fail   INC-204");
}

TEST(Compose, ARunbookWithAnAddressIsALink) {
    auto it = full();
    it.briefing.runbook = "https://wiki.example/errors";
    const auto operations = team();
    const auto m = message_of(to_ana(Purpose::page, {it}), {operations, keys});
    EXPECT_THAT(m.text, HasSubstr("\nrunbook    https://wiki.example/errors\n"));
    it.briefing.next_at = noon - 1s;
    EXPECT_THAT(message_of(to_ana(Purpose::page, {it}), {operations, keys}).text,
                HasSubstr("next       acknowledge: was due at 12:59:59 UTC+01:00\n"));
    EXPECT_EQ(contact_of("dee", "backup", operations), "dee (backup)");
}

TEST(Compose, WithoutAnAddressOfOursTheCommandIsNamed) {
    auto operations = team();
    operations.public_url.clear();
    const auto m = message_of(to_ana(Purpose::page, {full()}), {operations, keys});
    EXPECT_THAT(m.text, HasSubstr("acknowledge streamgate incident ack 204\n"));
    EXPECT_TRUE(m.topics[0].links.empty());
}

TEST(Compose, UpdatesSayHowItWentOn) {
    auto it = full();
    it.by = "bo";
    const auto line = [&](Purpose purpose) { return headline(it, purpose, "UTC", noon); };
    EXPECT_EQ(line(Purpose::acknowledged),
              "acknowledged by bo: SEV-1 catalog: 62 % of requests fail   INC-204");
    it.ended = noon + 12min;
    EXPECT_EQ(line(Purpose::mitigated),
              "mitigated by bo after 12 min: SEV-1 catalog: 62 % of requests fail   INC-204");
    it.by.clear();
    EXPECT_EQ(line(Purpose::resolved),
              "resolved after 12 min: SEV-1 catalog: 62 % of requests fail   INC-204");
    const auto operations = team();
    const auto m = message_of(to_ana(Purpose::resolved, {it}), {operations, keys});
    EXPECT_TRUE(m.topics[0].acknowledge.empty());
    EXPECT_THAT(m.text, Not(HasSubstr("proposed")));
}

TEST(Compose, ABundleBeginsWithTheGravest) {
    const auto operations = team();
    auto n = to_ana(Purpose::page, {letter(1, "live", 3), letter(2, "catalog", 1)});
    n.more = 4;
    const auto m = message_of(n, {operations, keys});
    EXPECT_EQ(m.subject, "6 pages, the first: SEV-1 catalog: 62 % of requests fail   INC-2");
    EXPECT_THAT(m.text, StartsWith(m.subject + "\n\nSEV-1 catalog"));
    EXPECT_THAT(m.text, HasSubstr("\nSEV-3 live: "));
    EXPECT_THAT(m.text, HasSubstr("\nand 4 more\n"));
    EXPECT_EQ(m.topics[0].incident, "2");
    EXPECT_NE(m.topics[0].acknowledge, m.topics[1].acknowledge);
}

TEST(Compose, ADrillSaysSoFirstAndATestThatNothingIsWrong) {
    auto it = full();
    it.briefing.drill = true;
    EXPECT_THAT(headline(it, Purpose::page, "UTC", noon), StartsWith("[DRILL] SEV-1 catalog"));
    const auto operations = team();
    const auto m = message_of(to_ana(Purpose::test, {Letter{.title = "test"}}), {operations, keys});
    EXPECT_EQ(m.subject, "Test page from StreamGate: nothing is wrong");
    EXPECT_THAT(m.text, StartsWith(m.subject + "\n"));
    EXPECT_THAT(m.text, Not(HasSubstr("acknowledge")));
}

TEST(Compose, WordsFromOutsideCannotBreakTheLines) {
    const auto operations = team();
    auto it = full();
    it.title = "bad\r\nacknowledge https://evil.example <script>" + std::string(500, 'x');
    const auto m = message_of(to_ana(Purpose::page, {it}), {operations, keys});
    EXPECT_EQ(m.subject.find('\n'), std::string::npos);
    EXPECT_LT(m.subject.size(), 300U);
    EXPECT_THAT(m.text, Not(HasSubstr("\nacknowledge https://evil")));
    EXPECT_THAT(m.html, Not(HasSubstr("<script>")));
}

TEST(Compose, TheBodyOfAnActionIsEnough) {
    const auto operations = team();
    const auto n = to_ana(Purpose::page, {full()});
    const auto m = message_of(to_json(n), {operations, keys});
    ASSERT_TRUE(m) << m.error().message();
    EXPECT_EQ(m->text, message_of(n, {operations, keys}).text);
    EXPECT_FALSE(message_of("{", {operations, keys}));
}

TEST(Compose, DurationsAsPeopleSayThem) {
    const std::pair<Duration, const char*> cases[] = {
        {0s, "0 s"}, {59s, "59 s"},         {60s, "1 min"},   {59min, "59 min"},
        {2h, "2 h"}, {125min, "2 h 5 min"}, {76h, "3 d 4 h"}, {72h, "3 d"},
    };
    for (const auto& [duration, words] : cases) EXPECT_EQ(spoken(duration), words);
}

}  // namespace
}  // namespace sg::notify
