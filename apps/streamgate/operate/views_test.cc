// How answers of operations look, to the column.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "operate/alerts_view.h"
#include "operate/client.h"
#include "operate/directives_view.h"
#include "operate/incidents_view.h"
#include "operate/mitigations_view.h"
#include "operate/people_view.h"
#include "operate/status_view.h"

namespace sg::operate {
namespace {

Instant at(std::string_view text) { return parse_rfc3339(text).value_or(Instant{}); }

class Views : public testing::Test {
  protected:
    Views() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
    ~Views() override {
        ::unsetenv("TZ");
        ::tzset();
    }
    const Screen screen{.now = at("2026-11-23T02:19:07Z")};
    const Json incident = Json::parse(R"({
        "id": 204, "title": "62 % of requests fail", "state": "acknowledged", "severity": 1,
        "service": "catalog", "team": "shop", "declared_by": "alerts",
        "policy": {"respond": "5m", "communicate": "15m", "assess": "5m", "mitigate": "4m"},
        "alerts": ["alert:1f"], "roles": {"commander": "ana"},
        "impact": {"requests": 8402, "failed": 5210, "failed_share": 0.62,
                   "likely": "version catalog/v2: 96 % of its requests go wrong, 0 % elsewhere"},
        "signals": [{"key": "alert:1f", "title": "catalog: 62 % of requests fail", "fires": true,
                     "value_text": "62 %", "threshold_text": "50 %",
                     "since": "2026-11-23T02:14:07Z"},
                    {"key": "objective:catalog/errors", "fires": false,
                     "title": "catalog/errors burns its error budget"}],
        "acknowledged_by": "ana", "started_at": "2026-11-23T02:14:07Z",
        "declared_at": "2026-11-23T02:14:08Z", "acknowledged_at": "2026-11-23T02:14:49Z"})");
};

TEST_F(Views, ListOfIncidents) {
    const Json answer{{"incidents", {incident}}};
    EXPECT_EQ(incident_list(answer, screen),
              "INCIDENT  SEVERITY  STATE         SERVICE  SINCE     LASTED  WHO  WHAT\n"
              "INC-204   SEV-1     acknowledged  catalog  02:14:07   5 min  ana  62 % of requests "
              "fail\n");
    EXPECT_EQ(incident_list(Json::object(), screen), "no incident\n");
}

TEST_F(Views, CardOfAnIncident) {
    EXPECT_EQ(
        incident_card(incident, screen),
        "INC-204  SEV-1  acknowledged  62 % of requests fail\n"
        "service    catalog · team shop\n"
        "impact     5,210 of 8,402 requests failed (62 %)\n"
        "likely     version catalog/v2: 96 % of its requests go wrong, 0 % elsewhere\n"
        "since      02:14:07 · declared by alerts after 1.0 s · acknowledged after 42 s by ana\n"
        "clocks     respond met after 41 s · assess due in 1.0 s · mitigate LATE by 59 s · next "
        "update due in 10 min\n"
        "roles      commander ana\n"
        "alerts     firing: catalog: 62 % of requests fail · 62 %, threshold 50 % · since "
        "02:14:07\n"
        "           cleared: catalog/errors burns its error budget\n"
        "next       streamgate incident note 204 TEXT       what you see and do; it is mitigated "
        "when its alerts clear\n");
}

TEST_F(Views, CardOfAnIncidentNamesWhoWasHitMost) {
    Json known = incident;
    known["clients"] = Json::parse(R"({
        "failed": 21, "listed": 3, "said": "3 clients, all listed",
        "worst": [{"kind": "address", "client": "192.0.2.7", "failed": 12},
                  {"kind": "principal", "client": "eve", "failed": 9}]})");
    EXPECT_NE(incident_card(known, screen)
                  .find("clients    3 clients, all listed: 192.0.2.7 (12 failed), principal eve (9 "
                        "failed), …\n"),
              std::string::npos)
        << incident_card(known, screen);
}

Json mitigation(const char* state) {
    return Json{{"id", 4},
                {"sentence", "give v2 no more traffic"},
                {"state", state},
                {"in_force", std::string_view(state) == "applied"},
                {"safeguard", ""},
                {"approve_by", "2026-11-23T02:33:07Z"},
                {"wanted", Json{{"incident", 204}}}};
}

TEST_F(Views, AnIncidentSaysWhatWaitsAndWhatIsInForce) {
    Json known = incident;
    known["run"] = {{"state", "acting"}, {"proposed", "said twice"}};
    auto waits = mitigation("proposed");
    waits["next"] = "streamgate mitigate approve 4";
    known["mitigations"] = {waits, mitigation("refused")};
    const auto card = incident_card(known, screen);
    EXPECT_NE(card.find("proposed   4 give v2 no more traffic: waits for approval, 14 min left · "
                        "streamgate mitigate approve 4\n"),
              std::string::npos)
        << card;
    EXPECT_EQ(card.find("refused"), std::string::npos) << "what is over is not in the way";
    EXPECT_EQ(card.find("said twice"), std::string::npos);
    auto applied = mitigation("applied");
    applied["next"] = "streamgate mitigate undo 4";
    known["mitigations"] = Json::array({applied});
    EXPECT_NE(incident_card(known, screen)
                  .find("mitigation 4 give v2 no more traffic: in force, not verified yet · "
                        "streamgate mitigate undo 4\n"),
              std::string::npos);
}

TEST_F(Views, TheStatusSaysWhoSwitchedMitigationOff) {
    Json answer{{"mitigation", Json{{"open", Json::array({mitigation("prepared")})}}}};
    answer["mitigation"]["switch"] = {
        {"off", true}, {"by", "cy"}, {"reason", "we look"}, {"at", "2026-11-23T02:14:07Z"}};
    EXPECT_NE(status(answer, screen)
                  .find("MITIGATE  OFF since 02:14:07 (cy): we look · streamgate mitigate on\n"
                        "          4 give v2 no more traffic: being carried out\n"),
              std::string::npos)
        << status(answer, screen);
    answer["mitigation"] = {{"open", Json::array()}, {"switch", Json{{"off", false}}}};
    EXPECT_EQ(status(answer, screen).find("MITIGATE"), std::string::npos);
}

TEST_F(Views, AMitigationInWords) {
    const auto says = [&](const char* state) {
        return mitigation_state(mitigation(state), screen);
    };
    EXPECT_EQ(says("approved"), "being carried out");
    EXPECT_EQ(says("stuck"), "STUCK: it cannot be taken back, and is tried again");
    auto m = mitigation("verified");
    m["in_force"] = true;
    m["expires_at"] = "2026-11-23T03:19:07Z";
    EXPECT_EQ(mitigation_state(m, screen), "in force, verified, 60 min left");
    m["taking_back"] = true;
    EXPECT_EQ(mitigation_state(m, screen), "being taken back");
    m = mitigation("refused");
    m["safeguard"] = "cooldown";
    EXPECT_EQ(mitigation_state(m, screen), "refused [cooldown]");
    m = mitigation("undone");
    m["harmful"] = true;
    EXPECT_EQ(mitigation_state(m, screen), "taken back: it did harm");
}

TEST_F(Views, ListOfClients) {
    const auto answer = Json::parse(R"({
        "incident": 204, "said": "about 1930 clients, 2 listed", "next": "9.address.192.0.2.8",
        "clients": [{"kind": "address", "client": "2001:db8:1:2::/64", "failed": 1200,
                     "failed_most": 1200, "first_at": "2026-11-23T02:14:07Z",
                     "last_at": "2026-11-23T02:15:00Z"},
                    {"kind": "address", "client": "192.0.2.8", "failed": 9, "failed_most": 11,
                     "first_at": "2026-11-23T02:14:08Z", "last_at": "2026-11-23T02:14:08Z"}]})");
    EXPECT_EQ(client_list(answer, screen),
              "CLIENT              FAILED  FIRST     LAST\n"
              "2001:db8:1:2::/64    1,200  02:14:07  02:15:00\n"
              "192.0.2.8          9 to 11  02:14:08  02:14:08\n"
              "about 1930 clients, 2 listed\n"
              "these are the first 2; all of them: streamgate incident clients 204 --csv\n");
}

TEST_F(Views, AnIncidentThatIsOverLastsNoLonger) {
    Json over = incident;
    over["state"] = "closed";
    over["mitigated_at"] = "2026-11-23T02:14:53Z";
    EXPECT_NE(incident_outcome(over, screen)
                  .find("INC-204 SEV-1 is closed · 62 % of requests fail "
                        "· 46 s\n"),
              std::string::npos);
}

TEST_F(Views, TimelineShowsWhatFollowedFromWhat) {
    const auto answer = Json::parse(R"({"records": [
        {"seq": 1, "at": "2026-11-22T23:59:59Z", "kind": "incident.declared", "sentence": "one"},
        {"seq": 2, "at": "2026-11-23T00:00:00.400Z", "cause": 1, "sentence": "two"},
        {"seq": 3, "at": "2026-11-23T00:00:41Z", "cause": 2, "sentence": "three"},
        {"seq": 4, "at": "2026-11-23T00:00:42Z", "cause": 99, "sentence": "four"}]})");
    EXPECT_EQ(timeline(answer, screen),
              "Sun 22 Nov 2026\n"
              "23:59:59       +0 ms  one\n"
              "Mon 23 Nov 2026\n"
              "00:00:00      +1.4 s    two\n"
              "00:00:41       +42 s      three\n"
              "00:00:42       +43 s  four\n");
}

TEST_F(Views, ColourRepeatsWhatAWordSays) {
    const Screen coloured{.now = screen.now, .colour = true};
    Json declared = incident;
    declared["state"] = "declared";
    const auto text = incident_list(Json{{"incidents", {declared}}}, coloured);
    EXPECT_NE(text.find("\x1b[31mINC-204   SEV-1     declared"), std::string::npos);
    EXPECT_EQ(incident_list(Json{{"incidents", {declared}}}, screen).find('\x1b'),
              std::string::npos);
}

TEST_F(Views, RecordsKnowTheirIncident) {
    EXPECT_EQ(incident_of(Json{{"subjects", {"page:3", "incident:204"}}}), 204);
    EXPECT_EQ(incident_of(Json{{"subjects", {"service:x"}}}), 0);
    EXPECT_EQ(incident_of(Json{{"subjects", {"incident:x"}}}), 0);
}

TEST_F(Views, WhoIsOnCall) {
    const auto answer = Json::parse(R"({"teams": [
        {"team": "shop", "levels": [{"level": "primary", "people": ["ana"]},
                                    {"level": "secondary", "people": ["bo", "di"]}],
         "overrides": [{"id": 3, "team": "shop", "takes": "di", "why": "training",
                        "from": "2026-11-23T02:00:00Z", "to": "2026-11-24T02:00:00Z"}],
         "notes": [{"by": "cy", "level": "primary", "text": "mind the disk"}]}]})");
    EXPECT_EQ(on_call(answer, screen),
              "TEAM  PRIMARY  SECONDARY  BACKUP\n"
              "shop  ana      bo, di     nobody\n"
              "\n"
              "OVERRIDE  TEAM  LEVEL  TAKES  LEAVES  FROM      TO                WHY\n"
              "       3  shop  -      di     -       02:00:00  Tue 24 Nov 02:00  training\n"
              "\n"
              "note from cy for the next primary of shop: mind the disk\n");
    EXPECT_NE(on_call(Json::object(), screen).find("nobody is on call"), std::string::npos);
}

TEST_F(Views, PagesAndNotifications) {
    const auto pages = Json::parse(R"({"pages": [
        {"id": 17, "incident": 204, "title": "it fails", "severity": 1, "state": "acknowledged",
         "sent": 2, "people": ["ana", "bo"], "acknowledged_by": "ana",
         "begun_at": "2026-11-23T02:14:08Z", "acknowledged_at": "2026-11-23T02:14:49Z"}]})");
    EXPECT_NE(
        page_list(pages, screen).find("acknowledged after 41 s  02:14:08     2  ana, bo  ana"),
        std::string::npos);
    EXPECT_EQ(notification_list(Json::object(), screen), "nobody was notified\n");
}

TEST_F(Views, StatusOfAll) {
    const auto answer = Json::parse(R"({
        "at": "2026-11-23T02:19:07Z", "signals_at": "2026-11-23T02:19:06Z", "well": true,
        "trouble": "", "incidents": [],
        "services": [{"name": "catalog", "endpoints": 3, "healthy": 3, "requests_per_second": 329.4,
                      "error_share": 0.0002, "latency_ms_p95": 38.2, "versions": [
            {"name": "v1", "weight": 95, "requests_per_second": 312.4, "error_share": 0.0002,
             "latency_ms_p95": 38.2},
            {"name": "v2", "weight": 5, "requests_per_second": 0}]}],
        "needs": [{"name": "catalog-db", "state": "ok", "took_ms": 3.1},
                  {"name": "payments", "state": "ill", "took_ms": 0, "what": "refused"}],
        "gateways": [{"name": "local", "answers": true}],
        "objectives": [{"id": "catalog/availability", "service": "catalog", "level": "met",
                        "budget_left": 0.97},
                       {"id": "catalog/errors", "service": "catalog", "level": "page",
                        "budget_left": -0.12}],
        "on_call": {"shop": {"primary": ["ana"], "secondary": ["bo"], "backup": []}},
        "lately": [{"at": "2026-11-23T02:00:00Z", "sentence": "handed over"}]})");
    EXPECT_EQ(status(answer, screen),
              "NOT WELL · 1 objective breached · on call: ana (primary), bo\n"
              "\n"
              "SERVICE  VERSION  WEIGHT  HEALTHY  REQ/S  ERRORS    P95  BUDGET LEFT\n"
              "catalog                       3/3    329  0.02 %  38 ms  availability 97 %  errors "
              "-12 % BREACHED\n"
              "         v1         95 %             312  0.02 %  38 ms\n"
              "         v2          5 %               0       -      -\n"
              "\n"
              "NEEDS     catalog-db ok 3 ms · payments ILL: refused\n"
              "LATELY    02:00:00  handed over\n");
    Json well = answer;
    well["objectives"] = Json::array();
    EXPECT_EQ(status_headline(well, screen), "ALL WELL · on call: ana (primary), bo\n");
    Json old = well;
    old["signals_at"] = "2026-11-23T02:18:07Z";
    EXPECT_EQ(status_headline(old, screen),
              "NOT WELL · no signals since 02:18:07 (60 s), numbers are old · on call: ana "
              "(primary), bo\n");
    Json ill = old;
    ill["incidents"] = Json::array({incident});
    EXPECT_EQ(status_headline(ill, screen),
              "NOT WELL · no signals since 02:18:07 (60 s), numbers are old · 1 incident open · on "
              "call: ana (primary), bo\n");
}

TEST_F(Views, AlertsAreFoundByTheBeginningOfTheirKey) {
    const auto answer = Json::parse(R"({"alerts": [
        {"fingerprint": "9f2c0000", "name": "errors"}, {"fingerprint": "9f2d0000", "name": "cpu"},
        {"fingerprint": "aa000000", "name": "cpu"}]})");
    EXPECT_EQ(find_alert(answer, "9f2c"), &answer["alerts"][0]);
    EXPECT_EQ(find_alert(answer, "errors"), &answer["alerts"][0]);
    EXPECT_EQ(find_alert(answer, "9f2"), nullptr);  // Several.
    EXPECT_EQ(find_alert(answer, "cpu"), nullptr);
    EXPECT_EQ(find_alert(answer, "bb"), nullptr);
}

TEST_F(Views, SilencesSayWhenTheyEnd) {
    const auto silence = Json::parse(R"({"number": 12, "matchers": ["service=catalog"],
        "starts_at": "2026-11-23T02:00:00Z", "ends_at": "2026-11-23T04:00:00Z",
        "until_clear": true, "created_by": "ana", "comment": "moving racks"})");
    EXPECT_EQ(silence_list(Json{{"silences", {silence}}}, screen),
              "SILENCE  STATE     WHAT             FROM      UNTIL                     BY   WHY\n"
              "     12  in force  service=catalog  02:00:00  04:00:00, or it is clear  ana  moving "
              "racks\n");
}

TEST(Problem, BecomesTheErrorThatItTellsOf) {
    const auto error = error_of(409, R"({"type":"urn:streamgate:error:conflict","status":409,
        "title":"it does not fit","detail":"it is closed","hint":"declare another"})");
    EXPECT_EQ(error.code, Errc::conflict);
    EXPECT_EQ(error.what, "it is closed");
    EXPECT_EQ(error.hint, "declare another");
    EXPECT_EQ(error_of(502, "<html>").code, Errc::unavailable);
    EXPECT_EQ(error_of(502, "<html>").what, "operations answered with status 502");
}

TEST_F(Views, ARuleThatWasTried) {
    const auto answer = Json::parse(R"({"rules": [
        {"name": "errors", "severity": "sev2", "page": true, "pages": 2, "resolution": "10s",
         "from": "2026-11-22T02:19:00Z", "to": "2026-11-23T02:19:00Z",
         "seen_from": "2026-11-22T20:00:00Z", "watched": ["catalog", "live"], "notes": ["look"],
         "fired": [
            {"whose": "catalog", "fired_at": "2026-11-22T21:00:00Z", "worst": "3 %",
             "cleared_at": "2026-11-22T21:05:00Z", "lasted": "5m"},
            {"whose": "live", "fired_at": "2026-11-23T02:18:00Z", "worst": "62 %",
             "lasted": "60s"}]},
        {"name": "cpu", "severity": "sev4", "fired": [], "resolution": "10s",
         "from": "2026-11-23T01:19:00Z", "to": "2026-11-23T02:19:00Z",
         "seen_from": "2026-11-23T01:19:00Z", "watched": ["host"]}]})");
    EXPECT_EQ(alert_trial(answer, screen),
              "errors  SEV-2  would have fired 2 times, 6 min in all · 2 pages\n"
              "period     Sun 22 Nov 02:19 to 02:19:00, looked at every 10s; stored only since Sun "
              "22 Nov 20:00\n"
              "watched    catalog, live\n"
              "note       look\n"
              "\n"
              "FIRED             CLEARED           LASTED  WORST  WHOSE\n"
              "Sun 22 Nov 21:00  Sun 22 Nov 21:05   5 min    3 %  catalog\n"
              "02:18:00          still fires         60 s   62 %  live\n"
              "\n"
              "cpu  SEV-4  would not have fired\n"
              "period     01:19:00 to 02:19:00, looked at every 10s\n"
              "watched    host\n");
}

TEST_F(Views, DirectivesInWords) {
    const struct {
        const char* directive;
        const char* words;
    } rows[] = {
        {R"({"inject_fault":{"service":"api","share":"20%","abort":503}})",
         "api: 20% of requests are answered 503"},
        {R"({"inject_fault":{"route":"/live/","share":0.5,"delay":"250ms","reset":true}})",
         "route /live/: 50 % of requests wait 250ms, are cut off without an answer"},
        {R"({"inject_fault":{"service":"api","bytes_per_second":65536}})",
         "api: 100 % of requests are answered at 65536 B a second"},
        {R"({"set_weights":{"service":"api","weights":{"v1":0,"v2":100}}})",
         "api: v1 gets 0, v2 gets 100"},
        {R"({"set_circuit":{"service":"api","requests_max":5,"queue_max":0}})",
         "api: at most 5 requests in flight, 0 waiting"},
        {R"({"drain_endpoint":{"service":"api","endpoint":"10.0.0.1:9000"}})",
         "api: 10.0.0.1:9000 gets nothing new"},
        {R"({"set_endpoints":{"service":"api","version":"v1","endpoints":[]}})",
         "api v1: no endpoint"},
        {R"({"id":"of a later program"})", "something that this program does not know"},
    };
    for (const auto& row : rows) EXPECT_EQ(said(Json::parse(row.directive)), row.words);
    const auto drill = Json::parse(R"({"id":"d","origin":"ana","reason":"drill","expires_in":"1h",
        "expires_at":"2026-11-23T03:14:07Z","inject_fault":{"service":"api","reset":true}})");
    EXPECT_EQ(directive_taken(drill),
              "api: 100 % of requests are cut off without an answer, for 1h\n"
              "next  streamgate gateway ctl lift d    ends it at once\n");
    EXPECT_EQ(directive_list(Json{{"directives", {drill}}}, screen),
              "ID  WHAT                                                  BY   UNTIL     WHY\n"
              "d   api: 100 % of requests are cut off without an answer  ana  03:14:07  drill\n");
}

}  // namespace
}  // namespace sg::operate
